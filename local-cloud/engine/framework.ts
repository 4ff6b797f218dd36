/** Planning of the few types that are written on the newer plugin framework. */
import { equal, isObject, type Obj, UNKNOWN, type Value } from "../protocol/values";
import type { Block } from "../schemas/compact";
import type { Change } from "./diff";
import { Draft } from "./draft";
import { replacePaths } from "./replace-paths";
import type { PlanRequest, PlanResult } from "./request";
import type { Rules } from "./rules";

/** Plans a create or an update: any change makes unset computed attributes unknown unless they keep their state. */
export function planFramework(request: PlanRequest, rules: Rules): PlanResult {
  const { schema, prior, proposed, config } = request;
  const changed = (value: Obj) =>
    prior === null || !equal(blockValue(schema.block, prior), blockValue(schema.block, value));
  const planned = changed(proposed) ? markUnknown(schema.block, proposed, config, prior) : { ...proposed };
  const changes: Change[] = [];
  for (const [name, attribute] of schema.block) {
    if (equal(prior?.[name] ?? null, planned[name] ?? null)) continue;
    changes.push({ path: [name], old: "", new: "changed", forceNew: attribute.forceNew && prior !== null });
  }
  const draft = new Draft(request, planned, changes);
  for (const rule of rules.plan(schema)) rule(draft);
  return { planned: draft.planned, requiresReplace: replacePaths(draft.changes), problems: draft.problems };
}

const blockValue = (block: Block, value: Obj): Obj =>
  Object.fromEntries([...block.keys()].map((name) => [name, value[name] ?? null]));

function markUnknown(block: Block, proposed: Obj, config: Obj, prior: Obj | null): Obj {
  const result: Obj = {};
  for (const [name, attribute] of block) {
    const value = proposed[name] ?? null;
    const configured = config[name] ?? null;
    const before = prior?.[name] ?? null;
    if (attribute.block && attribute.elem instanceof Map) {
      const inner = attribute.elem;
      result[name] = nested(inner, value, configured, before);
    } else if (configured === null && attribute.computed) {
      result[name] = attribute.default ?? (attribute.keepsState && before !== null ? before : UNKNOWN);
    } else result[name] = value;
  }
  return result;
}

function nested(block: Block, value: Value, configured: Value, before: Value): Value {
  const item = (part: Value, i: number): Value => {
    if (!isObject(part)) return part;
    const from = Array.isArray(configured) ? configured[i] : configured;
    const old = Array.isArray(before) ? before[i] : before;
    return markUnknown(block, part, isObject(from) ? from : {}, isObject(old) ? old : null);
  };
  return Array.isArray(value) ? value.map(item) : item(value, 0);
}
