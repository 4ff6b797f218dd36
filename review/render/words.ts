/** Words that every rendering shares. */
import { NOTHING_TO_DO, type Level } from "../rules/finding";
import type { Review, SlotReview, StackReview } from "../model";
import { plain, type Text } from "../text";

export const RESULT_SIGN: Readonly<Record<Review["result"], string>> = {
  "contract held": "🟢",
  "not judged": "⚪",
  "needs a human": "🟡",
  error: "🔴",
};

export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  error: "error",
  human: "needs a human",
  warning: "look at",
  note: "note",
};

export const ORDER_WORDS: Readonly<Record<SlotReview["order"], string>> = {
  "new first": "new first ✓",
  "old first": "old first ✗",
  created: "new",
  destroyed: "goes",
  updated: "in place",
  unchanged: "stays",
};

const dash = (value: number | null, unit = "") => (value === null ? "?" : `${value.toLocaleString("en-US")}${unit}`);

export const capacityWords = ({ before, peak, after }: SlotReview["capacity"]): string =>
  [before, peak, after].every((value) => value === null)
    ? "not said"
    : `${dash(before)} → ${dash(peak)} → ${dash(after)}`;

export function trafficWords({ slot, order, traffic: { before, after } }: SlotReview): string {
  if (before === null && after === null) return "not said";
  if (slot === "live" && order === "new first") return "old → new, after the health gate";
  return before === after ? dash(after, " %") : `${dash(before, " %")} → ${dash(after, " %")}`;
}

/** Notes ask for nothing. */
export const isIdle = (todo: Text): boolean => plain(todo) === plain(NOTHING_TO_DO);

/** Notes are folded away, but for what changes in the machines: a reviewer wants to see that. */
export const isFolded = ({ level, rule }: StackReview["findings"][number]): boolean =>
  level === "note" && rule !== "launch";

/** What is folded away, such as "2 notes, 1 drift, 5 objects"; empty when nothing is. */
export function foldWords({ findings, drift, objects, moreObjects }: StackReview): string {
  const counts: [number, string, string][] = [
    [findings.filter(isFolded).length, "note", "notes"],
    [objects.length + moreObjects, "object changes", "objects change"],
    [drift.all, "object drifted", "objects drifted"],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`)
    .join(", ");
}

/** The end of a long id says which image it is. */
export function shortId(id: string): string {
  const parts = id.split("/");
  if (parts.length < 3) return id;
  const kept: string[] = [];
  while (parts.length > 0 && [...kept, parts.at(-1)!].join("/").length <= 30) kept.unshift(parts.pop()!);
  // By code points: half of one is no character.
  return kept.length === 0 ? `…${[...id].slice(-29).join("")}` : `${parts.length > 0 ? "…/" : ""}${kept.join("/")}`;
}

/** Lines of several stacks, each said once. */
export function once(lines: readonly Text[]): Text[] {
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

/** How many stacks have which result, such as "2 contract held, 1 needs a human". */
export const tally = ({ stacks }: Review): string =>
  Object.keys(RESULT_SIGN)
    .map((result) => [result, stacks.filter((stack) => stack.result === result).length] as const)
    .filter(([, count]) => count > 0)
    .map(([result, count]) => `${count} ${result}`)
    .join(", ");

/** The workflow commands of CI runners, made harmless: they act on `::name` at a line's start and on `##[name]` anywhere. */
export const withoutCommands = (text: string): string =>
  text.replace(/::(?=[a-z])/gi, ": :").replace(/##(?=\[)/g, "# #");
