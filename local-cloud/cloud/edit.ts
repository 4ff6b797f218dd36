/** Changes of one attribute behind terraform's back, as a person in the cloud's console makes them. */
import { zero } from "../engine/normalise";
import { nearest } from "../nearest";
import { isObject, type Obj, type Value } from "../protocol/values";
import type { Attribute, Block } from "../schemas/compact";
import type { TypeSchema } from "../schemas/catalog";
import { OutsideError } from "./outside";

/** What was changed. */
export interface Edit {
  readonly attributes: Obj;
  readonly before: Value;
  readonly after: Value;
  /** The value is a secret: it is not to be shown. */
  readonly sensitive: boolean;
}

/** They say which object it is. */
const FIXED = ["id", "arn", "region", "self_link"];
/** The cloud has one set of tags or labels, which the providers show twice or three times. */
const SHOWN_AS: Record<string, readonly string[]> = {
  tags: ["tags_all"],
  labels: ["effective_labels", "terraform_labels"],
};

/**
 * An object with one attribute set, or taken away where there is no text.
 *
 * @param path dotted: `instance_type`, `tags.Owner`, `settings.0.tier`; a block that stands alone needs no number
 * @param text as it is for a text, a number or a truth value; JSON for everything else
 * @throws OutsideError for an unknown path, a value that is not of its type, or what tells the object from others
 */
export function edit(schema: TypeSchema, attributes: Obj, path: string, text: string | undefined): Edit {
  const steps = (path.match(/"[^"]*"|[^.[\]]+/g) ?? []).map((step) => step.replaceAll('"', ""));
  const [first = ""] = steps;
  if (FIXED.includes(first)) throw new OutsideError(`${first} tells the object from others and cannot be changed`);
  const copy = structuredClone(attributes);
  const slot = find(schema.block, copy, steps, "");
  const before = slot.read();
  const after = text === undefined ? removed(slot) : parse(slot, text);
  slot.write(after);
  for (const twin of SHOWN_AS[first] ?? []) {
    if (isObject(copy[twin] ?? null)) copy[twin] = mirrored(copy[twin] as Obj, attributes[first], copy[first]);
  }
  return { attributes: copy, before, after: after ?? null, sensitive: slot.sensitive };
}

/** A place in an object. */
interface Slot {
  readonly path: string;
  /** What may stand there; an element of a map or list of texts has no attribute of its own. */
  readonly attribute: Attribute | undefined;
  readonly element: string | undefined;
  readonly sensitive: boolean;
  read(): Value;
  /** Undefined takes it away. */
  write(value: Value | undefined): void;
}

function find(block: Block, object: Obj, [step = "", ...rest]: readonly string[], at: string, secret = false): Slot {
  const attribute = block.get(step);
  const path = at === "" ? step : `${at}.${step}`;
  if (!attribute) throw new OutsideError(unknown(block, step, path));
  const sensitive = secret || attribute.sensitive;
  const whole: Slot = {
    ...{ path, attribute, element: undefined, sensitive },
    read: () => object[step] ?? null,
    write: (value) => void (object[step] = value ?? null),
  };
  if (rest.length === 0) return whole;
  const value = object[step] ?? null;
  if (attribute.type === "map") return inMap(whole, rest.join("."), attribute);
  if (attribute.type === "list" || attribute.type === "set") return inList(whole, rest, attribute);
  if (attribute.elem instanceof Map && isObject(value)) return find(attribute.elem, value, rest, path, sensitive);
  throw new OutsideError(`${path} is a ${attribute.type}: there is nothing inside it`);
}

function unknown(block: Block, step: string, path: string): string {
  const near = nearest(step, block.keys());
  return `there is no attribute ${path}: ${near.length > 0 ? `the nearest are ${near.join(", ")}` : `there are ${[...block.keys()].join(", ")}`}`;
}

function inMap(whole: Slot, key: string, { elem }: Attribute): Slot {
  const map = (): Obj => (isObject(whole.read()) ? (whole.read() as Obj) : {});
  return {
    ...whole,
    ...{ path: `${whole.path}.${key}`, attribute: undefined, element: typeof elem === "string" ? elem : "string" },
    read: () => map()[key] ?? null,
    write: (value) => {
      const others = Object.fromEntries(Object.entries(map()).filter(([name]) => name !== key));
      whole.write(value === undefined ? others : { ...others, [key]: value });
    },
  };
}

function inList(whole: Slot, [step = "", ...rest]: readonly string[], { elem }: Attribute): Slot {
  const items = Array.isArray(whole.read()) ? (whole.read() as Value[]) : [];
  const numbered = /^\d+$/.test(step);
  if (!numbered && items.length !== 1) {
    throw new OutsideError(`${whole.path} has ${items.length} elements: say which, as in ${whole.path}.0.${step}`);
  }
  const index = numbered ? Number(step) : 0;
  const inner = numbered ? rest : [step, ...rest];
  if (index >= items.length + (inner.length === 0 ? 1 : 0)) {
    throw new OutsideError(`${whole.path} has ${items.length} elements: there is no ${whole.path}.${index}`);
  }
  const path = `${whole.path}.${index}`;
  const item = items[index] ?? null;
  if (inner.length > 0 && elem instanceof Map && isObject(item)) return find(elem, item, inner, path, whole.sensitive);
  if (inner.length > 0) throw new OutsideError(`there is nothing inside ${path}`);
  return {
    ...whole,
    ...{ path, attribute: undefined, element: typeof elem === "string" ? elem : "object" },
    read: () => item,
    write: (value) => {
      const [before, after] = [items.slice(0, index), items.slice(index + 1)];
      whole.write([...before, ...(value === undefined ? [] : [value]), ...after]);
    },
  };
}

function removed({ attribute, path }: Slot): Value | undefined {
  if (attribute?.required) throw new OutsideError(`${path} is required: set it to something else instead`);
  return attribute && zero(attribute);
}

/** What each type is written as. */
const FORMS: Record<string, { is: (text: string) => boolean; of: (text: string) => Value; says: string }> = {
  string: { is: () => true, of: (text) => text, says: "a text" },
  int: { is: (text) => /^-?\d+$/.test(text), of: Number, says: "a whole number" },
  float: { is: (text) => /^-?\d+(\.\d+)?$/.test(text), of: Number, says: "a number" },
  bool: { is: (text) => /^(true|false)$/.test(text), of: (text) => text === "true", says: "true or false" },
  list: json("a list in JSON", Array.isArray),
  set: json("a list in JSON", Array.isArray),
  map: json("an object in JSON", (value) => isObject(value)),
  object: json("an object in JSON", (value) => isObject(value)),
};

function json(says: string, is: (value: Value) => boolean): (typeof FORMS)[string] {
  const of = (text: string): Value => JSON.parse(text) as Value;
  const fits = (text: string): boolean => {
    try {
      return is(of(text));
    } catch {
      return false;
    }
  };
  return { is: fits, of, says };
}

function parse({ attribute, element, path }: Slot, text: string): Value {
  const form = FORMS[attribute?.type ?? element ?? "string"];
  if (!form?.is(text)) throw new OutsideError(`${path} takes ${form?.says ?? "another value"}, got ${text}`);
  const value = form.of(text);
  const inner = attribute?.elem;
  return inner instanceof Map && Array.isArray(value) ? value.map((item) => shaped(inner, item, path)) : value;
}

/** A block with everything that a read would give it. */
function shaped(block: Block, value: Value, path: string): Value {
  if (!isObject(value)) throw new OutsideError(`${path} takes a list of objects in JSON, got ${JSON.stringify(value)}`);
  const wrong = Object.keys(value).find((name) => !block.has(name));
  if (wrong !== undefined) throw new OutsideError(unknown(block, wrong, `${path}.${wrong}`));
  return Object.fromEntries([...block].map(([name, attribute]) => [name, value[name] ?? zero(attribute)]));
}

function mirrored(twin: Obj, before: Value | undefined, after: Value | undefined): Obj {
  const [old, now] = [before, after].map((value) => (isObject(value ?? null) ? (value as Obj) : {}));
  const kept = Object.entries(twin).filter(([key]) => !(key in (old ?? {})) || key in (now ?? {}));
  return { ...Object.fromEntries(kept), ...now };
}
