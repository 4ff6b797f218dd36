/** Which object of the cloud a terraform address means: the states say it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { alike } from "./cloud/kinds";
import { OutsideError } from "./cloud/outside";
import type { CloudObject, Store } from "./cloud/store";
import { nearest } from "./nearest";
import { isObject, type Obj, type Value } from "./protocol/values";

interface Addressed {
  /** As terraform writes it, e.g. `module.net.aws_subnet.a["x"]`. */
  readonly address: string;
  /** Before it, where several states may have it. */
  readonly stack: string;
  readonly type: string;
  readonly attributes: Obj;
}

const ENDING = ".tfstate";

/** What the states in the local cloud's folder hold, and the state that lies in the current one. */
export function readAddresses(dir: string, current: string): Addressed[] {
  const folder = join(dir, "state");
  const stacks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(ENDING)) : [];
  const files = [...stacks.map((name) => join(folder, name)), join(current, `terraform${ENDING}`)];
  return files.flatMap((file) => ofState(file, basename(file, ENDING)));
}

function ofState(file: string, stack: string): Addressed[] {
  const resources = existsSync(file) ? list((parsed(file) ?? {}).resources) : [];
  return resources
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ module, type, name, instances }) =>
      list(instances).flatMap(({ index_key: key, attributes, deposed }) => {
        if (!isObject(attributes ?? null) || deposed !== undefined) return [];
        const place = `${typeof module === "string" ? `${module}.` : ""}${String(type)}.${String(name)}`;
        const address = key === undefined || key === null ? place : `${place}[${JSON.stringify(key)}]`;
        return [{ address, stack, type: String(type), attributes: attributes as Obj }];
      }),
    );
}

function parsed(file: string): Obj | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Obj;
  } catch {
    return undefined;
  }
}

const list = (value: Value | undefined): Obj[] => (Array.isArray(value) ? value.filter(isObject) : []);

/**
 * The object that an address means: `[<stack>/]<terraform address>`, or `<type>.<id or name>` of what no state here has.
 *
 * @throws OutsideError when there is none, or more than one
 */
export function objectAt(store: Store, addresses: readonly Addressed[], text: string): CloudObject {
  const named = addresses.filter(({ stack, address }) => text === address || text === `${stack}/${address}`);
  const found = named.flatMap((one) =>
    live(store, one).map((object) => ({ object, as: `${one.stack}/${one.address}` })),
  );
  const direct = found.length > 0 ? found : store.all().flatMap((object) => byName(object, text));
  const [only, ...more] = direct;
  if (only && more.length === 0) return only.object;
  if (only) {
    throw new OutsideError(
      `${text} is ${direct.length} objects: say which, ${direct.map(({ as }) => as).join(" or ")}`,
    );
  }
  if (named.length > 0) throw new OutsideError(`${text} is in a state, but not in this local cloud any more`);
  const near = nearest(text, [
    ...addresses.flatMap(({ stack, address }) => [address, `${stack}/${address}`]),
    ...store.all().map(({ type, id }) => `${type}.${id}`),
  ]);
  const hint = near.length > 0 ? `the nearest are ${near.join(", ")}` : "terraform state list shows what there is";
  throw new OutsideError(`nothing here has the address ${text}: ${hint}`);
}

function live(store: Store, { type, attributes }: Addressed): CloudObject[] {
  return alike(type)
    .flatMap((one) => store.ofType(one))
    .filter(({ id, attributes: own }) => id === attributes.id && own.region === attributes.region);
}

function byName(object: CloudObject, text: string): { object: CloudObject; as: string }[] {
  const { type, id, attributes } = object;
  const forms = [`${type}.${id}`, `${type}.${String(attributes.name)}`];
  return forms.includes(text) ? [{ object, as: `${type}.${id}` }] : [];
}
