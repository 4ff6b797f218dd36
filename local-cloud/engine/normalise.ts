/** What the SDK does to a planned value after the difference: empty against null, unknowns, timeouts. */
import type { Attribute, Block } from "../schemas/compact";
import { isObject, type Obj, Unknown, UNKNOWN, type Value, whollyKnown } from "../protocol/values";

/** Takes back empty values and unknowns of the proposal which the string form of the SDK loses. */
export function keepEmpties(planned: Value, proposed: Value): Value {
  if (proposed instanceof Unknown) return planned === null ? proposed : planned;
  if (proposed === null || planned instanceof Unknown) return planned;
  if (Array.isArray(proposed)) {
    if (planned === null) return proposed.length === 0 && whollyKnown(proposed) ? proposed : planned;
    if (!Array.isArray(planned) || planned.length !== proposed.length) return planned;
    return planned;
  }
  if (planned === null && proposed === "") return proposed;
  return planned;
}

/** `keepEmpties` through the nested lists and objects of a block. */
export function keepEmptiesInBlock(block: Block, planned: Obj, proposed: Obj): Obj {
  const result: Obj = {};
  for (const [name, attribute] of block) {
    const value = planned[name] ?? null;
    const from = proposed[name] ?? null;
    result[name] = keepEmptiesInAttribute(attribute, value, from);
  }
  return result;
}

function keepEmptiesInAttribute(attribute: Attribute, planned: Value, proposed: Value): Value {
  const kept = keepEmpties(planned, proposed);
  if (attribute.type !== "list" || !Array.isArray(kept) || !Array.isArray(proposed)) return kept;
  if (kept.length !== proposed.length) return kept;
  return kept.map((item, i) => {
    const from = proposed[i] ?? null;
    if (attribute.elem instanceof Map && isObject(item) && isObject(from)) {
      return keepEmptiesInBlock(attribute.elem, item, from);
    }
    return keepEmpties(item, from);
  });
}

/** The prior state as the SDK rebuilds it: inside a block that has something, what is absent has its zero value. */
export function rebuildPrior(block: Block, prior: Obj): Obj {
  const result: Obj = {};
  for (const [name, value] of Object.entries(prior)) {
    const attribute = block.get(name);
    result[name] = attribute && attribute.type !== "object" ? rebuildItems(attribute, value) : value;
  }
  return result;
}

function rebuildItems(attribute: Attribute, value: Value): Value {
  const block = attribute.elem;
  if (!(block instanceof Map) || !Array.isArray(value)) return value;
  return value.map((item) => {
    if (!isObject(item) || Object.values(item).every((part) => part === null)) return item;
    const filled: Obj = {};
    for (const [name, inner] of block) filled[name] = rebuildItems(inner, item[name] ?? zero(inner));
    return filled;
  });
}

/** The value of an attribute that was left out. */
export function zero(attribute: Attribute): Value {
  if (attribute.writeOnly) return null;
  if (attribute.type === "string") return "";
  if (attribute.type === "bool") return false;
  if (attribute.type === "int" || attribute.type === "float") return 0;
  return attribute.type === "map" ? {} : [];
}

/** A new object: what is computed and still absent is unknown. */
export function setUnknowns(block: Block, value: Obj): Obj {
  const result: Obj = {};
  for (const [name, attribute] of block) {
    const item = value[name] ?? null;
    if (!attribute.block) result[name] = attribute.computed && item === null && !attribute.writeOnly ? UNKNOWN : item;
    else result[name] = unknownsInBlock(attribute, item);
  }
  return result;
}

function unknownsInBlock(attribute: Attribute, value: Value): Value {
  if (!(attribute.elem instanceof Map)) return value;
  const block = attribute.elem;
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? setUnknowns(block, item) : item));
  return isObject(value) ? setUnknowns(block, value) : value;
}
