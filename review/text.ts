/**
 * Sentences of a review: our own words, and words that came from a plan. The two never mix, so that each renderer can
 * show foreign words as what they are and escape them in one place.
 */
import type { Change } from "./facts";

export interface Foreign {
  readonly code: string;
}
export type Text = readonly (string | Foreign)[];

/** Longest foreign string that is shown; the rest is said to be missing. */
const LONGEST = 240;

// Controls, soft hyphen, zero-width and bidirectional marks, variation selectors, tags, lone surrogates.
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]|[\u{e0100}-\u{e01ef}]/gu;

/** A foreign string in one visible line of bounded length, without characters that hide or reorder others. Idempotent. */
export function clean(value: string, longest = LONGEST): string {
  const head = value.length > longest * 4 ? value.slice(0, longest * 4) : value;
  const visible = head.replace(INVISIBLE, "\ufffd");
  const letters = [...visible];
  return letters.length > longest || head !== value ? `${letters.slice(0, longest - 1).join("")}…` : visible;
}

const parts = (value: string | number | Text): Text =>
  typeof value === "string"
    ? [{ code: clean(value) }]
    : typeof value === "number"
      ? [value.toLocaleString("en-US")]
      : value;

/** A sentence: the literal parts are ours, strings put in are foreign, numbers and sentences put in are ours. */
export const say = (words: TemplateStringsArray, ...values: readonly (string | number | Text)[]): Text =>
  words.flatMap((word, index) => {
    const value = values[index];
    return [...(word === "" ? [] : [word]), ...(value === undefined ? [] : parts(value))];
  });

/** Foreign strings with commas between; at most `most`, the others counted. */
export function listed(values: readonly string[], most = 6): Text {
  const shown = values.slice(0, most).flatMap((value, index) => [...(index === 0 ? [] : [", "]), ...parts(value)]);
  const others = values.length - most;
  return others > 0 ? [...shown, ` and ${others} more`] : shown;
}

/** Changed paths of an object, each with its old and new value where both may be shown. */
export function changedWords({ values }: Pick<Change, "values">, paths: readonly string[], most = 6): Text {
  const covers = (prefix: string, path: string) => path === prefix || path.startsWith(`${prefix}.`);
  const valueAt = (path: string) => values.filter((value) => covers(path, value.path) || covers(value.path, path));
  const words = new Map(
    paths
      // What forces a replacement is a top-level name: the paths below it say more.
      .filter((path) => !paths.some((other) => other !== path && covers(path, other)))
      .flatMap((path): [string, Text][] => {
        const found = valueAt(path);
        return found.length === 0
          ? [[path, parts(path)]]
          : found.map((value) => [value.path, say`${value.path} ${value.before} → ${value.after}`]);
      }),
  );
  const all = [...words.values()];
  const shown = all.slice(0, most).flatMap((each, index) => [...(index === 0 ? [] : [", "]), ...each]);
  return all.length > most ? [...shown, ` and ${all.length - most} more`] : shown;
}

/** Plain words, for outputs that need no marks. */
export const plain = (text: Text): string =>
  text.map((part) => (typeof part === "string" ? part : clean(part.code))).join("");
