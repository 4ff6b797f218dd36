/** Which attributes exclude or need each other, as the schema flags say. */
import type { Attribute, Block } from "../schemas/compact";
import type { TypeSchema } from "../schemas/catalog";
import { isObject, type Obj, Unknown, type Value } from "../protocol/values";
import type { Path } from "./path";
import type { Problem } from "./request";
import type { Rules } from "./rules";

/** Problems of a configuration that need no plan to be seen. */
export function validate(schema: TypeSchema, config: Obj, rules: Rules): Problem[] {
  const groups = schema.exactlyOneOf.flatMap((names) => exactlyOne([...names], config, [], names[0] ?? ""));
  return [...groups, ...validateBlock(schema.block, config, config, []), ...rules.problems(schema, config)];
}

function validateBlock(block: Block, value: Obj, root: Obj, path: Path): Problem[] {
  const problems: Problem[] = [];
  for (const [name, attribute] of block) {
    const at = [...path, name];
    const item = value[name] ?? null;
    problems.push(...checkGroups(attribute, item, root, at));
    if (!(attribute.elem instanceof Map)) continue;
    const inner = attribute.elem;
    const items = Array.isArray(item) ? item : isObject(item) ? [item] : [];
    items.forEach((part, i) => {
      const place = attribute.type === "list" ? [...at, i] : at;
      if (isObject(part)) problems.push(...validateBlock(inner, part, root, place));
    });
  }
  return problems;
}

/** An unset attribute is checked only where leaving it out can be wrong. */
function checkGroups(attribute: Attribute, value: Value, root: Obj, path: Path): Problem[] {
  const name = dotted(path);
  // An attribute belongs to its own group, whether its group names it or not.
  const group = (names: readonly string[]) => [...new Set([...names, name])];
  const exactly = attribute.exactlyOneOf ? exactlyOne(group(attribute.exactlyOneOf), root, path, name) : [];
  const problems = [
    ...exactly,
    ...(attribute.atLeastOneOf ? atLeastOne(group(attribute.atLeastOneOf), root, path, name) : []),
  ];
  if (!isSet(value)) return problems;
  for (const other of attribute.conflictsWith ?? []) {
    if (other !== name && given(root, other) === "set") {
      problems.push({
        summary: "Conflicting configuration arguments",
        detail: `"${name}": conflicts with ${other}`,
        path,
      });
    }
  }
  const missing = (attribute.requiredWith ?? []).filter((other) => given(root, other) === "unset");
  if (missing.length > 0) {
    const detail = `"${name}": all of \`${[...(attribute.requiredWith ?? [])].join(",")}\` must be specified`;
    problems.push({ summary: "Missing required argument", detail, path });
  }
  return problems;
}

function exactlyOne(names: readonly string[], root: Obj, path: Path, name: string): Problem[] {
  const states = names.map((other) => given(root, other));
  const count = states.filter((state) => state === "set").length;
  const list = `\`${[...names].sort().join(",")}\``;
  if (count > 1) {
    const set = names.filter((_, i) => states[i] === "set");
    const detail = `"${name}": only one of ${list} can be specified, but \`${set.join(",")}\` were specified.`;
    return [{ summary: "Invalid combination of arguments", detail, path }];
  }
  if (count === 0 && !states.includes("unknown")) {
    return [
      { summary: "Invalid combination of arguments", detail: `"${name}": one of ${list} must be specified`, path },
    ];
  }
  return [];
}

function atLeastOne(names: readonly string[], root: Obj, path: Path, name: string): Problem[] {
  if (names.some((other) => given(root, other) !== "unset")) return [];
  const detail = `"${name}": one of \`${[...names].sort().join(",")}\` must be specified`;
  return [{ summary: "Missing required argument", detail, path }];
}

const dotted = (path: Path): string => path.map(String).join(".");

function isSet(value: Value): boolean {
  if (value === null || value instanceof Unknown) return false;
  return !Array.isArray(value) || value.length > 0;
}

/** What the configuration says at a path such as `os_disk.0.disk_encryption_set_id`. */
function given(root: Obj, path: string): "set" | "unset" | "unknown" {
  let value: Value = root;
  for (const step of path.split(".")) {
    if (value instanceof Unknown) return "unknown";
    if (Array.isArray(value)) value = value[Number(step)] ?? null;
    else value = isObject(value) ? (value[step] ?? null) : null;
  }
  if (value instanceof Unknown) return "unknown";
  return isSet(value) ? "set" : "unset";
}
