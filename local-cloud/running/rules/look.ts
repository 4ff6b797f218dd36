/** Reading the store's objects: attributes by their form, and objects by what names them. */
import { canonical, forms } from "../../cloud/links";
import type { CloudObject } from "../../cloud/store";
import { isObject, type Obj, type Value } from "../../protocol/values";
import type { Range } from "../model";

/** The objects of a moment, found by type and by the names under which the APIs take them. */
export class Objects {
  readonly #byType = new Map<string, CloudObject[]>();
  readonly #byName = new Map<string, Map<string, CloudObject>>();
  readonly #asked = new Map<string, readonly CloudObject[]>();

  constructor(objects: readonly CloudObject[]) {
    for (const object of objects) {
      const same = this.#byType.get(object.type);
      if (same) same.push(object);
      else this.#byType.set(object.type, [object]);
    }
  }

  /** Objects of some types, oldest first. */
  of(...types: readonly string[]): readonly CloudObject[] {
    const asked = types.join();
    const known = this.#asked.get(asked);
    if (known) return known;
    const found = types.flatMap((type) => this.#byType.get(type) ?? []).sort((a, b) => a.serial - b.serial);
    this.#asked.set(asked, found);
    return found;
  }

  /** The object of one of the types that a link, an id or an ARN names; a bare name, if no other has it. */
  find(name: string, ...types: readonly string[]): CloudObject | undefined {
    if (name === "") return undefined;
    return types.map((type) => this.#names(type).get(canonical(name))).find((object) => object !== undefined);
  }

  #names(type: string): Map<string, CloudObject> {
    const known = this.#byName.get(type);
    if (known) return known;
    const names = new Map<string, CloudObject>();
    for (const object of this.#byType.get(type) ?? []) for (const form of forms(object)) names.set(form, object);
    this.#byName.set(type, names);
    return names;
  }
}

/** A text; "" where there is none. */
export const text = (object: Obj | undefined, name: string): string => {
  const value = object?.[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};

/** A number, which some attributes hold as text. */
export const number = (object: Obj | undefined, name: string): number | undefined => {
  const value = object?.[name];
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
};

/** The blocks of a name. */
export const blocks = (object: Obj | undefined, name: string): Obj[] => listed(object?.[name]).filter(isObject);

/** The first block of a name. */
export const block = (object: Obj | undefined, name: string): Obj | undefined => blocks(object, name)[0];

/** The texts of a list. */
export const texts = (object: Obj | undefined, name: string): string[] =>
  listed(object?.[name]).filter((item): item is string => typeof item === "string" && item !== "");

/** A map's texts. */
export const map = (object: Obj | undefined, name: string): Obj | undefined => {
  const value = object?.[name];
  return isObject(value ?? null) ? (value as Obj) : undefined;
};

const listed = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);

/** When a target is checked for the first time: checks keep their own time, so within the interval, and so much later. */
export const firstCheck = (intervalSec: number, [least, most]: Range): Range => [least, intervalSec + most];

/** Text that an attribute holds as base64; "" where there is none. */
export const decoded = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

/** `prod-web`, from the labels that every object of a service carries; else what its name says. */
export function serviceOf(labels: Obj | undefined, otherwise: string): { service: string; short: string } {
  const [environment, service] = [text(labels, "environment"), text(labels, "service")];
  return environment && service
    ? { service: `${environment}-${service}`, short: service }
    : { service: otherwise, short: otherwise };
}

/** The slot that a group's name says: `shop-blue-1-0-0-5c4a7430`. */
export const slotOf = (name: string, service: string): string =>
  ["blue", "green"].find((slot) => name.startsWith(`${service}-${slot}-`)) ?? "live";
