/** How an object looks when a provider reads it back: what was left out has the cloud's default, or the zero value of its type. */
import { zero } from "../engine/normalise";
import type { Attribute, Block } from "../schemas/compact";
import type { TypeSchema } from "../schemas/catalog";
import { isObject, type Obj, type Value } from "../protocol/values";
import type { World } from "./world";
import { NEVER_READ } from "./never-read";
import { readForm, readUnset } from "./read-back";

interface Context {
  readonly type: string;
  readonly object: Obj;
  readonly world: World;
  readonly seed: string;
}

/** The attributes as a read would return them. */
export function asRead(schema: TypeSchema, attributes: Obj, world: World): Obj {
  if (schema.framework) return attributes;
  const context = { type: schema.name, object: attributes, world, seed: String(attributes.id) };
  return readBlock(schema.block, attributes, "", context, 0);
}

function readBlock(block: Block, own: Obj, path: string, context: Context, index: number): Obj {
  const place = { ...context, own, index };
  const result: Obj = {};
  for (const [name, attribute] of block) {
    const at = path === "" ? name : `${path}.${name}`;
    const key = `${context.type}.${at}`;
    const written = own[name] ?? null;
    const unset = isUnset(written) && name !== "timeouts" ? readUnset(key, place) : undefined;
    const value = unset ?? (unset === null || attribute.writeOnly ? null : written);
    const leftOut = value === null && (unset === null || attribute.writeOnly || NEVER_READ.test(key));
    if (name === "timeouts" || leftOut) result[name] = value;
    else result[name] = readForm(key, readAttribute(attribute, value, at, context), place);
  }
  return result;
}

/** An empty text or list says no more than none. */
const isUnset = (value: Value): boolean =>
  value === null || value === "" || (Array.isArray(value) && value.length === 0);

function readAttribute(attribute: Attribute, value: Value, path: string, context: Context): Value {
  if (value === null) return zero(attribute);
  if (!(attribute.elem instanceof Map)) return value;
  const block = attribute.elem;
  if (Array.isArray(value)) {
    return value.map((item, i) => (isObject(item) ? readBlock(block, item, path, context, i) : item));
  }
  return isObject(value) ? readBlock(block, value, path, context, 0) : value;
}
