/** JSON texts that say the same. */
import { equal, fromJson, isObject, type Obj, type Value } from "../protocol/values";

function parse(text: string): Value | undefined {
  try {
    return fromJson(text);
  } catch {
    return undefined;
  }
}

/** Whether two texts are the same JSON document. */
export function jsonEqual(a: string, b: string): boolean {
  const left = parse(a);
  return a === b || (left !== undefined && equal(left, parse(b)));
}

/** Whether two IAM policies mean the same: a single item equals a list of one, and the order of lists does not count. */
export function awsPolicyEqual(a: string, b: string): boolean {
  if (a.trim() === b.trim()) return true;
  if ((a === "" || a === "{}") && (b === "" || b === "{}")) return true;
  const [left, right] = [parse(a), parse(b)];
  return isObject(left) && isObject(right) && equal(canonical(left), canonical(right));
}

function canonical(value: Value): Value {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    if (items.length === 1 && items[0] !== undefined) return items[0];
    return items.sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
  }
  if (!isObject(value)) return typeof value === "boolean" ? String(value) : value;
  const result: Obj = {};
  for (const key of Object.keys(value).sort()) result[key] = canonical(value[key] ?? null);
  return result;
}

/** The compact form in which a provider keeps JSON; a text that is no JSON stays as it is. */
export function normaliseJson(text: string): string {
  const value = parse(text);
  return value === undefined || value === null ? text : JSON.stringify(sorted(value));
}

/** The older form in which AWS keeps some policies: the version of today goes first. */
export function normalisePolicy(text: string): string {
  return normaliseJson(text).replace(/^\{("Statement":.*),("Version":"2012-10-17")\}$/, "{$2,$1}");
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}
