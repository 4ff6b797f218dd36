/** The review as a comment on a pull request. */
import type { Review, SlotReview, StackReview } from "../model";
import { clean, type Text } from "../text";
import {
  capacityWords,
  foldWords,
  LEVEL_WORDS,
  once,
  isFolded,
  isIdle,
  ORDER_WORDS,
  RESULT_SIGN,
  shortId,
  tally,
  trafficWords,
  withoutCommands,
} from "./words";

/** GitHub refuses a comment of more than 65,536 characters. */
export const MOST_CHARACTERS = 60_000;

/** First line of a comment: how it is found again. */
export const marker = (name: string): string => `<!-- immutable-fleet review: ${name.replace(/[^a-z0-9-]/g, "")} -->`;

export interface MarkdownOptions {
  readonly name?: string;
  /** Where the whole review is, when it does not fit; https only. */
  readonly link?: string;
}

/** A foreign string as a code span: no markup, mention, reference or link acts inside one. */
export function code(value: string): string {
  const text = withoutCommands(clean(value)).replace(/\|/g, "¦");
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = text === "" || /^[` ]|[` ]$/.test(text) ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** Sentences are ours, but a review file may come from elsewhere. */
const prose = (words: string): string => words.replace(/[^\p{L}\p{N} .,:;'"()%→…_/+-]/gu, "�").replace(/\/\//g, "/ /");
const md = (text: Text): string =>
  text.map((part) => (typeof part === "string" ? prose(part) : code(part.code))).join("");

export function markdown(review: Review, { name = "fleet", link }: MarkdownOptions = {}): string {
  const title = `### ${RESULT_SIGN[review.result]} Plan review: ${tally(review)}`;
  const head = review.head ? `Commit ${code(review.head.slice(0, 12))}. ` : "";
  const blocks = [
    `${marker(name)}\n${title}`,
    `${head}Plans ${review.stacks.map(({ plan }) => code(plan.digest.slice(0, 12))).join(", ")}.`,
    table(review.stacks),
    ...review.stacks.map(stackBlock),
    ...shared(review.stacks),
    ...review.stacks.map(details),
  ].filter((block) => block !== "");
  return fitted(blocks, link);
}

/** As many blocks as fit, and how many did not. */
function fitted(blocks: readonly string[], link: string | undefined): string {
  const where =
    link !== undefined && /^https:\/\/[\w.-]+\/[\w./%-]*$/.test(link) ? ` [The whole review](${link}).` : "";
  const overflow = (left: number) =>
    `⚠️ **This comment is cut: ${left} of its ${blocks.length} parts do not fit.** ${where || "Run `npx fleet review` for the whole review."}`;
  const room = MOST_CHARACTERS - overflow(blocks.length).length - 4;
  const kept: string[] = [];
  let length = 0;
  for (const block of blocks) {
    if (length + block.length + 2 > room) continue;
    kept.push(block);
    length += block.length + 2;
  }
  const left = blocks.length - kept.length;
  // What is missing is said at the top, where nobody can miss it.
  return `${(left === 0 ? kept : [kept[0]!, overflow(left), ...kept.slice(1)]).join("\n\n")}\n`;
}

const COLUMNS = ["Where", "Service", "Image old → new", "Order", "Machines before → peak → after", "Traffic"];

function table(stacks: readonly StackReview[]): string {
  const rows = stacks.flatMap((stack) => stack.slots.map((slot) => row(stack, slot)));
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(COLUMNS), line(COLUMNS.map(() => "---")), ...rows.map(line)].join("\n");
}

const row = (stack: StackReview, slot: SlotReview): string[] => [
  `${RESULT_SIGN[stack.result]} ${code(stack.placement ?? stack.stack)}`,
  `${code(stack.service ?? "?")}${slot.slot === "live" ? "" : ` ${prose(slot.slot)}`}`,
  images(slot),
  ORDER_WORDS[slot.order],
  capacityWords(slot.capacity),
  trafficWords(slot),
];

function images({ old, new: next }: SlotReview): string {
  const one = (image: SlotReview["old"]) =>
    image === undefined
      ? "none"
      : `${image.version ? `${versionWords(image.version)} ` : ""}${code(shortId(clean(image.id)))}`;
  if (!old && !next) return "not said";
  return old && next && old.id === next.id ? one(next) : `${one(old)} → ${one(next)}`;
}

const versionWords = (version: string) => (/^\d+\.\d+\.\d+$/.test(version) ? `**${version}**` : code(version));

function stackBlock(stack: StackReview): string {
  const loud = stack.findings.filter((found) => !isFolded(found));
  const more = stack.moreFindings > 0 ? [`- ${stack.moreFindings} more findings are not shown.`] : [];
  return [
    `#### ${RESULT_SIGN[stack.result]} ${code(stack.stack)}: ${md(stack.headline)}`,
    ...(loud.length > 0 ? ["", ...loud.map(findingLine), ...more] : []),
    "",
    `**Blast radius:** ${md(stack.blastRadius)}`,
  ].join("\n");
}

const findingLine = ({ level, address, reason, todo }: StackReview["findings"][number]): string =>
  `- **${LEVEL_WORDS[level]}**${address === undefined ? "" : ` ${code(address)}`}: ${md(reason)}${isIdle(todo) ? "" : ` _${md(todo)}_`}`;

/** What is the same for every placement is said once. */
function shared(stacks: readonly StackReview[]): string[] {
  const paragraph = (head: string, lines: readonly Text[]) =>
    lines.length === 0 ? "" : `**${head}:** ${lines.map(md).join("<br>")}`;
  return [
    paragraph("What is in the image", once(stacks.flatMap(({ images: lines }) => lines))),
    paragraph("Roll back", once(stacks.flatMap(({ rollBack }) => rollBack))),
  ];
}

function details(stack: StackReview): string {
  const notes = stack.findings.filter(isFolded);
  const objects = stack.objects.map(({ address, what }) => `- ${code(address)} ${md(what)}`);
  if (notes.length + objects.length === 0) return "";
  const more = stack.moreObjects > 0 ? [`- and ${stack.moreObjects} more`] : [];
  return [
    `<details><summary>${foldWords(stack)}</summary>`,
    "",
    code(stack.stack),
    "",
    ...notes.map(findingLine),
    ...objects,
    ...more,
    "",
    "</details>",
  ].join("\n");
}
