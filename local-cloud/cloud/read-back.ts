/**
 * What a provider reads back although nobody wrote it, and the form in which it reads back what somebody wrote.
 *
 * Rows are by `type.path`. Forms and nulls are the providers' own code, and certain. A default is the cloud's: it is from a
 * plan that a real provider made where there is one, else from the documents that stand beside it.
 */
import type { Obj, Value } from "../protocol/values";
import type { World } from "./computed-table";
import { AWS_READ } from "./read-back-aws";
import { AZURE_READ } from "./read-back-azure";
import { GOOGLE_READ } from "./read-back-google";

/** Where a value is looked for: the block that it stands in, the whole object, and the rest of the cloud. */
export interface Place {
  readonly own: Obj;
  readonly object: Obj;
  readonly world: World;
  readonly seed: string;
  /** Position of the block among its siblings. */
  readonly index: number;
}

/** A value, or how it follows from its surroundings. */
export type Follows = Exclude<Value, undefined> | ((place: Place) => Value);

export interface ReadBack {
  /** What is read where nothing was written; null for what the provider never reads. */
  readonly unset: Readonly<Record<string, Follows>>;
  /** The form in which a value comes back. */
  readonly form: Readonly<Record<string, (value: Value, place: Place) => Value>>;
  /** By type: pairs of an attribute and its older name, of which both are read; `not` where the one is the other's opposite. */
  readonly twins: Readonly<Record<string, readonly Twin[]>>;
}

export interface Twin {
  readonly names: readonly [string, string];
  readonly not?: boolean;
}

const TABLES: readonly ReadBack[] = [AWS_READ, GOOGLE_READ, AZURE_READ];

const UNSET: ReadBack["unset"] = Object.assign({}, ...TABLES.map(({ unset }) => unset));
const FORM: ReadBack["form"] = Object.assign({}, ...TABLES.map(({ form }) => form));
const TWINS: ReadBack["twins"] = Object.assign({}, ...TABLES.map(({ twins }) => twins));

/** What is read where nothing was written; undefined where no row says so. */
export function readUnset(key: string, place: Place): Value | undefined {
  const row = UNSET[key];
  return typeof row === "function" ? row(place) : row;
}

/** The form in which a value is read. */
export const readForm = (key: string, value: Value, place: Place): Value => FORM[key]?.(value, place) ?? value;

/** The attributes that follow their twins: at first the one that was given, then the one that changed. */
export function twinValues(type: string, prior: Obj | null, planned: Obj): Obj {
  const values: Obj = {};
  for (const { names, not = false } of TWINS[type] ?? []) {
    const given = names.find((name) => typeof planned[name] === "boolean" && planned[name] !== (prior?.[name] ?? null));
    const other = names.find((name) => name !== given);
    if (given !== undefined && other !== undefined) values[other] = (planned[given] === true) !== not;
  }
  return values;
}
