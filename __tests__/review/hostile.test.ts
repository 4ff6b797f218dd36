/** Whatever a plan, a catalog or a review file holds: it is shown as text, in one place, or not at all. */
import fc from "fast-check";
import { createRequire } from "node:module";
import { reviewSchema, type Review } from "../../review/model";
import { html } from "../../review/render/html";
import { json } from "../../review/render/json";
import { markdown } from "../../review/render/markdown";
import { text } from "../../review/render/text";
import { shortId } from "../../review/render/words";
import { clean } from "../../review/text";
import { trouble } from "./golden/trouble";

const MARK = "EVIL";
const PIECES = [
  "`",
  "``",
  "```",
  "~~~",
  "\n",
  "\r\n",
  "\n\n",
  "<img src=x onerror=EVIL>",
  "</code>",
  "</details>",
  "<!--",
  "-->",
  "<script>",
  "&lt;",
  "&#64;",
  "@EVIL",
  "@EVIL/team",
  "#123",
  "EVIL/repo#1",
  "GH-1",
  "::error::EVIL",
  "::set-output name=x::",
  "##[error]",
  "::stop-commands::x",
  "[EVIL](https://example.com)",
  "![EVIL](x)",
  "https://EVIL.example",
  "www.EVIL.example",
  "|",
  "\\",
  "**EVIL**",
  "# EVIL",
  "- EVIL",
  "> EVIL",
  "\u202e",
  "\u2066",
  "\u2069",
  "\u200b",
  "\u200d",
  "\ufeff",
  "\u0000",
  "\u001b[31m",
  "\u0007",
  "\u2028",
  "\udc00",
  "\u{e0041}",
  "\u00ad",
  '"',
  "'",
  "$(EVIL)",
  "${{ EVIL }}",
  "javascript:EVIL",
  " ",
  "EVIL",
  "é",
  "🟢",
];
const hostile = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(""));

const OWN = ["rule", "level", "result", "step", "order", "cause", "slot", "digest"];
/** The review with every foreign string replaced. */
function poisoned(review: Review, poison: string): Review {
  const walk = (value: unknown, field: string): unknown => {
    if (typeof value === "string") return field === "" || OWN.includes(field) ? value : clean(poison);
    if (Array.isArray(value)) return value.map((entry) => walk(entry, ""));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, walk(entry, name)]));
  };
  return walk(review, "") as Review;
}
/** The same, as somebody who writes a review file by hand would: not cleaned. */
const raw = (review: Review, poison: string): Review =>
  JSON.parse(
    JSON.stringify(poisoned(review, "POISON")).replaceAll("POISON", JSON.stringify(poison.slice(0, 600)).slice(1, -1)),
  ) as Review;

const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\u2028\u2029]|(?!\n)\p{Cc}/u;

interface Node {
  readonly type: string;
  readonly literal: string | null;
}
interface Commonmark {
  Parser: new () => { parse(text: string): { walker(): { next(): { entering: boolean; node: Node } | null } } };
}
const { Parser } = createRequire(__filename)("commonmark") as Commonmark;

function nodes(source: string): Node[] {
  const walker = new Parser().parse(source).walker();
  const found: Node[] = [];
  for (let step = walker.next(); step; step = walker.next()) if (step.entering) found.push(step.node);
  return found;
}

const check = (assertion: (review: Review, poison: string) => void) =>
  fc.assert(
    fc.property(hostile, fc.boolean(), (poison, cleaned) =>
      assertion((cleaned ? poisoned : raw)(trouble, poison), poison),
    ),
    { numRuns: 300 },
  );

/** Compared as text, because a difference of long lists takes jest minutes to draw. */
const same = (found: unknown, wanted: unknown) => expect(JSON.stringify(found) === JSON.stringify(wanted)).toBe(true);

test("in a comment it is inside code spans, and adds no markup", () => {
  const shape = (source: string) =>
    nodes(source)
      .map(({ type }) => type)
      .filter((type) => type !== "text");
  const calm = shape(markdown(poisoned(trouble, "calm")));
  check((review) => {
    const source = markdown(review);
    const found = nodes(source);
    expect(found.some(({ type, literal }) => type !== "code" && literal?.includes(MARK))).toBe(false);
    expect(found.some(({ type }) => ["link", "image"].includes(type))).toBe(false);
    same(shape(source), calm);
    expect(source).not.toMatch(INVISIBLE);
  });
});

test("in a comment it adds no cell and no row to a table", () => {
  const bars = (source: string) =>
    source
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.split("|").length);
  const calm = bars(markdown(poisoned(trouble, "calm")));
  check((review) => same(bars(markdown(review)), calm));
});

test("in a page it adds no element and no attribute", () => {
  const tags = (page: string) => page.match(/<[^>]*>/g);
  const calm = tags(html(poisoned(trouble, "calm")));
  check((review) => {
    const page = html(review);
    same(tags(page), calm);
    expect(page).not.toMatch(INVISIBLE);
    expect(page).not.toMatch(/<script|onerror=EVIL>|href|src=[^x]/i);
  });
});

test("in a log it starts no command and moves no cursor", () => {
  check((review) => {
    for (const rendered of [text(review), markdown(review), html(review), json(review)]) {
      expect(rendered).not.toMatch(/##\[/);
      expect(rendered).not.toMatch(/^\s*::/m);
      expect(rendered).not.toMatch(/\u001b|\u0007|\u0000/);
    }
    expect(text(review)).not.toMatch(INVISIBLE);
    expect(text(review)).not.toMatch(/::[a-z]/i);
  });
});

test("in a review file it is exactly what it was, in harmless characters", () => {
  check((review) => {
    const file = json(review);
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(review)));
    expect(file).not.toMatch(/[<>&@`]|::/);
  });
});

test("sentences of a review file must be ours", () => {
  for (const words of [
    "<b>x</b>",
    "@org",
    "see #1",
    "`x`",
    "[a](b)",
    "https://example.com",
    "www.example.com",
    "::error::x",
    "a\nb",
    "\u202e",
  ]) {
    const forged = { ...trouble, stacks: [{ ...trouble.stacks[0]!, headline: [words] }] };
    expect([words, reviewSchema.safeParse(forged).success]).toEqual([words, false]);
  }
});

test("cleaning is bounded, idempotent and leaves nothing invisible", () => {
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: "binary", maxLength: 2000 })), (value) => {
      const once = clean(value);
      expect([...once].length).toBeLessThanOrEqual(240);
      expect(once).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(clean(once)).toBe(once);
    }),
  );
});

test("a long id is cut between characters, never inside one", () => {
  expect(shortId(`a/b/${"🟢".repeat(40)}x`)).toBe(`…${"🟢".repeat(28)}x`);
});
