/** When two elements of a set are the same element, as the providers' hash functions say. */
import type { Attribute, Block } from "../schemas/compact";
import { isObject, Unknown, type Value } from "../protocol/values";

/** How a provider compares elements of a set, where it is something else than all their attributes. */
export interface HashRule {
  /** Only these attributes of the element count. */
  readonly attributes?: readonly string[];
  /** The form in which a value is compared. */
  readonly form?: (value: string) => string;
  /** A list whose order does not count. */
  readonly unordered?: boolean;
}
export type Hash = (schemaPath: string) => HashRule | undefined;

/** A text that is equal for equal elements: computed-only attributes do not count, absent counts as zero. */
export function elementHash(attribute: Attribute, value: Value, schemaPath: string, hash: Hash): string {
  const rule = hash(schemaPath);
  if (attribute.elem instanceof Map) return blockHash(attribute.elem, value, schemaPath, hash, rule?.attributes);
  const plain = text(value, attribute.elem as string);
  return rule?.form ? rule.form(plain) : plain;
}

function blockHash(block: Block, value: Value, path: string, hash: Hash, only?: readonly string[]): string {
  if (!isObject(value)) return "";
  const allComputed = [...block.values()].every((attribute) => !attribute.optional && !attribute.required);
  const parts: string[] = [];
  for (const [name, attribute] of block) {
    if (only && !only.includes(name)) continue;
    if (!allComputed && !attribute.optional && !attribute.required) continue;
    const part = valueHash(attribute, value[name] ?? null, `${path}.${name}`, hash);
    if (part !== "") parts.push(`${name}:${part}`);
  }
  return parts.join(";");
}

function valueHash(attribute: Attribute, value: Value, path: string, hash: Hash): string {
  if (value instanceof Unknown) return "?";
  if (Array.isArray(value)) {
    const items = value.map((item) => elementHash(attribute, item, path, hash));
    if (attribute.type === "set" || hash(path)?.unordered) items.sort();
    return items.length === 0 ? "" : `(${items.join(",")})`;
  }
  if (isObject(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.length === 0 ? "" : JSON.stringify(entries);
  }
  const form = hash(path)?.form;
  return form ? form(text(value, attribute.type)) : text(value, attribute.type);
}

function text(value: Value, type: string): string {
  if (value instanceof Unknown) return "?";
  if (value === null || value === "" || value === 0 || value === false) return "";
  return type === "bool" ? String(Number(value === true || value === "true")) : String(value);
}
