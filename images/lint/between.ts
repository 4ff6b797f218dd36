/**
 * Rules between the fields of a source: what the plugins themselves refuse in Prepare, and a few that only a build would show.
 * They are data (between/*.ts), one list for each source; this says whether a template keeps them. What is computed is not judged.
 */
import { amazonEbs } from "./between/amazon-ebs";
import { azureArm } from "./between/azure-arm";
import { communicator } from "./between/communicator";
import { googlecompute } from "./between/googlecompute";
import type { Between, Want } from "./between/rule";
import type { Body } from "./template";
import { ABSENT, blocksAt, isSet, valueAt, type Value } from "./value";

/** Rules by type of source. */
export const BETWEEN: Readonly<Record<string, readonly Between[]>> = {
  "amazon-ebs": [...communicator("amazon-ebs"), ...amazonEbs],
  googlecompute: [...communicator("googlecompute"), ...googlecompute],
  "azure-arm": [...communicator("azure-arm"), ...azureArm],
};

type Look = (path: string) => Value;
type Locals = ReadonlyMap<string, unknown>;

/** What a source breaks of some rules, in plain words. */
export function broken(rules: readonly Between[], source: Body, locals: Locals): string[] {
  return rules.flatMap((rule) =>
    (rule.in === undefined ? [source] : blocksAt(source, rule.in)).flatMap((body) =>
      brokenIn(rule, (path) => valueAt(body, path, locals)).map(
        (what) => `${rule.in === undefined ? "" : `${rule.in}: `}${what}${rule.why ? `: ${rule.why}` : ""}; see ${rule.see}`,
      ),
    ),
  ); // prettier-ignore
}

function brokenIn(rule: Between, look: Look): string[] {
  const conditions = Object.entries(rule.when ?? {});
  if (!conditions.every(([path, want]) => holds(look(path), want) === true)) return [];
  const premise = conditions.map(([path, want]) => `${path} is ${shown(look(path), want)}`).join(" and ");
  const so = (demand: string) => (premise === "" ? demand : `${premise}, so ${demand}`);
  return [...eachMust(rule, look), ...groups(rule, look)].map(so);
}

const eachMust = ({ must = {} }: Between, look: Look): string[] =>
  Object.entries(must)
    .filter(([path, want]) => holds(look(path), want) === false)
    .map(([path, want]) => `${path} must be ${inWords(want)}, got ${got(look(path))}`);

function groups({ someOf, oneAtMost, together, sameNames }: Between, look: Look): string[] {
  const found: string[] = [];
  const are = (paths: readonly string[], state: boolean) => paths.filter((path) => isSet(look(path)) === state);
  if (someOf && are(someOf, false).length === someOf.length)
    found.push(someOf.length === 1 ? `${someOf[0]!} must be set` : `one of ${someOf.join(", ")} must be set, got none`);
  const begun = (oneAtMost ?? []).flatMap((entry) =>
    are(typeof entry === "string" ? [entry] : entry, true).slice(0, 1),
  );
  if (begun.length > 1) found.push(`only one of ${begun.join(", ")} may be set, got ${begun.length}`);
  if (together) {
    const [set, unset] = [are(together, true), are(together, false)];
    if (set.length > 0 && unset.length > 0)
      found.push(`${together.join(", ")} go together, got ${set.join(", ")} without ${unset.join(", ")}`);
  }
  const [map, list] = (sameNames ?? []).map(look);
  if (map?.known && list?.known && isSet(map)) {
    const [keys, entries] = [Object.keys(map.value as object), [list.value].flat().filter((entry) => entry !== undefined).map(String)];
    const odd = [...keys.filter((key) => !entries.includes(key)), ...entries.filter((entry) => !keys.includes(entry))];
    if (odd.length > 0) found.push(`${sameNames![0]} and ${sameNames![1]} must name the same, got ${odd.join(", ")} in one of them only`);
  } // prettier-ignore
  return found;
}

/** Whether a value is what is wanted; undefined where nobody can say before it is computed. */
function holds(value: Value, want: Want | readonly Want[]): boolean | undefined {
  if (Array.isArray(want)) {
    const each = (want as readonly Want[]).map((one) => holds(value, one));
    return each.includes(true) ? true : each.includes(undefined) ? undefined : false;
  }
  const one = want as Want;
  if (one === "set") return isSet(value);
  if (one === "unset") return not(isSet(value));
  if (typeof one === "object" && "isNot" in one) return !value.known || !one.isNot.includes(String(value.value));
  if (!value.known) return undefined;
  const { value: it } = value;
  const there = it !== undefined && it !== null;
  if (one === "given") return there;
  if (one === true) return it === true || it === "true";
  if (one === false) return !there || isFalse(it);
  if ("is" in one) return there && fits(it, { oneOf: one.is, anyCase: one.anyCase ?? false });
  return !there || it === "" || fits(it, one);
}

const not = (yes: boolean | undefined) => (yes === undefined ? undefined : !yes);
const isFalse = (it: unknown) => it === false || it === "false";

type Form = Exclude<Want, boolean | string | { is: readonly string[] } | { isNot: readonly string[] }>;

function fits(it: unknown, want: Form): boolean {
  const list = Array.isArray(it) ? it.map(String) : [String(it)];
  if ("oneOf" in want) {
    const same = (text: string) => (want.anyCase ? text.toLowerCase() : text);
    return list.every((text) => want.oneOf.some((word) => same(word) === same(text)));
  }
  if ("matches" in want) return list.every((text) => want.matches.test(text));
  if ("from" in want) return Number(it) >= want.from && Number(it) <= want.to;
  if ("multipleOf" in want) return Number(it) % want.multipleOf === 0;
  if ("different" in want) return new Set(list).size === list.length;
  const map = typeof it === "object" && it !== null ? (it as Readonly<Record<string, unknown>>) : {};
  if ("atMost" in want) return Object.keys(map).length <= want.atMost;
  if ("names" in want) return Object.keys(map).every((name) => want.names.matches.test(name));
  return Object.values(typeof it === "object" ? map : { it }).every((entry) => want.each.matches.test(String(entry)));
}

const shown = (value: Value, want: Want | readonly Want[]): string =>
  want === "set" || want === "unset" || !value.known || typeof value.value === "object"
    ? inWords(want)
    : value.value === undefined
      ? "not set"
      : JSON.stringify(value.value);

function inWords(want: Want | readonly Want[]): string {
  if (Array.isArray(want)) return (want as readonly Want[]).map(inWords).join(" or ");
  const one = want as Want;
  if (typeof one === "boolean") return String(one);
  if (typeof one === "string") return { set: "set", unset: "left out", given: "true or false" }[one];
  if ("isNot" in one) return `anything but ${one.isNot.join(", ")}`;
  if ("is" in one) return inWords({ oneOf: one.is });
  if ("oneOf" in one) return one.oneOf.length === 1 ? `"${one.oneOf[0]!}"` : `one of ${one.oneOf.join(", ")}`;
  if ("matches" in one) return one.form;
  if ("from" in one) return one.to === Infinity ? `${one.from} or more` : `between ${one.from} and ${one.to}`;
  if ("multipleOf" in one) return `a multiple of ${one.multipleOf}`;
  if ("atMost" in one) return `no more than ${one.atMost}`;
  if ("different" in one) return "without the same entry twice";
  return "each" in one ? `all ${one.each.form}` : `named ${one.names.form}`;
}

const got = (value: Value): string =>
  !value.known ? value.text : value === ABSENT || value.value === undefined ? "nothing" : JSON.stringify(value.value);
