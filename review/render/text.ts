/** The review for a terminal or a log. */
import type { Review, StackReview } from "../model";
import { clean, plain, type Text } from "../text";
import {
  capacityWords,
  isIdle,
  LEVEL_WORDS,
  once,
  ORDER_WORDS,
  shortId,
  tally,
  trafficWords,
  withoutCommands,
} from "./words";

const WIDTH = 110;

/** Every line starts with a word of ours or with spaces, and no runner takes one for a command. */
export function text(review: Review): string {
  const lines = [
    `plan review: ${tally(review)}`,
    ...review.stacks.flatMap(stackLines),
    ...section("what is in the image", once(review.stacks.flatMap(({ images }) => images))),
    ...section("roll back", once(review.stacks.flatMap(({ rollBack }) => rollBack))),
  ];
  return `${lines.map((line) => withoutCommands(line).trimEnd()).join("\n")}\n`;
}

function stackLines(stack: StackReview): string[] {
  return [
    "",
    `${stack.result}: ${clean(stack.stack)}, ${sentence(stack.headline)}`,
    ...stack.slots.map((slot) =>
      [
        `  ${clean(slot.slot).padEnd(6)}`,
        imageWords(slot.old, slot.new),
        ORDER_WORDS[slot.order],
        `machines ${capacityWords(slot.capacity)}`,
        `traffic ${trafficWords(slot)}`,
      ].join("  "),
    ),
    ...stack.findings.flatMap(({ level, address, reason, todo }) => [
      `  ${LEVEL_WORDS[level]}: ${address === undefined ? "the plan" : clean(address)}`,
      ...wrapped(sentence(reason), "    "),
      ...(isIdle(todo) ? [] : wrapped(sentence(todo), "    → ")),
    ]),
    ...(stack.moreFindings > 0 ? [`  and ${stack.moreFindings} more findings`] : []),
    ...stack.objects.map(({ address, what }) => `  ${sentence(what)}: ${clean(address)}`),
    ...(stack.moreObjects > 0 ? [`  and ${stack.moreObjects} more objects`] : []),
    ...wrapped(`blast radius: ${sentence(stack.blastRadius)}`, "  "),
  ];
}

const sentence = (words: Text) => clean(plain(words), 4000);

type Image = StackReview["slots"][number]["old"];
function imageWords(old: Image, next: Image): string {
  const one = (image: Image) =>
    image === undefined ? "none" : image.version ? clean(image.version) : shortId(clean(image.id));
  if (!old && !next) return "image not said";
  return old && next && old.id === next.id ? one(next) : `${one(old)} → ${one(next)}`;
}

const section = (head: string, lines: readonly Text[]): string[] =>
  lines.length === 0 ? [] : ["", head, ...lines.flatMap((line) => wrapped(sentence(line), "  "))];

/** Lines of at most WIDTH characters, broken at spaces. */
function wrapped(words: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of words.split(" ")) {
    if (line.length + word.length > WIDTH && line.trim() !== "" && line !== indent) {
      lines.push(line);
      line = " ".repeat(indent.length);
    }
    line += line.trim() === "" || line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}
