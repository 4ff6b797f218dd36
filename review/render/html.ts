/** The review as one page without scripts, fonts or pictures of its own or of others. */
import type { Review, StackReview } from "../model";
import { clean, type Text } from "../text";
import { STYLE } from "./style";
import {
  capacityWords,
  foldWords,
  isFolded,
  isIdle,
  LEVEL_WORDS,
  once,
  ORDER_WORDS,
  shortId,
  tally,
  trafficWords,
  withoutCommands,
} from "./words";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
  "@": "&#64;",
};

/** The only way of a string into the page. */
const esc = (value: string): string =>
  withoutCommands(clean(value, 4000)).replace(/[&<>"'`@]/g, (found) => ENTITIES[found]!);
const code = (value: string): string => `<code>${esc(clean(value))}</code>`;
const words = (text: Text): string =>
  text.map((part) => (typeof part === "string" ? esc(part) : code(part.code))).join("");
const list = (items: readonly string[]): string =>
  items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;

export function html(review: Review): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Plan review: ${esc(tally(review))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1 class="${kind(review.result)}">Plan review <span>${esc(tally(review))}</span></h1>
<p>${review.head ? `Commit ${code(review.head.slice(0, 12))}. ` : ""}Plans ${review.stacks.map(({ plan }) => code(plan.digest.slice(0, 12))).join(", ")}.</p>
${review.stacks.map(stackSection).join("\n")}
${shared("What is in the image", once(review.stacks.flatMap(({ images }) => images)))}
${shared("Roll back", once(review.stacks.flatMap(({ rollBack }) => rollBack)))}
</main>
</body>
</html>
`;
}

const kind = (result: string) => `r-${result === "contract held" ? "held" : result === "error" ? "error" : "human"}`;

const COLUMNS = ["Slot", "Image old → new", "Order", "Machines before → peak → after", "Traffic"];

function stackSection(stack: StackReview): string {
  const loud = stack.findings.filter((found) => !isFolded(found));
  const notes = stack.findings.filter(isFolded);
  return `<section class="${kind(stack.result)}">
<h2>${esc(stack.stack)} <span>${esc(stack.result)}</span></h2>
<p>${words(stack.headline)}</p>
${slots(stack)}
${list(loud.map(findingItem))}
${stack.moreFindings > 0 ? `<p>${stack.moreFindings} more findings are not shown.</p>` : ""}
<p><b>Blast radius</b> ${words(stack.blastRadius)}</p>
<details><summary>${foldWords(stack) || "the plan"}</summary>
${list(notes.map(findingItem))}
${list(stack.objects.map(({ address, what }) => `${code(address)} ${words(what)}`))}
${stack.moreObjects > 0 ? `<p>and ${stack.moreObjects} more objects</p>` : ""}
${list(stack.slots.flatMap(wholeIds))}
<p>Plan ${code(stack.plan.digest)}${stack.plan.at ? `, made ${code(stack.plan.at)}` : ""}</p>
</details>
</section>`;
}

function slots({ slots: rows }: StackReview): string {
  if (rows.length === 0) return "";
  const head = COLUMNS.map((name) => `<th>${name}</th>`).join("");
  // On a narrow screen each cell is a line of its own, with its column's name before it.
  const cells = (values: readonly string[]) =>
    values.map((value, at) => `<td data-name="${COLUMNS[at]!}">${value}</td>`).join("");
  const body = rows.map((slot) =>
    cells([
      esc(slot.slot),
      !slot.old && !slot.new
        ? "not said"
        : slot.old && slot.new && slot.old.id === slot.new.id
          ? image(slot.new)
          : `${image(slot.old)} → ${image(slot.new)}`,
      esc(ORDER_WORDS[slot.order]),
      esc(capacityWords(slot.capacity)),
      esc(trafficWords(slot)),
    ]),
  );
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.map((row) => `<tr>${row}</tr>`).join("")}</tbody></table>`;
}

type Image = StackReview["slots"][number]["old"];

const image = (shown: Image): string =>
  shown === undefined
    ? "none"
    : `${shown.version ? `<b>${esc(shown.version)}</b> ` : ""}${code(shortId(clean(shown.id)))}`;

/** The ids that the table shortens. */
function wholeIds({ slot, old, new: next }: StackReview["slots"][number]): string[] {
  const line = (what: string, shown: Image) =>
    shown ? [`Image that ${what} in slot ${esc(slot)} ${code(shown.id)}`] : [];
  return old?.id === next?.id ? line("stays", next) : [...line("runs", old), ...line("comes", next)];
}

const findingItem = ({ level, address, reason, todo }: StackReview["findings"][number]): string =>
  `<b class="l-${level}">${LEVEL_WORDS[level]}</b> ${address === undefined ? "" : code(address)} ${words(reason)}${isIdle(todo) ? "" : ` <i>${words(todo)}</i>`}`;

const shared = (head: string, lines: readonly Text[]): string =>
  lines.length === 0 ? "" : `<section><h2>${head}</h2>${list(lines.map(words))}</section>`;
