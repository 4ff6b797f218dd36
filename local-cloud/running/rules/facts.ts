/**
 * What a cloud does, as data with its ground: the rules take their values from here, and the table in docs/local-cloud.md is
 * made from it, so that neither can say what the other does not.
 */

/** How sure it is: a page of the vendor says so, or it is what we take for true, with what speaks for it. */
export type Basis = "documented" | "assumed";

/** One behaviour. */
export interface Fact<T> {
  /** What the rules take. */
  readonly value: T;
  /** In words; `{}` stands for the value. */
  readonly says: string;
  readonly basis: Basis;
  /** Page or source that says it or, of an assumption, comes nearest. */
  readonly source: string;
}

/** A vendor's page says so. */
export const documented = <const T>(value: T, says: string, source: string): Fact<T> => ({
  ...{ value, says, source },
  basis: "documented",
});

/** No page of the vendor says so, or two contradict each other; the source comes nearest. */
export const assumed = <const T>(value: T, says: string, source: string): Fact<T> => ({
  ...{ value, says, source },
  basis: "assumed",
});

const BASIS: Record<Basis, string> = { documented: "documented by the vendor", assumed: "our assumption" };

/** The rows of a cloud in the table of docs/local-cloud.md. */
export const rowsOf = (cloud: string, facts: Readonly<Record<string, Fact<unknown>>>): string[] =>
  Object.values(facts).map(
    ({ value, says, basis, source }) =>
      `| ${cloud} | ${says.replace("{}", shown(value))} | [${BASIS[basis]}](${source}) |`,
  );

function shown(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  const [least, most] = value as [number, number];
  return least === most ? String(least) : `${least} to ${most}`;
}
