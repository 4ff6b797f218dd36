/** The ways in which providers tell that two texts mean the same. */
import { isIP } from "node:net";
import { isObject, type Obj, type Value } from "../protocol/values";
import { relativeLink } from "./hashes";
import { jsonEqual } from "./json";
import { location } from "./state-functions";
import type { Suppress } from "../engine/diff";

/** What a suppression looks at: the two texts and the objects around them. */
export interface SuppressInput {
  readonly old: string;
  readonly next: string;
  readonly path: Parameters<Suppress>[3];
  readonly prior: Obj | null;
  readonly proposed: Obj;
}
export type Suppressor = (input: SuppressInput) => boolean;

export const lastSegment = (link: string): string => link.slice(link.lastIndexOf("/") + 1);
export const attr = (object: Obj | null, name: string): Value => object?.[name] ?? null;
/** The first block at a name. */
export const firstBlock = (object: Obj | null, name: string): Obj => {
  const [block = null] = Array.isArray(object?.[name]) ? (object[name] as Value[]) : [];
  return isObject(block) ? block : {};
};

export const never: Suppressor = () => false;
/** Both texts mean the same once they have a common form. */
export const alike =
  (form: (text: string) => string): Suppressor =>
  ({ old, next }) =>
    form(old) === form(next);
export const ignoreCase = alike((text) => text.toLowerCase());
export const trimmed = alike((text) => text.trim());
export const sameLocation = alike(location);
/** Texts that are no addresses all count as none. */
export const sameIp = alike((text) => (isIP(text) === 0 ? "" : shortIp(text)));
/** An IPv6 address has many spellings; the one of URLs is the shortest. */
export const shortIp = (text: string): string =>
  isIP(text) === 6 ? new URL(`http://[${text.split("%")[0]}]`).hostname : text;
export const sameTime: Suppressor = ({ old, next }) => Date.parse(old) === Date.parse(next);
export const json: Suppressor = ({ old, next }) => jsonEqual(old, next);
/** A block that is left out. */
export const removed: Suppressor = ({ old, next }) => old === "1" && next === "0";
export const kept: Suppressor = ({ old, next }) => old !== "" && next === "";
export const link: Suppressor = ({ old, next }) =>
  next.includes("projects/") && relativeLink(old) === relativeLink(next);
export const linkOrName: Suppressor = (input) =>
  input.next.includes("/") ? link(input) : input.next !== "" && lastSegment(input.old) === input.next;
export const lastPart = alike(lastSegment);
/** A default is the same as nothing. */
export const defaultIs =
  (value: string): Suppressor =>
  ({ old, next }) =>
    (old === "" && next === value) || (old === value && next === "");
export const nothingSet = (value: Value): boolean =>
  value === null ||
  value === "" ||
  value === false ||
  (Array.isArray(value) ? value.every(nothingSet) : isObject(value) && Object.values(value).every(nothingSet));

/** One suppression for several paths. */
export const all = (rule: Suppressor, ...paths: string[]): Record<string, Suppressor> =>
  Object.fromEntries(paths.map((path) => [path, rule]));
