/** How an object looks when a provider reads it back: what was left out has the zero value of its type. */
import { zero } from "../engine/normalise";
import type { Attribute, Block } from "../schemas/compact";
import type { TypeSchema } from "../schemas/catalog";
import { isObject, type Obj, type Value } from "../protocol/values";
import { NEVER_READ, READ_BACK } from "./never-read";

/** The attributes as a read would return them. */
export function asRead(schema: TypeSchema, attributes: Obj): Obj {
  return schema.framework ? attributes : readBlock(schema.block, attributes, "", schema.name);
}

function readBlock(block: Block, value: Obj, path: string, type: string): Obj {
  const result: Obj = {};
  for (const [name, attribute] of block) {
    const at = path === "" ? name : `${path}.${name}`;
    result[name] =
      name === "timeouts" ? (value[name] ?? null) : readAttribute(attribute, value[name] ?? null, at, type);
  }
  return result;
}

function readAttribute(attribute: Attribute, value: Value, path: string, type: string): Value {
  if (attribute.writeOnly) return null;
  if (value === null) return NEVER_READ.test(`${type}.${path}`) ? null : zero(attribute);
  if (!(attribute.elem instanceof Map)) return value;
  const block = attribute.elem;
  const readBack = READ_BACK[`${type}.${path}`];
  if (Array.isArray(value) && value.length === 0 && readBack) return readBack;
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? readBlock(block, item, path, type) : item));
  return isObject(value) ? readBlock(block, value, path, type) : value;
}
