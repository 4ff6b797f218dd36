/** The names under which the APIs take an object: ids, ARNs, whole and partial links, and names. */
import { relativeLink } from "../rules/hashes";
import type { Obj, Value } from "../protocol/values";
import type { CloudObject } from "./store";

/** A link or id in the form in which two of them are compared. */
export const canonical = (name: string): string =>
  name.startsWith("/subscriptions/") ? name.toLowerCase() : (relativeLink(name).split("?")[0] ?? name);

/** `global/networks/n`, `regions/r/subnetworks/s`: https://cloud.google.com/compute/docs/reference/rest/v1 takes them anywhere. */
const partial = (link: string): string[] =>
  /^projects\/[^/]+\/((?:global|regions|zones)\/.*)$/.exec(link)?.slice(1) ?? [];

/** All names of an object, as `canonical` writes them. */
export function forms({ id, attributes }: CloudObject): Set<string> {
  const { arn, self_link, instance_group, name, address } = attributes;
  const given = [id, arn, self_link, instance_group, name, address].filter(
    (form): form is string => typeof form === "string" && form !== "",
  );
  return new Set(given.map(canonical).flatMap((form) => [form, ...partial(form)]));
}

/**
 * Whether a text names an object. What is no whole link means an object of the project of whoever says it, which is
 * `from`.
 */
export function refersTo(value: string, object: CloudObject, from: Obj = {}): boolean {
  const wanted = canonical(value);
  if (!forms(object).has(wanted)) return false;
  return wanted.startsWith("projects/") || !differ(object.attributes.project, from.project);
}

/** Whether two links are the same although one of them may be partial. */
export function sameLink(own: string, wanted: string): boolean {
  const [left, right] = [canonical(own), canonical(wanted)];
  return left === right || partial(left).includes(right) || partial(right).includes(left);
}

/** The last part of a region or zone, which may be written as a link. */
export const lastPart = (link: string): string => link.slice(link.lastIndexOf("/") + 1);

/** Whether two objects say where they are, and it is not the same place; a global object is everywhere. */
export const differ = (a: Value | undefined, b: Value | undefined): boolean =>
  typeof a === "string" && typeof b === "string" && a !== "" && b !== "" && lastPart(a) !== lastPart(b);
