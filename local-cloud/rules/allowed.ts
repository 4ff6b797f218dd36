/**
 * Values that an attribute takes, where the provider checks them before anything is planned.
 *
 * The rows are data, `schemas/<provider>-allowed.json`: by type and path; `[]` at the end of a path stands for each element.
 */
import { isIP, isIPv4, isIPv6 } from "node:net";
import type { Problem } from "../engine/request";
import type { Path } from "../engine/path";
import { isObject, type Obj, type Value } from "../protocol/values";
import type { Allowed, FormName } from "../schemas/allowed";
import type { TypeSchema } from "../schemas/catalog";
import { wrongAzureId } from "./azure-ids";
import { canonicalNetwork } from "./networks";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** https://en.wikipedia.org/wiki/ISO_8601#Durations, as Azure writes them. */
const DURATION = /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

interface Form {
  readonly fits: (text: string) => boolean;
  /** The provider's words. */
  readonly says: (name: string, text: string) => string;
}

const FORMS: Readonly<Record<FormName, Form>> = {
  notEmpty: form(
    (text) => text !== "",
    (name, text) => `expected "${name}" to not be an empty string, got ${text}`,
  ),
  notBlank: form(
    (text) => text.trim() !== "",
    (name) => `expected "${name}" to not be an empty string or whitespace`,
  ),
  uuid: form(
    (text) => UUID.test(text),
    (name, text) => `expected "${name}" to be a valid UUID, got ${text}`,
  ),
  ip: form(
    (text) => isIP(text) !== 0,
    (name, text) => `expected ${name} to contain a valid IP, got: ${text}`,
  ),
  ipv4: form(isIPv4, (name, text) => `expected ${name} to contain a valid IPv4 address, got: ${text}`),
  ipv6: form(isIPv6, (name, text) => `expected ${name} to contain a valid IPv6 address, got: ${text}`),
  cidr: form(
    (text) => canonicalNetwork(text) !== undefined,
    (name, text) => `expected "${name}" to be a valid CIDR Value, got ${text}`,
  ),
  network4: form(
    (text) => isIPv4(text.split("/")[0] ?? "") && canonicalNetwork(text) === text,
    (_, text) => {
      const meant = canonicalNetwork(text);
      return `"${text}" is not a valid IPv4 CIDR block${meant ? `; did you mean "${meant}"?` : ""}`;
    },
  ),
  time: form(
    (text) => TIME.test(text) && !Number.isNaN(Date.parse(text)),
    (name, text) => `expected "${name}" to be a valid RFC3339 date, got "${text}"`,
  ),
  duration: form(
    (text) => DURATION.test(text),
    (name, text) => `expected ${name} to be in ISO 8601 duration format, got "${text}"`,
  ),
  // The check of the SDK takes an empty text for no document at all:
  // https://pkg.go.dev/github.com/hashicorp/terraform-plugin-sdk/v2/helper/structure#NormalizeJsonString
  json: form(
    (text) => text === "" || isJson(text),
    (name) => `"${name}" contains an invalid JSON`,
  ),
  policy: form(
    (text) => /^\s*\{/.test(text) && isJson(text),
    (name, text) =>
      text === ""
        ? `"${name}" is an empty string, which is not a valid JSON value`
        : `"${name}" contains an invalid JSON policy`,
  ),
  base64: form(
    (text) => BASE64.test(text),
    (name, text) => `expected "${name}" to be a base64 string, got ${text}`,
  ),
  arn: form(
    (text) => text === "" || /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/.test(text),
    (name, text) => `"${name}" (${text}) is an invalid ARN`,
  ),
  nullableBool: form(
    (text) => ["", "true", "false", "0", "1"].includes(text),
    (name, text) => `${name}: cannot parse '${text}' as boolean`,
  ),
  nullableInt: form(
    (text) => text === "" || /^-?\d+$/.test(text),
    (name, text) => `${name}: cannot parse '${text}' as int`,
  ),
};

function form(fits: Form["fits"], says: Form["says"]): Form {
  return { fits, says };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a configuration gives that its attributes do not take. */
export function allowedProblems(schema: TypeSchema, config: Obj): Problem[] {
  return Object.entries(schema.allowed).flatMap(([path, allowed]) => {
    const steps = path.replace("[]", ".[]").split(".");
    return valuesAt(config, steps, []).flatMap(([value, at]) => {
      const summary = refusal(allowed, value, at.join("."));
      // Terraform has no paths into sets.
      const names = at.filter((step) => step !== "");
      return summary === undefined ? [] : [{ summary, path: at.includes("") ? names.slice(0, 1) : names }];
    });
  });
}

/** Every value at a path with the path that leads to it; an empty step is an element of a list or set. */
function valuesAt(value: Value | undefined, steps: readonly string[], at: Path): [Value, Path][] {
  const [step, ...rest] = steps;
  if (step === undefined) return value === undefined || value === null ? [] : [[value, at]];
  if (Array.isArray(value)) {
    if (step === "[]") return value.flatMap((item, i) => valuesAt(item, rest, [...at, i]));
    return value.flatMap((item, i) => valuesAt(item, steps, [...at, i]));
  }
  return isObject(value) ? valuesAt(value[step], rest, [...at, step]) : [];
}

/** Why a value is refused, in the provider's words; undefined when it is fine or not known yet. */
export function refusal(allowed: Allowed, value: Value, name: string): string | undefined {
  if (typeof value === "number") return wrongNumber(allowed, value, name);
  return typeof value === "string" ? wrongText(allowed, value, name) : undefined;
}

function wrongNumber({ in: values, min, max }: Allowed, value: number, name: string): string | undefined {
  if (values && !values.includes(value)) return `expected ${name} to be one of [${values.join(" ")}], got ${value}`;
  if (value >= (min ?? -Infinity) && value <= (max ?? Infinity)) return undefined;
  if (min === undefined) return `expected ${name} to be at most (${max}), got ${value}`;
  if (max === undefined) return `expected ${name} to be at least (${min}), got ${value}`;
  return `expected ${name} to be in the range (${min} - ${max}), got ${value}`;
}

function wrongText(allowed: Allowed, value: string, name: string): string | undefined {
  const { is, id, minLen = 0, maxLen = Infinity } = allowed;
  const values = allowed.in ?? allowed.anyCase;
  const fold = (text: string | number) => (allowed.anyCase ? String(text).toLowerCase() : String(text));
  if (values && !values.some((item) => fold(item) === fold(value))) {
    return `expected ${name} to be one of [${values.map((item) => `"${item}"`).join(" ")}], got ${value}`;
  }
  if (is && !FORMS[is].fits(value)) return FORMS[is].says(name, value);
  if (is === "nullableInt" && value !== "") return wrongNumber(allowed, Number(value), name);
  if (value.length < minLen || value.length > maxLen) {
    return `expected length of ${name} to be in the range (${minLen} - ${maxLen}), got ${value}`;
  }
  return id === undefined ? undefined : wrongAzureId(id, value);
}
