/** Whether values are of their schema. Terraform sends no others, and the rules rely on it; another sender is told where. */
import type { Attribute, Block } from "../schemas/compact";
import { absent, isObject, type Obj, Unknown, type Value } from "./values";

/** What does not fit, such as `filter.0.name, which must be of type string`; undefined when all does. */
export function misfit(value: Obj, block: Block, path = ""): string | undefined {
  for (const [name, inner] of Object.entries(value)) {
    const attribute = block.get(name);
    const at = `${path}${name}`;
    const found = attribute ? misfitOf(inner, attribute, at) : `${at}, which the schema does not know`;
    if (found !== undefined) return found;
  }
  return undefined;
}

const PRIMITIVES: Readonly<Record<string, (value: Value) => boolean>> = {
  string: (value) => typeof value === "string",
  bool: (value) => typeof value === "boolean",
  // What a double cannot hold comes as its digits.
  int: (value) => typeof value === "number" || typeof value === "string",
  float: (value) => typeof value === "number" || typeof value === "string",
};

function misfitOf(value: Value, { type, elem = "string" }: Attribute, path: string): string | undefined {
  if (absent(value) || value instanceof Unknown) return undefined;
  const wrong = `${path}, which must be of type ${type}`;
  const isPrimitive = PRIMITIVES[type];
  if (isPrimitive) return isPrimitive(value) ? undefined : wrong;
  if (type === "object") return isObject(value) ? inside(value, elem, `${path}.`) : wrong;
  if (type === "map" ? !isObject(value) : !Array.isArray(value)) return wrong;
  for (const [key, item] of Object.entries(value)) {
    const found = element(item as Value, elem, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Elem = NonNullable<Attribute["elem"]>;

const inside = (value: Obj, elem: Elem, path: string) =>
  typeof elem === "string" ? undefined : misfit(value, elem, path);

function element(value: Value, elem: Elem, path: string): string | undefined {
  if (absent(value) || value instanceof Unknown) return undefined;
  if (typeof elem === "string") return PRIMITIVES[elem]!(value) ? undefined : `${path}, which must be of type ${elem}`;
  return isObject(value) ? misfit(value, elem, `${path}.`) : `${path}, which must be an object`;
}
