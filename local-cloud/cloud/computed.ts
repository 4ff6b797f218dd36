/** The values that the cloud gives to what a plan left unknown. */
import type { Attribute, Block } from "../schemas/compact";
import type { TypeSchema } from "../schemas/catalog";
import { isObject, type Obj, Unknown, type Value } from "../protocol/values";
import { ASKED_FOR } from "./computed-asked";
import { COMPUTED, COUNTED_ON_UPDATE } from "./computed-table";
import { readUnset, twinValues } from "./read-back";
import { fill } from "./template";
import type { World } from "./world";

/** Fills every unknown of a planned object; `known` are the values to make others from. */
export function fillUnknowns(schema: TypeSchema, planned: Obj, known: Obj, seed: string, world: World): Obj {
  return fillBlock(schema.block, planned, "", { schema, known, seed, world });
}

/** The values of a changed object that count upwards, or that follow another attribute. */
export function onUpdate(type: string, prior: Obj, planned: Obj): Obj {
  const counted = (COUNTED_ON_UPDATE[type] ?? []).filter(({ attribute }) => planned[attribute] instanceof Unknown);
  const higher = counted.map(({ attribute, from }) => [attribute, Number(prior[from] ?? 0) + 1]);
  return { ...Object.fromEntries(higher), ...twinValues(type, prior, planned) };
}

interface Context {
  readonly schema: TypeSchema;
  readonly known: Obj;
  readonly seed: string;
  readonly world: World;
}

function fillBlock(block: Block, value: Obj, path: string, context: Context, index = 0): Obj {
  const result: Obj = {};
  for (const [name, attribute] of block) {
    const at = path === "" ? name : `${path}.${name}`;
    result[name] = fillAttribute(attribute, value[name] ?? null, at, context, value, index);
  }
  return result;
}

function fillAttribute(
  attribute: Attribute,
  value: Value,
  path: string,
  context: Context,
  parent: Obj,
  index: number,
): Value {
  if (value instanceof Unknown) return made(attribute, path, context, parent, index);
  if (Array.isArray(value)) {
    return value.map((item, i) =>
      attribute.elem instanceof Map && isObject(item) ? fillBlock(attribute.elem, item, path, context, i) : known(item),
    );
  }
  if (isObject(value) && attribute.elem instanceof Map) return fillBlock(attribute.elem, value, path, context);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item)]));
  return value;
}

/** An element that is still unknown when the object is made has no value. */
const known = (value: Value): Value => (value instanceof Unknown ? "" : value);

function made(attribute: Attribute, path: string, context: Context, parent: Obj, index: number): Value {
  const { schema, known: values, seed, world } = context;
  const place = { own: parent, object: values, world, seed: seed + path, index };
  const unset = readUnset(`${schema.name}.${path}`, place);
  if (unset !== undefined) return unset;
  const rule = [`${schema.name}.${path}`, `${schema.provider}:${path}`, `*:${path.split(".").at(-1)}`]
    .map((key) => ASKED_FOR[key] ?? COMPUTED[key])
    .find((found) => found !== undefined);
  if (typeof rule === "string") return fill(rule, { ...values, ...strings(parent) }, seed + path);
  if (typeof rule === "function") return rule(values, world, seed + path, index);
  if (rule !== undefined) return rule;
  return empty(attribute, `${path}-${seed}`);
}

const strings = (object: Obj): Obj =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => typeof value === "string"));

function empty(attribute: Attribute, made: string): Value {
  if (attribute.type === "int" || attribute.type === "float") return 0;
  if (attribute.type === "bool") return false;
  if (attribute.type === "map") return {};
  if (attribute.type === "list" || attribute.type === "set") return [];
  return attribute.optional ? "" : made;
}
