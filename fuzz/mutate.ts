/**
 * Inputs made from valid ones. A recipe says which one, and what was done to it: it is data, so that fast-check can make it
 * smaller, and that another process can build the same input again.
 */
import fc from "fast-check";
import { placesIn, print, read, treeOf, write, type Node, type Place } from "./json-tree";
import { lookAlike, ODD_NAMES, ODD_PIECES, ODD_VALUES } from "./odd";

/** `at` and `with` are numbers that choose among what there is. */
export interface Step {
  readonly do: string;
  readonly at: number;
  readonly with: number;
}

export type Recipe = { readonly seed: number; readonly steps: readonly Step[] } | { readonly scratch: string };

/** How inputs come about. */
export interface Inputs<R = unknown> {
  readonly recipes: fc.Arbitrary<R>;
  build(recipe: R): Buffer;
}

const of = <T>(list: readonly T[], choice: number): T => list[choice % list.length]!;
const DEPTHS = [1, 2, 3, 5, 20, 200, 2_000, 9_000];

/** Larger inputs find nothing more, and take longer. */
const MOST_CHARACTERS = 1 << 19;

type TreeStep = (place: Place, choice: number, all: readonly Place[]) => void;

const TREE_STEPS: Readonly<Record<string, TreeStep>> = {
  delete: ({ holder, index }) => void ("items" in holder ? holder.items : holder.entries).splice(index, 1),
  duplicate: ({ holder, index }, choice) => {
    if ("items" in holder)
      holder.items.splice(index, 0, ...Array<Node>(of([1, 1, 2, 20], choice)).fill(holder.items[index]!));
    else holder.entries.splice(of([0, index, index + 1], choice), 0, holder.entries[index]!);
  },
  "name twice": ({ holder, index }, choice, all) => {
    if ("items" in holder) return;
    const [name] = holder.entries[index]!;
    holder.entries.push([
      name,
      choice % 2 === 0 ? { raw: of(ODD_VALUES, choice >> 1) } : copy(read(of(all, choice >> 1))),
    ]);
  },
  swap: (place, choice, all) => {
    const other = of(all, choice);
    const [a, b] = [copy(read(place)), copy(read(other))];
    write(place, b);
    write(other, a);
  },
  copy: (place, choice, all) => write(place, copy(read(of(all, choice)))),
  deepen: (place, choice) => {
    const depth = of(DEPTHS, choice);
    const [before, after] = of(
      [
        ["[", "]"],
        ['{"a":', "}"],
        ['[{"a":', "}]"],
      ],
      choice >> 3,
    ) as [string, string];
    write(place, { raw: before.repeat(depth) + print(read(place)) + after.repeat(depth) });
  },
  odd: (place, choice) => write(place, { raw: of(ODD_VALUES, choice) }),
  rename: ({ holder, index }, choice) => {
    if ("entries" in holder) holder.entries[index]![0] = JSON.stringify(of(ODD_NAMES, choice));
  },
  "look-alike": (place, choice) => {
    const { holder, index } = place;
    const node = read(place);
    if ("raw" in node && node.raw.startsWith('"')) write(place, { raw: lookAlike(node.raw, choice) });
    else if ("entries" in holder) holder.entries[index]![0] = lookAlike(holder.entries[index]![0], choice);
  },
};

/** Raw nodes and fresh holders: two places never share what one of them may change. */
const copy = (node: Node): Node => {
  const raw = print(node);
  return { raw: raw.length > MOST_CHARACTERS / 8 ? "null" : raw };
};

const TEXT_STEPS: Readonly<Record<string, (text: string, at: number, choice: number) => string>> = {
  truncate: (text, at) => text.slice(0, at),
  drop: (text, at, choice) => text.slice(0, at) + text.slice(at + 1 + (choice % 40)),
  insert: (text, at, choice) => text.slice(0, at) + of(ODD_PIECES, choice) + text.slice(at),
  repeat: (text, at, choice) => text.slice(0, at) + text.slice(Math.max(0, at - (choice % 200))),
  nest: (text, at, choice) => text.slice(0, at) + of(["[", "{", "(", "${", '{"a":', "a {\n", "-", "!"], choice).repeat(of(DEPTHS, choice >> 3)) + text.slice(at), // prettier-ignore
  "look-alike letter": (text, at, choice) => text.slice(0, at) + lookAlike(text.slice(at, at + 20), choice) + text.slice(at + 20), // prettier-ignore
};

const LINE_STEPS: Readonly<Record<string, (lines: string[], at: number, choice: number) => void>> = {
  "delete line": (lines, at) => void lines.splice(at, 1),
  "repeat line": (lines, at, choice) =>
    void lines.splice(at, 0, ...Array<string>(of([1, 2, 20], choice)).fill(lines[at]!)),
  "swap lines": (lines, at, choice) => {
    const other = choice % lines.length;
    [lines[at], lines[other]] = [lines[other]!, lines[at]!];
  },
  "odd value": (lines, at, choice) =>
    void (lines[at] = lines[at]!.replace(/= *.*/, () => `= ${of(ODD_VALUES, choice)}`)),
};

const BYTE_STEPS: Readonly<Record<string, (bytes: Buffer, at: number, choice: number) => Buffer>> = {
  flip: (bytes, at, choice) => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 + (choice % 255));
    return changed;
  },
  cut: (bytes, at) => bytes.subarray(0, at),
  splice: (bytes, at, choice) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(choice % (bytes.length + 1))]),
  "as UTF-16": (bytes) => Buffer.from(`\uFEFF${bytes.toString("utf8")}`, "utf16le"),
};

const FORMS = {
  /** Trees first: a text that is spoiled has no tree any more. */
  json: [TREE_STEPS, TEXT_STEPS, BYTE_STEPS],
  text: [LINE_STEPS, TEXT_STEPS, BYTE_STEPS],
  bytes: [BYTE_STEPS],
} as const;

/** @param form what the seeds are: json is changed as a tree, as a text and as bytes; text by lines, as a text and as bytes */
export function mutants(form: keyof typeof FORMS, seeds: readonly (string | Buffer)[]): Inputs<Recipe> {
  const values = form === "json" ? seeds.map((seed) => JSON.parse(String(seed)) as unknown) : [];
  const names = FORMS[form].flatMap((steps) => Object.keys(steps));
  const kinds = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...Object.keys(FORMS[form][0])) },
    { weight: 1, arbitrary: fc.constantFrom(...names) },
  );
  const step = fc.record({ do: kinds, at: fc.nat(), with: fc.nat() });
  const mutant = fc.record({ seed: fc.nat(seeds.length - 1), steps: fc.array(step, { maxLength: 6 }) });
  const scratch = fc.oneof(fc.json(), fc.string()).map((text) => ({ scratch: text }));
  return {
    recipes: fc.oneof({ weight: 30, arbitrary: mutant }, { weight: 1, arbitrary: scratch }),
    build: (recipe) => {
      if ("scratch" in recipe) return Buffer.from(recipe.scratch, form === "bytes" ? "latin1" : "utf8");
      const { seed, steps } = recipe;
      if (form === "bytes") return inBytes(Buffer.from(seeds[seed]!), steps);
      const text = form === "json" ? inTree(values[seed], steps) : inLines(String(seeds[seed]), steps);
      return inBytes(Buffer.from(inText(text.slice(0, MOST_CHARACTERS), steps)), steps);
    },
  };
}

const those = <T>(table: Readonly<Record<string, T>>, steps: readonly Step[]) =>
  steps.flatMap((step) => (Object.hasOwn(table, step.do) ? [{ ...step, change: table[step.do]! }] : []));

function inTree(value: unknown, steps: readonly Step[]): string {
  // The root is a place too.
  const root = { items: [treeOf(value)] };
  for (const { change, at, with: choice } of those(TREE_STEPS, steps)) {
    const places = placesIn(root);
    if (places.length > 0) change(of(places, at), choice, places);
  }
  return root.items.map(print).join(",");
}

function inLines(text: string, steps: readonly Step[]): string {
  const lines = text.split("\n");
  for (const { change, at, with: choice } of those(LINE_STEPS, steps))
    if (lines.length > 0) change(lines, at % lines.length, choice);
  return lines.join("\n");
}

const inText = (text: string, steps: readonly Step[]): string =>
  those(TEXT_STEPS, steps).reduce(
    (now, { change, at, with: choice }) => change(now, at % (now.length + 1), choice),
    text,
  );

const inBytes = (bytes: Buffer, steps: readonly Step[]): Buffer =>
  those(BYTE_STEPS, steps).reduce(
    (now, { change, at, with: choice }) => change(now, at % (now.length + 1), choice),
    bytes,
  );
