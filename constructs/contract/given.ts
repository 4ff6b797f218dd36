/** What an object of a construct's name would give beyond what the construct gives. Values that are not known yet are not judged. */
import { parseJson } from "./json-text";
import { GIVEN_ON_AWS } from "./given-aws";
import { GIVEN_ON_AZURE } from "./given-azure";
import type { Given, GivenByType, Values } from "./given-form";
import { GIVEN_ON_GOOGLE } from "./given-google";
import { changedPaths, holdsTrue } from "./meaning";
import { ownIn } from "./own";
import { nameIn } from "./slots";

export const GIVEN: GivenByType = { ...GIVEN_ON_AWS, ...GIVEN_ON_GOOGLE, ...GIVEN_ON_AZURE };

export interface Beyond {
  readonly path: string;
  /** What stands there; undefined where something is missing that the construct gives. */
  readonly value?: string;
}

/** A value with its path, in which lists leave no step; undefined for an expression, which is not known yet. */
export type Leaf = readonly [path: string, value: string | undefined];

interface Reading {
  /** Where a text is one, and no document to look into. */
  readonly isText: (path: string) => boolean;
  /** Of a configuration: https://developer.hashicorp.com/terraform/language/syntax/json#expressions. A plan holds none. */
  readonly hasExpressions: boolean;
}

export function leavesOf(value: unknown, reading: Reading, path = ""): Leaf[] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value === "string") {
    const document = reading.isText(path) ? undefined : documentIn(value);
    if (document !== undefined) return leavesOf(document, reading, path);
    return [[path, reading.hasExpressions && value.includes("${") ? undefined : value]];
  }
  if (Array.isArray(value)) return value.flatMap((entry) => leavesOf(entry, reading, path));
  if (typeof value !== "object") return [[path, String(value as number | boolean)]];
  const { Sid: sid } = value as { readonly Sid?: unknown };
  const at = typeof sid === "string" ? `${path}@${sid}` : path;
  return Object.entries(value)
    .filter(([name]) => name !== "Sid")
    .flatMap(([name, entry]) => leavesOf(entry, reading, at === "" ? name : `${at}.${name}`));
}

function documentIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Names are held in any letters, since a reader of the cloud's may take them so; a text where a document belongs is held as a whole. */
const isHeld = (path: string, top: string): boolean =>
  isBelow(path.toLowerCase(), top.toLowerCase()) || top.startsWith(`${path}.`);

const isBelow = (path: string, top: string): boolean =>
  path === top || path.startsWith(`${top}.`) || path.startsWith(`${top}@`);

const fits = (pattern: string, value: string): boolean =>
  pattern.startsWith("~") ? new RegExp(`^(${pattern.slice(1)})$`).test(value) : pattern === value;

/** What a construct of this name gives; undefined for any other name. */
export function givenTo(type: string, name: string): { readonly given: Given; readonly values: Values } | undefined {
  const given = ownIn(GIVEN, type);
  const found = Object.entries(given?.names ?? {}).find(([pattern]) => new RegExp(`^(${pattern})$`).test(name));
  return given && found ? { given, values: found[1] } : undefined;
}

/** An object as a plan or a configuration holds it. */
export interface Holder {
  readonly type: string;
  readonly name: string;
  readonly values: unknown;
  /** Whether something of an attribute is not known yet. */
  readonly isUnknown?: (attribute: string) => boolean;
  /** Whether an attribute is judged: of an object that is there already, only what changes. */
  readonly isJudged?: (attribute: string) => boolean;
  /** Of a configuration, which holds expressions. */
  readonly hasExpressions?: boolean;
}

/** What an object gives that no construct of its name gives; empty where it keeps to that, and for any other object. */
export function beyondGiven({ type, name, values: all, hasExpressions = false, ...which }: Holder): Beyond[] {
  const found = givenTo(type, name);
  if (!found) return [];
  const { given, values } = found;
  const { isJudged = () => true, isUnknown = () => false } = which;
  const leaves = leavesOf(all, { hasExpressions, isText: (path) => Object.hasOwn(values, path) });
  const more = leaves.flatMap(([path, value]) =>
    value !== undefined &&
    given.held.some((top) => isHeld(path, top)) &&
    isJudged(attributeOf(path)) &&
    ![ownIn(values, path) ?? [], ownIn(given.defaults ?? {}, path) ?? []].flat().some((pattern) => fits(pattern, value))
      ? [{ path, value }]
      : [],
  );
  // A plan holds every attribute of a type, set or not; where it does not it is a part of one, and says nothing of the others.
  const says = (attribute: string) => hasExpressions || Object.hasOwn((all ?? {}) as object, attribute);
  const missing = (given.needs ?? [])
    .filter((path) => says(attributeOf(path)))
    .filter((path) => ownIn(values, path) !== undefined && isJudged(attributeOf(path)) && !isUnknown(attributeOf(path)))
    .filter((path) => ownerOf(path) === "" || leaves.some(([leaf]) => isBelow(leaf, ownerOf(path))))
    .filter((path) => !leaves.some(([leaf, value]) => leaf === path || (value === undefined && isBelow(path, leaf))))
    .map((path) => ({ path }));
  return [...more, ...missing];
}

/** A change as a plan holds it. */
export interface Changed {
  readonly type: string;
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: Readonly<Record<string, unknown>> | null | undefined;
    readonly after?: Readonly<Record<string, unknown>> | null | undefined;
    readonly after_unknown?: unknown;
  };
}

/** What a planned change gives beyond its construct: all of what comes, and of what is there already what changes in place. */
export function beyondIn({ type, address, change: { actions, before, after, after_unknown } }: Changed): Beyond[] {
  const comes = actions.includes("create");
  if (!comes && !actions.includes("update")) return [];
  const unknown = (typeof after_unknown === "object" ? after_unknown : {}) as Readonly<Record<string, unknown>> | null;
  return beyondGiven({
    type,
    name: nameIn(address),
    values: after,
    isUnknown: (attribute) => holdsTrue(unknown?.[attribute]),
    isJudged: (attribute) => comes || changedPaths(before?.[attribute], after?.[attribute]).length > 0,
  });
}

/** "role roles/owner", "no condition.expression". */
export const beyondWords = ({ path, value }: Beyond): string =>
  value === undefined ? `no ${path}` : `${path} ${value}`;

const attributeOf = (path: string): string => path.split(/[.@]/)[0]!;

/** A named statement needs its condition where it stands; anything else is needed always. */
const ownerOf = (path: string): string => /^(.*@[^.]+)[.]/.exec(path)?.[1] ?? "";
