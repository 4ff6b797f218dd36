/**
 * The compact form of the schema data files, and the way back to plain attributes.
 *
 * An attribute is `"<type> <flags>"` or `["<type> <flags>", extras]`: one letter per flag keeps 300 types under 1 MB.
 */

/** Everything that a schema says about one attribute or nested block. */
export interface Attribute {
  readonly name: string;
  readonly type: "string" | "int" | "float" | "bool" | "list" | "set" | "map" | "object";
  /** Element type of a collection; a block for nested objects. */
  readonly elem?: "string" | "int" | "float" | "bool" | Block;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly forceNew: boolean;
  readonly sensitive: boolean;
  readonly writeOnly: boolean;
  readonly diffSuppress: boolean;
  readonly diffSuppressOnRefresh: boolean;
  readonly stateFunc: boolean;
  readonly validated: boolean;
  readonly deprecated: boolean;
  /** A nested block in the language, as opposed to an attribute. */
  readonly block: boolean;
  /** A nested block that the language shows as an attribute, although users may set it. */
  readonly attributeMode: boolean;
  /** Plugin framework only: keeps its value on update. */
  readonly keepsState: boolean;
  readonly default?: string | number | boolean;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly conflictsWith?: readonly string[];
  readonly exactlyOneOf?: readonly string[];
  readonly atLeastOneOf?: readonly string[];
  readonly requiredWith?: readonly string[];
}

/** The attributes of a resource, a data source or a nested block, by name. */
export type Block = ReadonlyMap<string, Attribute>;

export type CompactAttribute = string | [string, CompactExtras];
export interface CompactExtras {
  c?: Record<string, CompactAttribute>;
  def?: string | number | boolean;
  max?: number;
  min?: number;
  con?: string[];
  one?: string[];
  any?: string[];
  req?: string[];
}

/** One letter per flag, in the order in which they are written. */
export const FLAGS = {
  R: "required",
  O: "optional",
  C: "computed",
  F: "forceNew",
  X: "sensitive",
  W: "writeOnly",
  D: "diffSuppress",
  U: "diffSuppressOnRefresh",
  T: "stateFunc",
  V: "validated",
  d: "deprecated",
  B: "block",
  A: "attributeMode",
  K: "keepsState",
} as const;

/** Keys of the extras, by the property that they hold. */
export const EXTRAS = {
  def: "default",
  max: "maxItems",
  min: "minItems",
  con: "conflictsWith",
  one: "exactlyOneOf",
  any: "atLeastOneOf",
  req: "requiredWith",
} as const;

/** Type letters: lower case for primitives, upper case for collections and `*` for a nested block. */
export const TYPES = {
  s: "string",
  i: "int",
  f: "float",
  b: "bool",
  L: "list",
  S: "set",
  M: "map",
  O: "object",
} as const;

/** Providers give some defaults in another type than their attribute's. */
const DEFAULT_OF: Record<string, (value: string | number | boolean) => string | number | boolean> = {
  s: String,
  i: Number,
  f: Number,
  b: (value) => String(value) === "true",
};

/** Reads the attributes of a compact block. */
export function expand(compact: Record<string, CompactAttribute>): Block {
  return new Map(Object.entries(compact).map(([name, value]) => [name, expandAttribute(name, value)]));
}

function expandAttribute(name: string, compact: CompactAttribute): Attribute {
  const [code, extras] = typeof compact === "string" ? [compact, {} as CompactExtras] : compact;
  const [type = "", flags = ""] = code.split(" ");
  const attribute: Record<string, unknown> = { name, type: TYPES[type[0] as keyof typeof TYPES] };
  if (type[1]) attribute.elem = type[1] === "*" ? expand(extras.c ?? {}) : TYPES[type[1] as keyof typeof TYPES];
  for (const [letter, flag] of Object.entries(FLAGS)) attribute[flag] = flags.includes(letter);
  for (const [key, property] of Object.entries(EXTRAS)) {
    const value = extras[key as keyof typeof EXTRAS];
    if (value !== undefined) attribute[property] = value;
  }
  if (extras.def !== undefined) attribute.default = DEFAULT_OF[type[0] ?? ""]?.(extras.def) ?? extras.def;
  return attribute as unknown as Attribute;
}
