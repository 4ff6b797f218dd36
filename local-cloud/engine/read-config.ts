/** The configuration as the SDK reads it through the schema. */
import { isObject, type Obj } from "../protocol/values";
import type { Block } from "../schemas/compact";
import { type Path, schemaPath } from "./path";

/** Turns a configured value into the form in which the provider plans it. */
export type Normalise = (schemaPath: string, value: string) => string;

/** A block with defaults, and after state functions. */
export function readBlock(block: Block, item: Obj, path: Path, normalise: Normalise): Obj {
  const result: Obj = {};
  for (const [name, attribute] of block) {
    const at = [...path, name];
    const value = item[name] ?? attribute.default ?? null;
    const { elem } = attribute;
    if (elem instanceof Map && Array.isArray(value)) {
      result[name] = value.map((part) => (isObject(part) ? readBlock(elem, part, at, normalise) : part));
    } else result[name] = attribute.stateFunc && typeof value === "string" ? normalise(schemaPath(at), value) : value;
  }
  return result;
}
