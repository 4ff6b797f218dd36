/**
 * What a provider reads back although nobody wrote it, and the form in which it reads back what somebody wrote.
 *
 * Rows are by `type.path`. Forms and nulls are the providers' own code, and certain. A default is the cloud's: it is from a
 * plan that a real provider made where there is one, else from the documents that stand beside it.
 */
import type { Obj, Value } from "../protocol/values";
import { AWS_READ } from "./read-back-aws";
import { AZURE_READ } from "./read-back-azure";
import { GOOGLE_READ } from "./read-back-google";
import type { Place, ReadBack } from "./read-back-rows";

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
