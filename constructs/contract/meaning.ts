/**
 * Whether two values of an attribute mean the same. Providers read back other words than were written: a link in full where
 * the configuration holds its path, JSON with other spaces and order, an id in other letters, a number as text. Review,
 * contract, drift and inventory ask here, so that none of them takes another spelling for a change.
 */
import { parseJson } from "./json-text";

const LINK =
  /^https:\/\/(?:[a-z0-9-]+\.)?googleapis\.com\/(?:[a-z]+\/)?(?:v\d+[a-z0-9]*|beta|alpha)\/(?=projects\/)|^\/\/[a-z]+\.googleapis\.com\/(?=projects\/)/;
/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules: ids are case-insensitive. */
const AZURE_ID = /^\/subscriptions\//i;
/** A path below a project that leaves the project out: https://cloud.google.com/apis/design/resource_names. */
const PARTIAL = /^(global|regions\/[^/]+|zones\/[^/]+)\/[A-Za-z]+\/[^/]+$/;

/** A text in the one form in which equal meanings are equal texts; partial links are for `sameMeaning`. */
export function canonical(text: string): string {
  if (AZURE_ID.test(text)) return text.toLowerCase();
  return (
    text
      .replace(LINK, "")
      // Read back as a range: https://cloud.google.com/compute/docs/reference/rest/v1/forwardingRules, portRange.
      .replace(/^(\d+)-\1$/, "$1")
      // CloudWatch gives a log group's ARN with the pattern of its streams:
      // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
      .replace(/^(arn:[a-z-]+:logs:[^*]*:log-group:[^:*]+):\*$/, "$1")
  );
}

export function sameMeaning(a: unknown, b: unknown): boolean {
  if (a === b || (isEmpty(a) && isEmpty(b) && (isBare(a) || isBare(b)))) return true;
  if (isObject(a) && isObject(b)) return changedPaths(a, b).length === 0;
  if (isBare(a) || isBare(b)) return false;
  const [x, y] = [canonical(String(a)), canonical(String(b))];
  return x === y || isPartOf(x, y) || isPartOf(y, x) || sameJson(x, y);
}

const isPartOf = (part: string, whole: string) =>
  PARTIAL.test(part) && whole.startsWith("projects/") && whole.endsWith(`/${part}`);

/** Dotted paths in which two values differ by what they mean, at most `most`; a path whose new value is not known is none. */
export function changedPaths(before: unknown, after: unknown, unknown: unknown = {}, most = 200): string[] {
  const found: string[] = [];
  differences(before, after, unknown, "", (path) => void (found.length < most && found.push(path)));
  return found;
}

function differences(a: unknown, b: unknown, unknown: unknown, path: string, found: (path: string) => void): void {
  if (a === b || unknown === true) return;
  if (isObject(a) && isObject(b)) {
    const mask = (isObject(unknown) ? unknown : {}) as Record<string, unknown>;
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
      differences(a[name], b[name], mask[name], path === "" ? name : `${path}.${name}`, found);
    return;
  }
  // An object that is yet to be computed whole leaves nothing but its unknown parts.
  if ((isEmpty(b) && holdsTrue(unknown)) || sameMeaning(a, b)) return;
  found(path);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isUnset = (value: unknown) => value === null || value === undefined;
/** No value of its own, or a block: what the provider fills in. A number, a text or a flag that somebody wrote is none. */
const isBare = (value: unknown) => isUnset(value) || typeof value === "object";

/** Providers on the old plugin SDK read an empty or zero value back where the configuration holds none: no difference. */
const isEmpty = (value: unknown): boolean =>
  isUnset(value) ||
  value === "" ||
  value === 0 ||
  value === false ||
  (typeof value === "object" && Object.values(value!).every(isEmpty));

export const holdsTrue = (value: unknown): boolean =>
  value === true || (isObject(value) && Object.values(value).some(holdsTrue));

function sameJson(a: string, b: string): boolean {
  const [x, y] = [parsed(a), parsed(b)];
  return isObject(x) && isObject(y) && JSON.stringify(ordered(x)) === JSON.stringify(ordered(y));
}

/** Longer texts are compared as they are. */
const LONGEST_JSON = 1 << 18;

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || text.length > LONGEST_JSON) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/**
 * Elements of a policy in which one value may stand without its list, and whose order says nothing:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
const POLICY_LISTS = ["Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated"];

/** JSON with sorted names, and a policy's lists as sets. */
function ordered(value: unknown, isPolicy = isObject(value) && "Statement" in value): unknown {
  if (Array.isArray(value)) return value.map((entry) => ordered(entry, isPolicy));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => {
        const inner = ordered(value[name], isPolicy);
        if (!isPolicy) return [name, inner];
        if (name === "Statement") return [name, [inner].flat()];
        return [name, POLICY_LISTS.includes(name) && !isMap(inner) ? [inner].flat().sort() : inner];
      }),
  );
}

const isMap = (value: unknown) => isObject(value) && !Array.isArray(value);
