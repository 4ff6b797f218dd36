/** Which stored objects name which: missing parents, uses, children. */
import { isObject, type Obj, type Value } from "../protocol/values";
import { adopts, alike } from "./kinds";
import { differ, refersTo } from "./links";
import { REFERENCES } from "./references";
import { existing } from "./standing";
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

const sameRegion = (a: Obj, b: Obj): boolean => !differ(a.region, b.region);

/** A reference whose object does not exist in the attributes of a new or changed object. */
export function missingReference(
  store: Store,
  type: string,
  attributes: Obj,
): { value: string; parents: readonly string[]; path: string } | undefined {
  for (const [path, parents] of parentsByPath(type)) {
    const candidates = parents
      .flatMap((parent) => existing(store, parent, attributes))
      .filter((o) => sameRegion(o.attributes, attributes));
    for (const value of valuesAt(attributes, path.split("."))) {
      if (!candidates.some((object) => refersTo(value, object, attributes))) {
        if (!checkable(path, value)) continue;
        return { value, parents, path };
      }
    }
  }
  return undefined;
}

/** Values that name something else than an object of ours: an address, a "local" gateway, another kind of target. */
const checkable = (path: string, value: string): boolean =>
  !/^(target|ip_address|ssl_certificates|backend\.group|default_service)$/.test(path) && value !== "local";

/** The types to which a row about one of their kind applies; what is taken over from a cloud holds nothing in it. */
const children = (type: string): readonly string[] => alike(type).filter((one) => one === type || !adopts(one));

function parentsByPath(type: string): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const { child, path, parent } of REFERENCES) {
    if (children(child).includes(type)) result.set(path, [...(result.get(path) ?? []), parent]);
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
  const references = REFERENCES.filter((one) => one.holds === holds && alike(one.parent).includes(object.type));
  return references.flatMap(({ child, path }) =>
    children(child)
      .flatMap((type) => store.ofType(type))
      .filter((other) => sameRegion(other.attributes, object.attributes))
      .filter((other) => sameGroup(other, object))
      .filter(({ attributes }) =>
        valuesAt(attributes, path.split(".")).some((value) => refersTo(value, object, attributes)),
      ),
  );
}

/** Azure parents that are named, not addressed by id, stand in the same resource group. */
function sameGroup(a: CloudObject, b: CloudObject): boolean {
  const [left, right] = [a.attributes.resource_group_name, b.attributes.resource_group_name];
  return typeof left !== "string" || typeof right !== "string" || left.toLowerCase() === right.toLowerCase();
}

/** A lock on an Azure object or on what it stands inside: https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources */
export function lockOn(store: Store, object: CloudObject): CloudObject | undefined {
  if (object.type === "azurerm_management_lock") return undefined;
  const own = `${object.id.toLowerCase()}/`;
  return store
    .ofType("azurerm_management_lock")
    .find(({ attributes }) => own.startsWith(`${String(attributes.scope).toLowerCase()}/`));
}

/** What an Azure resource group holds. */
export function membersOfGroup(store: Store, group: CloudObject): CloudObject[] {
  const prefix = `${group.id.toLowerCase()}/`;
  return store.all().filter((object) => object.id.toLowerCase().startsWith(prefix));
}
