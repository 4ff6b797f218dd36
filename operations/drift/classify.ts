/** From a changed attribute to what it is about. */
import { kindOf } from "../../review/read/attributes";
import { isMirror, type Managed } from "./mirrors";
import { SUBJECTS, WEIGHTS, type Subject, type Weight } from "./subjects";
import { ANYWHERE, TABLE } from "./table";
import { ownIn } from "../../constructs/contract/own";

export const weightOf = (subject: Subject): Weight => SUBJECTS[subject].weight;

/** The heavier of two. */
export const heavier = (a: Weight, b: Weight): Weight => (WEIGHTS.indexOf(a) <= WEIGHTS.indexOf(b) ? a : b);

/** `ebs.encrypted` for `ebs.0.encrypted`: which entry of a list it is decides nothing. */
const withoutIndexes = (path: string): string =>
  path
    .split(".")
    .filter((step) => !/^\d+$/.test(step))
    .join(".");

const covers = (prefix: string, path: string): boolean =>
  prefix === "" || path === prefix || path.startsWith(`${prefix}.`);

/**
 * What a change of an attribute is about.
 *
 * @param path dotted, as the attribute stands in the plan
 */
export function subjectOf(type: string, path: string): Subject {
  const at = withoutIndexes(path);
  const own = Object.entries(ownIn(TABLE, kindOf(type)) ?? {}).flatMap(([subject, prefixes]) =>
    (prefixes as readonly string[]).map((prefix) => ({ prefix, subject: subject as Subject })),
  );
  const anywhere = Object.entries(ANYWHERE).map(([prefix, subject]) => ({ prefix, subject }));
  // Sorting is stable, so that the object's own kind wins over what holds anywhere.
  const [best] = [...own, ...anywhere]
    .filter(({ prefix }) => covers(prefix, at))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return best?.subject ?? "else";
}

/** The same, with the look at what is managed beside the object. */
export function subjectIn(
  type: string,
  path: string,
  after: Readonly<Record<string, unknown>>,
  managed: readonly Managed[],
): Subject {
  const [attribute = ""] = path.split(".");
  return isMirror(type, attribute, after, managed) ? "attached" : subjectOf(type, path);
}
