/** Limits on lengths and characters of single values: those that the providers check and those that only the clouds do. */
import type { Problem } from "../engine/request";
import { absent, isObject, type Obj, type Value } from "../protocol/values";
import type { ProviderName, TypeSchema } from "../schemas/catalog";
import { type Limit, LIMITS } from "./limits-table";

/** A limit that a value breaks. */
interface Broken {
  readonly attribute: string;
  readonly limit: Limit;
  readonly text: string;
}

/** What the real provider refuses before anything is planned. */
export function limitProblems(schema: TypeSchema, config: Obj): Problem[] {
  return broken(schema, config)
    .filter(({ attribute, limit }) => !limit.onlyCloud && schema.block.get(attribute)?.validated)
    .map(({ attribute, text }) => ({ summary: `invalid value for ${attribute}`, detail: text, path: [attribute] }));
}

/** What the cloud refuses when the object is made, in the words of its API; undefined when all is well. */
export function refusedByLimit(schema: TypeSchema, attributes: Obj): string | undefined {
  const [first] = broken(schema, attributes);
  return first && REFUSALS[schema.provider](first);
}

const REFUSALS: Record<ProviderName, (broken: Broken) => string> = {
  aws: ({ text }) => `api error ValidationError: ${text}`,
  google: ({ attribute, text }) =>
    `googleapi: Error 400: Invalid value for field 'resource.${attribute}'. ${text}, invalid`,
  azurerm: ({ text }) => `unexpected status 400 (400 Bad Request) with error: InvalidResourceName: ${text}`,
};

function broken(schema: TypeSchema, values: Obj): Broken[] {
  return LIMITS.flatMap(({ types, attribute, limit }) => {
    if (!types.test(schema.name) || !schema.block.has(attribute)) return [];
    const found = wrongPart(values[attribute], limit);
    if (found === undefined) return [];
    return [{ attribute, limit, text: `"${attribute}" of ${schema.name}: ${found}; it takes ${limit.takes}` }];
  });
}

/** The part of a value that breaks a limit; a map is looked at as a whole and by its entries. */
function wrongPart(value: Value | undefined, limit: Limit): string | undefined {
  if (absent(value)) return undefined;
  if (typeof value === "number") return within(value, limit) ? undefined : `${value}`;
  if (typeof value === "string") return value === "" || fits(value, limit) ? undefined : quoted(value);
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  if (!within(entries.length, limit)) return `${entries.length} entries`;
  const wrong = entries.find(
    ([key, item]) =>
      (limit.key && !fits(key, limit.key)) || (limit.value && typeof item === "string" && !fits(item, limit.value)),
  );
  return wrong && `the entry ${quoted(wrong[0])}`;
}

const SHOWN = 300;
const quoted = (text: string): string =>
  `"${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}" (${text.length} characters)`;

const within = (size: number, { min, max }: Limit): boolean => size >= (min ?? 0) && size <= (max ?? Infinity);

const fits = (text: string, limit: Limit): boolean => within(text.length, limit) && (limit.form?.test(text) ?? true);
