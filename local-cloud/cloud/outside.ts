/** What happens to machine groups behind terraform's back: an autoscaler's work, and a person's clean-up. */
import { GROUPS } from "./groups";
import { list } from "./listing";
import type { CloudObject, Store } from "./store";

/** A wrong use of `scale` or `remove`. */
export class OutsideError extends Error {}

/** Changes a group's live size. */
export function scale(store: Store, name: string, size: number): void {
  const object = groupNamed(store, name);
  if (!Number.isInteger(size) || size < 0) {
    throw new OutsideError(`size of "${name}": must be a whole number, 0 or more, got ${String(size)}`);
  }
  const attribute = GROUPS[object.type]?.sizeAttribute ?? "";
  store.put({ ...object, attributes: { ...object.attributes, [attribute]: size } });
}

/** Deletes a group with its machines, such as the scale set that a failed rollout on Azure leaves behind. */
export function remove(store: Store, name: string): void {
  store.remove(groupNamed(store, name).key);
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
