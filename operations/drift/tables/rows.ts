/** The form of the tables. */
import type { Subject } from "../subjects";

/** Paths by subject. What is gone or unknown needs no row. */
export type Row = Partial<Record<Exclude<Subject, "gone" | "else">, readonly string[]>>;
export type Table = Readonly<Record<string, Row>>;

/** The whole object. */
export const ALL = [""] as const;

/** Kinds that are about the same. */
export const kinds = (names: readonly string[], row: Row): Table =>
  Object.fromEntries(names.map((name) => [name, row]));
