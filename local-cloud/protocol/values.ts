/** Terraform values as plain JavaScript values, and their msgpack and JSON forms. */
import { decode, encode, ExtData, ExtensionCodec } from "@msgpack/msgpack";
import type { Attribute, Block } from "../schemas/compact";

/** A value that terraform does not know yet; a refinement is carried along as it came. */
export class Unknown {
  readonly refinement: ExtData | undefined;

  constructor(refinement?: ExtData) {
    this.refinement = refinement;
  }
}

/** The plain unknown value. */
export const UNKNOWN = new Unknown();

/** Numbers that a double cannot hold are kept as decimal strings. */
export type Value = null | boolean | number | string | Unknown | Value[] | { [key: string]: Value };
export type Obj = { [key: string]: Value };

export const isObject = (value: Value | undefined): value is Obj =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

/** Whether a value was left out. */
export const absent = (value: Value | undefined): value is null | undefined => value === null || value === undefined;

/** Whether a value has no unknown part. */
export function whollyKnown(value: Value | undefined): boolean {
  if (value instanceof Unknown) return false;
  if (Array.isArray(value)) return value.every(whollyKnown);
  return isObject(value) ? Object.values(value).every(whollyKnown) : true;
}

/** Deep equality of values. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]));
}

const codec = new ExtensionCodec();
for (const type of [0, 12]) {
  codec.register({
    type,
    encode: () => null,
    decode: (data) => (type === 0 ? UNKNOWN : new Unknown(new ExtData(type, new Uint8Array(data)))),
  });
}
const OPTIONS = { extensionCodec: codec, useBigInt64: true } as const;

/** Reads the msgpack form of a value. */
export function fromMsgpack(bytes: Uint8Array): Value {
  // Each element takes a byte at least: a length beyond that is none, and memory would be set aside for it.
  const most = { maxArrayLength: bytes.length, maxMapLength: bytes.length };
  return plain(decode(bytes, { ...OPTIONS, ...most }));
}

function plain(value: unknown): Value {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value !== "object" || value === null || value instanceof Unknown) return value as Value;
  // Nobody else holds what was just decoded: it is changed in place.
  const items = value as Record<string, unknown>;
  for (const key of Object.keys(items)) {
    const item = items[key];
    if (typeof item === "object" || typeof item === "bigint") items[key] = plain(item);
  }
  return value as Value;
}

/** Writes the msgpack form of an object of the given schema: every attribute, null when absent. */
export function toMsgpack(value: Obj | null, block: Block): Uint8Array {
  return encode(value === null ? null : complete(value, block), OPTIONS);
}

function complete(value: Obj, block: Block): unknown {
  const result: Record<string, unknown> = {};
  for (const [name, attribute] of block) result[name] = completeAttribute(value[name] ?? null, attribute);
  return result;
}

function completeAttribute(value: Value, attribute: Attribute): unknown {
  if (value instanceof Unknown) return value.refinement ?? new ExtData(0, new Uint8Array([0]));
  const nested = attribute.elem instanceof Map;
  if (value === null) return nested && attribute.block && attribute.type !== "object" ? [] : null;
  if (nested && Array.isArray(value)) {
    return value.map((item) => (isObject(item) ? complete(item, attribute.elem as Block) : unknownAsExt(item)));
  }
  if (nested && isObject(value)) return complete(value, attribute.elem as Block);
  return unknownAsExt(value);
}

function unknownAsExt(value: Value): unknown {
  if (value instanceof Unknown) return value.refinement ?? new ExtData(0, new Uint8Array([0]));
  if (Array.isArray(value)) return value.map(unknownAsExt);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unknownAsExt(item)]));
}

/** As deep as values are written. */
const MOST_LEVELS = 100;

function refuseDeep(text: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > MOST_LEVELS) throw new Error(`a value is nested deeper than ${MOST_LEVELS} levels`);
  }
}

/** Reads JSON without losing digits: a number that a double cannot hold becomes a decimal string. */
export function fromJson(text: string): Value {
  refuseDeep(text);
  // Strings are matched first so that digits inside them stay as they are.
  const safe = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') || String(Number(token)) === token || /[.eE]/.test(token) ? token : `"${token}"`,
  );
  try {
    return JSON.parse(safe) as Value;
  } catch {
    throw new Error("a value is no JSON");
  }
}
