/**
 * The difference between a prior object and a proposed one, by the rules of the providers' SDK (helper/schema).
 *
 * Each function returns the planned value and records what changed. "proposed" is the configuration into which
 * terraform has already merged prior values of computed attributes.
 */
import type { Attribute, Block } from "../schemas/compact";
import { isObject, type Obj, Unknown, UNKNOWN, type Value, whollyKnown } from "../protocol/values";
import { type Path, schemaPath, text } from "./path";
import { type Normalise, readBlock } from "./read-config";
import { elementHash, type Hash } from "./sets";
import { takeBack } from "./take-back";

/** One attribute that differs. The texts are what the SDK's string form of the value would be. */
export interface Change {
  readonly path: Path;
  readonly old: string;
  readonly new: string;
  readonly forceNew: boolean;
}

/** Decides whether a difference is none in the provider's eyes. */
export type Suppress = (schemaPath: string, old: string, next: string, path: Path, element?: boolean) => boolean;
/** What a difference is worked out with. */
export interface DiffContext {
  readonly create: boolean;
  readonly suppress: Suppress;
  readonly normalise: Normalise;
  readonly hash: Hash;
  readonly changes: Change[];
}

const ZERO: Record<string, string> = { int: "0", float: "0", bool: "false" };
/** A computed attribute to which nobody gives a value: a change, but one that has the same text on both sides. */
const NOT_SET = "";
const UNKNOWN_TEXT = "74D93920-ED26-11E3-AC10-0800200C9A66";

/** The planned object. Attributes in `skip` (id, timeouts) are planned elsewhere. */
export function diffBlock(
  block: Block,
  prior: Obj | null,
  proposed: Obj | null,
  path: Path,
  context: DiffContext,
  all = false,
  skip: readonly string[] = [],
): Obj {
  const planned: Obj = {};
  for (const [name, attribute] of block) {
    if (skip.includes(name)) continue;
    const at = [...path, name];
    planned[name] = diffAttribute(attribute, prior?.[name] ?? null, proposed?.[name] ?? null, at, context, all);
  }
  return planned;
}

function diffAttribute(
  attribute: Attribute,
  old: Value,
  next: Value,
  path: Path,
  context: DiffContext,
  all: boolean,
): Value {
  if (attribute.writeOnly) return null;
  const first = context.changes.length;
  const planned = diffOfType(attribute, old, next, path, context, all);
  if (!attribute.diffSuppress || context.changes.length === first) return planned;
  const left = context.changes
    .slice(first)
    .filter(
      (change) =>
        change.new === UNKNOWN_TEXT || !context.suppress(schemaPath(path), change.old, change.new, change.path),
    );
  if (left.length === context.changes.length - first) return planned;
  const gone = context.changes.splice(first).filter((change) => !left.includes(change));
  if (left.length === 0) return old ?? (attribute.required && attribute.type === "string" ? "" : null);
  context.changes.push(...left);
  return gone.reduce((value, change) => takeBack(value, old, change.path.slice(path.length)), planned);
}

function diffOfType(
  attribute: Attribute,
  old: Value,
  next: Value,
  path: Path,
  context: DiffContext,
  all: boolean,
): Value {
  if (attribute.type === "map") return diffMap(attribute, old, next, path, context);
  if (attribute.type === "set") return diffSet(attribute, old, next, path, context, all);
  if (attribute.type === "list") return diffList(attribute, old, next, path, context, all);
  return diffPrimitive(attribute, old, next, path, context, all);
}

function record(context: DiffContext, attribute: Attribute, path: Path, old: string, next: string): void {
  context.changes.push({ path, old, new: next, forceNew: attribute.forceNew && old !== next });
}

function diffPrimitive(
  attribute: Attribute,
  old: Value,
  proposed: Value,
  path: Path,
  context: DiffContext,
  all: boolean,
): Value {
  const before = old instanceof Unknown ? UNKNOWN_TEXT : text(old);
  if (proposed instanceof Unknown) {
    record(context, attribute, path, before, UNKNOWN_TEXT);
    // The SDK works on texts, which lose what terraform knows of it: a beginning that a state function may change.
    return UNKNOWN;
  }
  let next = proposed ?? attribute.default ?? null;
  if (attribute.stateFunc && typeof next === "string") next = context.normalise(schemaPath(path), next);
  const after = next === null && old !== null ? (ZERO[attribute.type] ?? "") : text(next);
  if (before === after && !all) {
    if (before !== "" || !context.create || !attribute.computed) return old;
  }
  if (old !== null && next === null) {
    if (attribute.computed || before === after) return old;
    record(context, attribute, path, before, "");
    return null;
  }
  if (attribute.computed && after === "") {
    // An empty text that the cloud gave is a value, or it would be unknown in every plan.
    if (old !== null) return old;
    record(context, attribute, path, before, NOT_SET);
    return UNKNOWN;
  }
  // Inside a set the SDK writes down every attribute, and an absent text becomes an empty one.
  if (before === after) return old ?? next ?? (attribute.type === "string" ? "" : null);
  record(context, attribute, path, before, after);
  return next;
}

function diffMap(attribute: Attribute, old: Value, next: Value, path: Path, context: DiffContext): Value {
  const before = isObject(old) ? old : {};
  const oldSize = Object.keys(before).length;
  // The SDK reads a map as one value: an element that is not known makes all of it so. Of a list it knows each element.
  if (next instanceof Unknown || (isObject(next) && !whollyKnown(next))) {
    record(context, attribute, path, String(oldSize), UNKNOWN_TEXT);
    return next instanceof Unknown ? next : UNKNOWN;
  }
  const after = isObject(next) ? next : {};
  const size = Object.keys(after).length;
  if (size === 0 && attribute.computed) {
    if (oldSize > 0 && next === null) return old;
    if (oldSize === 0 && !context.create) return old;
    if (oldSize === 0) {
      record(context, attribute, path, "", NOT_SET);
      return UNKNOWN;
    }
  }
  if (oldSize !== size) record(context, attribute, path, String(oldSize), String(size));
  const planned: Obj = {};
  for (const [key, value] of Object.entries(after)) {
    const at = [...path, { key }];
    const suppressedValue = diffPrimitive(
      { ...attribute, type: "string", computed: false, default: undefined } as Attribute,
      before[key] ?? null,
      value,
      at,
      context,
      true,
    );
    planned[key] = suppressedValue ?? value;
  }
  for (const key of Object.keys(before)) {
    if (!(key in after)) record(context, attribute, [...path, { key }], text(before[key]), "");
  }
  return size === 0 && oldSize === 0 ? old : planned;
}

/** Inside a set the SDK writes down every attribute, and an absent list becomes an empty one. */
const none = (old: Value, all: boolean): Value => (old === null && all ? [] : old);

/** The proposed items of a list or set; undefined when the configuration gives none. */
function proposedItems(attribute: Attribute, next: Value): Value[] | undefined {
  if (!Array.isArray(next)) return undefined;
  return next.length === 0 && attribute.block ? undefined : next;
}

function diffList(
  attribute: Attribute,
  old: Value,
  next: Value,
  path: Path,
  context: DiffContext,
  all: boolean,
): Value {
  const before = Array.isArray(old) ? old : [];
  if (next instanceof Unknown) {
    record(context, attribute, path, String(before.length), UNKNOWN_TEXT);
    return next;
  }
  const items = proposedItems(attribute, next);
  if (old !== null && !items && attribute.computed && !(context.create || (all && before.length === 0))) return old;
  const after = items ?? [];
  if (before.length === 0 && after.length === 0) {
    if (!attribute.computed || (!context.create && old !== null)) return none(old, all);
    record(context, attribute, path, "", NOT_SET);
    return UNKNOWN;
  }
  if (before.length !== after.length) record(context, attribute, path, String(before.length), String(after.length));
  const planned: Value[] = [];
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    const item = diffItem(attribute, before[i] ?? null, after[i] ?? null, [...path, i], context, all);
    if (i < after.length) planned.push(item);
  }
  return planned;
}

function diffItem(
  attribute: Attribute,
  old: Value,
  next: Value,
  path: Path,
  context: DiffContext,
  all: boolean,
): Value {
  if (next instanceof Unknown && attribute.elem instanceof Map) {
    record(context, attribute, path, text(null), UNKNOWN_TEXT);
    return next;
  }
  if (attribute.elem instanceof Map) {
    return diffBlock(attribute.elem, old as Obj | null, next as Obj | null, path, context, all);
  }
  const element = { ...attribute, type: attribute.elem ?? "string", computed: false, default: undefined } as Attribute;
  const first = context.changes.length;
  const planned = diffPrimitive(element, old, next, path, context, true);
  const [change] = context.changes.slice(first);
  if (!change || next instanceof Unknown || !context.suppress(schemaPath(path), change.old, change.new, path, true)) {
    return planned;
  }
  context.changes.length = first;
  return old;
}

function diffSet(attribute: Attribute, old: Value, next: Value, path: Path, context: DiffContext, all: boolean): Value {
  const before = Array.isArray(old) ? old : [];
  const nested = attribute.elem instanceof Map;
  if (next instanceof Unknown || (!nested && Array.isArray(next) && !next.every(whollyKnown))) {
    record(context, attribute, path, String(before.length), UNKNOWN_TEXT);
    return UNKNOWN;
  }
  const items = proposedItems(attribute, next);
  if (old !== null && !items && attribute.computed) return old;
  const after = items ?? [];
  if (before.length === 0 && after.length === 0) {
    if (!attribute.computed || !context.create) return none(old, all);
    record(context, attribute, path, "", NOT_SET);
    return UNKNOWN;
  }
  return nested
    ? diffSetOfBlocks(attribute, before, after, path, context)
    : diffSetOfValues(attribute, before, after, path, context);
}

function diffSetOfValues(
  attribute: Attribute,
  before: Value[],
  after: Value[],
  path: Path,
  context: DiffContext,
): Value {
  const normalised = after.map((item) =>
    // Elements have no flags of their own.
    typeof item === "string" ? context.normalise(schemaPath(path), item) : item,
  );
  const hash = (item: Value) => elementHash(attribute, item, schemaPath(path), context.hash);
  const kept = new Map(before.map((item) => [hash(item), item]));
  const planned = [...new Map(normalised.map((item) => [hash(item), kept.get(hash(item)) ?? item])).values()];
  const same = planned.length === before.length && planned.every((item) => kept.has(hash(item)));
  if (same) return before;
  record(context, attribute, path, `${before.length} ${before.join()}`, `${planned.length} ${planned.join()}`);
  return planned;
}

function diffSetOfBlocks(
  attribute: Attribute,
  before: Value[],
  after: Value[],
  path: Path,
  context: DiffContext,
): Value {
  const block = attribute.elem as Block;
  if (after.some((item) => item instanceof Unknown)) {
    record(context, attribute, path, String(before.length), UNKNOWN_TEXT);
    return UNKNOWN;
  }
  const read = (item: Value): Obj => readBlock(block, item as Obj, path, context.normalise);
  const hash = (item: Value) => elementHash(attribute, item, schemaPath(path), context.hash);
  const old = new Map(before.map((item) => [hash(item), item as Obj]));
  const fresh = new Map(after.map((item) => [hash(read(item)), item as Obj]));
  // The SDK compares the hashes alone: what is not in them makes no difference.
  if (fresh.size === old.size && [...fresh.keys()].every((code) => old.has(code))) return before;
  // Paths cannot lead into a set: what changes inside counts for the set as a whole.
  const inside: DiffContext = { ...context, changes: [] };
  if (before.length !== fresh.size) record(inside, attribute, path, String(before.length), String(fresh.size));
  const planned = [...fresh].map(([code, item]) => diffBlock(block, old.get(code) ?? null, item, path, inside, true));
  for (const [code, item] of old) if (!fresh.has(code)) diffBlock(block, item, null, path, inside, true);
  context.changes.push(...inside.changes.map((change) => ({ ...change, path })));
  return planned;
}
