/** `--set`, `--unset` and `--rm`: what a person does to one object, in words of the command line. */
import { readAddresses, objectAt } from "./addresses";
import { edit } from "./cloud/edit";
import { childrenOf, heldBy } from "./cloud/graph";
import { inUse } from "./cloud/messages";
import { OutsideError } from "./cloud/outside";
import type { CloudObject, Store } from "./cloud/store";
import { equal, type Value } from "./protocol/values";
import { Catalog, PROVIDERS, type TypeSchema } from "./schemas/catalog";

/** Sets an attribute, or takes it away where there is no text; returns what was done. */
export function change(store: Store, dir: string, address: string, path: string, text?: string): string {
  const object = objectAt(store, readAddresses(dir, process.cwd()), address);
  const { attributes, before, after, sensitive } = edit(schemaOf(object), object.attributes, path, text);
  if (equal(before, after)) return `${object.type} ${object.id}: ${path} is ${shown(after, sensitive)} already`;
  store.put({ ...object, attributes });
  return `${object.type} ${object.id}: ${path} was ${shown(before, sensitive)} and is ${shown(after, sensitive)}`;
}

/** Deletes an object that nothing else needs, and what stands inside it. */
export function discardObject(store: Store, dir: string, address: string): string {
  const object = objectAt(store, readAddresses(dir, process.cwd()), address);
  const holder = heldBy(store, object);
  if (holder) throw new OutsideError(inUse(schemaOf(object), object, holder));
  const inside = childrenOf(store, object);
  for (const { key } of [...inside, object]) store.remove(key);
  return [object, ...inside].map(({ type, id }) => `${type} ${id}: deleted`).join("\n");
}

function schemaOf({ type }: CloudObject): TypeSchema {
  const schema = PROVIDERS.map((name) => new Catalog(name).resource(type)).find((found) => found !== undefined);
  if (!schema) throw new OutsideError(`the local cloud does not know the resource type ${type} any more`);
  return schema;
}

const shown = (value: Value, sensitive: boolean): string => (sensitive ? "(sensitive)" : JSON.stringify(value));
