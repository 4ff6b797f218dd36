/** What happens to machine groups and other objects behind terraform's back: an autoscaler's work, and a person's clean-up. */
import { GROUPS } from "./groups";
import { backendServicesOf, list } from "./listing";
import type { CloudObject, Store } from "./store";
import type { Obj } from "../protocol/values";

/** A wrong use of `scale`, `remove` or `set`. */
export class OutsideError extends Error {}

/** Changes a group's live size. */
export function scale(store: Store, name: string, size: number): void {
  const object = groupNamed(store, name);
  if (!Number.isInteger(size) || size < 0) {
    throw new OutsideError(`size of "${name}": must be a whole number, 0 or more, got ${String(size)}`);
  }
  resize(store, object.key, size);
}

/** Changes the live size of a group that may be gone by now. */
export function resize(store: Store, key: string, size: number): void {
  const object = store.get(key);
  const attribute = object && GROUPS[object.type]?.sizeAttribute;
  if (attribute) store.put({ ...object, attributes: { ...object.attributes, [attribute]: size } });
}

/**
 * Deletes a group with its machines, such as the scale set that a failed rollout on Azure leaves behind. On Google Cloud it is taken
 * out of its backend services first, as a person must: what one of them uses is not deleted
 * (https://github.com/hashicorp/terraform-provider-google/issues/6376).
 */
export function remove(store: Store, name: string): void {
  const group = groupNamed(store, name);
  for (const service of backendServicesOf(store, group.attributes)) {
    const backend = (service.attributes.backend as Obj[]).filter(
      (one) => one.group !== group.attributes.instance_group,
    );
    store.put({ ...service, attributes: { ...service.attributes, backend } });
  }
  store.remove(group.key);
}

/** Changes attributes of any object, as a person in the cloud's console does. */
export function set(store: Store, type: string, name: string, values: Obj): void {
  const found = store.ofType(type).filter(({ id, attributes }) => id === name || attributes.name === name);
  const [object] = found;
  if (!object || found.length > 1) {
    const known = store.ofType(type).map(({ id }) => id);
    throw new OutsideError(`${found.length} objects of ${type} are "${name}": there are ${known.join(", ") || "none"}`);
  }
  store.put({ ...object, attributes: { ...object.attributes, ...values } });
}

function groupNamed(store: Store, name: string): CloudObject {
  const found = store.all().filter((object) => GROUPS[object.type] && object.attributes.name === name);
  const [object] = found;
  if (!object) throw new OutsideError(unknownGroup(store, name));
  if (found.length > 1) throw new OutsideError(`"${name}" is the name of ${found.length} groups: nothing was changed`);
  return object;
}

function unknownGroup(store: Store, name: string): string {
  const names = list(store).groups.map((one) => one.name);
  const known = names.length > 0 ? `the groups are ${names.join(", ")}` : "there is no group yet";
  return `there is no group named "${name}": ${known}`;
}
