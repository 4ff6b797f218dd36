/** When two elements of a set are the same element, as the providers' hash functions say. */
import type { Attribute, Block } from "../schemas/compact";
import { isObject, Unknown, type Value } from "../protocol/values";
import { hashRule } from "../rules/hashes";

/** A text that is equal for equal elements: computed-only attributes do not count, absent counts as zero. */
export function elementHash(attribute: Attribute, value: Value, schemaPath: string): string {
  const rule = hashRule(schemaPath);
  if (attribute.elem instanceof Map) return blockHash(attribute.elem, value, schemaPath, rule?.attributes);
  const plain = text(value, attribute.elem as string);
  return rule?.form ? rule.form(plain) : plain;
}

function blockHash(block: Block, value: Value, path: string, only?: readonly string[]): string {
  if (!isObject(value)) return "";
  const allComputed = [...block.values()].every((attribute) => !attribute.optional && !attribute.required);
  const parts: string[] = [];
  for (const [name, attribute] of block) {
    if (only && !only.includes(name)) continue;
    if (!allComputed && !attribute.optional && !attribute.required) continue;
    const part = valueHash(attribute, value[name] ?? null, `${path}.${name}`);
    if (part !== "") parts.push(`${name}:${part}`);
  }
  return parts.join(";");
}

function valueHash(attribute: Attribute, value: Value, path: string): string {
  if (value instanceof Unknown) return "?";
  if (Array.isArray(value)) {
    const items = value.map((item) => elementHash(attribute, item, path));
    if (attribute.type === "set" || hashRule(path)?.unordered) items.sort();
    return items.length === 0 ? "" : `(${items.join(",")})`;
  }
  if (isObject(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.length === 0 ? "" : JSON.stringify(entries);
  }
  const form = hashRule(path)?.form;
  return form ? form(text(value, attribute.type)) : text(value, attribute.type);
}

function text(value: Value, type: string): string {
  if (value instanceof Unknown) return "?";
  if (value === null || value === "" || value === 0 || value === false) return "";
  return type === "bool" ? String(Number(value === true || value === "true")) : String(value);
}
