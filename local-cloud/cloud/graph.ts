/** Which stored objects name which: missing parents, uses, children. */
import { relativeLink } from "../rules/hashes";
import { isObject, type Obj, type Value } from "../protocol/values";
import { REFERENCES } from "./references";
import type { CloudObject, Store } from "./store";

/** Everything at a dotted path, through lists and sets. */
function leavesAt(value: Value | undefined, path: readonly string[]): (Value | undefined)[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesAt(item, path));
  const [first, ...rest] = path;
  if (first === undefined) return [value];
  return isObject(value) ? leavesAt(value[first], rest) : [];
}

/** All texts at a dotted path. */
export const valuesAt = (value: Value | undefined, path: readonly string[]): string[] =>
  leavesAt(value, path).filter((leaf): leaf is string => typeof leaf === "string" && leaf !== "");

/** All numbers at a dotted path. */
export const numbersAt = (value: Value | undefined, path: readonly string[]): number[] =>
  leavesAt(value, path).filter((leaf): leaf is number => typeof leaf === "number");

/** The forms in which others may name an object. */
function names(object: CloudObject): Set<string> {
  const { id, attributes } = object;
  const forms = [
    id,
    attributes.arn,
    attributes.self_link,
    attributes.instance_group,
    attributes.name,
    attributes.address,
  ];
  return new Set(forms.flatMap((form) => (typeof form === "string" && form !== "" ? [canonical(form)] : [])));
}

const canonical = (name: string): string =>
  name.startsWith("/subscriptions/") ? name.toLowerCase() : (relativeLink(name).split("?")[0] ?? name);

const sameRegion = (a: Obj, b: Obj): boolean =>
  typeof a.region !== "string" || typeof b.region !== "string" || a.region === b.region;

const refersTo = (value: string, object: CloudObject): boolean => names(object).has(canonical(value));

/** A reference whose object does not exist in the attributes of a new or changed object. */
export function missingReference(
  store: Store,
  type: string,
  attributes: Obj,
): { value: string; parent: string; path: string } | undefined {
  for (const [path, parents] of parentsByPath(type)) {
    const candidates = parents
      .flatMap((parent) => store.ofType(parent))
      .filter((o) => sameRegion(o.attributes, attributes));
    for (const value of valuesAt(attributes, path.split("."))) {
      if (!candidates.some((object) => refersTo(value, object))) {
        if (!checkable(path, value)) continue;
        return { value, parent: parents[0] ?? "", path };
      }
    }
  }
  return undefined;
}

/** Values that name something else than an object of ours: an address, a "local" gateway, another kind of target. */
const checkable = (path: string, value: string): boolean =>
  !/^(target|ip_address|ssl_certificates|backend\.group|default_service)$/.test(path) && value !== "local";

function parentsByPath(type: string): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const { child, path, parent } of REFERENCES) {
    if (child === type) result.set(path, [...(result.get(path) ?? []), parent]);
  }
  return result;
}

/** The first object that holds another one, so that it cannot be deleted. */
export function heldBy(store: Store, object: CloudObject): CloudObject | undefined {
  return related(store, object, true)[0];
}

/** The objects that stand inside another one and go with it. */
export function childrenOf(store: Store, object: CloudObject): CloudObject[] {
  return related(store, object, false);
}

function related(store: Store, object: CloudObject, holds: boolean): CloudObject[] {
  const references = REFERENCES.filter((reference) => reference.parent === object.type && reference.holds === holds);
  return references.flatMap(({ child, path }) =>
    store
      .ofType(child)
      .filter((other) => sameRegion(other.attributes, object.attributes))
      .filter((other) => sameGroup(other, object))
      .filter((other) => valuesAt(other.attributes, path.split(".")).some((value) => refersTo(value, object))),
  );
}

/** Azure parents that are named, not addressed by id, stand in the same resource group. */
function sameGroup(a: CloudObject, b: CloudObject): boolean {
  const [left, right] = [a.attributes.resource_group_name, b.attributes.resource_group_name];
  return typeof left !== "string" || typeof right !== "string" || left.toLowerCase() === right.toLowerCase();
}

/** What an Azure resource group holds. */
export function membersOfGroup(store: Store, group: CloudObject): CloudObject[] {
  const prefix = `${group.id.toLowerCase()}/`;
  return store.all().filter((object) => object.id.toLowerCase().startsWith(prefix));
}
