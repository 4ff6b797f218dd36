/** Whether an object fits the search of a data source: attributes, tags and AWS filters. */
import type { ProviderSettings } from "../engine/request";
import { equal, isObject, type Obj, type Value } from "../protocol/values";
import { differ, sameLink } from "./links";
import type { CloudObject } from "./store";

/** Arguments that steer a search and are no attributes of what is found. */
const STEERING = [
  "timeouts",
  "filter",
  "tags",
  "owners",
  "most_recent",
  "state",
  "default_for_az",
  "include_deprecated",
];
/** Where an object stands when the search does not say. */
const PLACES = ["region", "zone", "project"] as const;
/** A whole link says where the object stands; the provider's own place does not count then. */
const LINK = /(^|\/)projects\/[^/]+\//;

/** Whether everything that the configuration says is true of the object. */
export function matches(object: CloudObject, config: Obj, settings: ProviderSettings): boolean {
  const linked = ["self_link", "name"].some((name) => LINK.test(String(config[name])));
  for (const place of PLACES) {
    const wanted = config[place] ?? (linked ? null : settings[place]);
    if (differ(object.attributes[place], wanted)) return false;
  }
  return (
    Object.entries(config).every(([name, value]) => STEERING.includes(name) || fits(object, name, value)) &&
    tagsFit(object, config.tags ?? null) &&
    filtersFit(object, config.filter ?? null)
  );
}

/** Arguments that are called otherwise in the object itself. */
const FOUND_BY: Record<string, Record<string, (attributes: Obj) => Value>> = {
  aws_db_instance: { db_instance_identifier: ({ identifier }) => identifier ?? null },
  aws_route53_zone: {
    private_zone: ({ vpc }) => Array.isArray(vpc) && vpc.length > 0,
    vpc_id: ({ vpc }) => (Array.isArray(vpc) && isObject(vpc[0]) ? (vpc[0].vpc_id ?? null) : null),
  },
};

function fits(object: CloudObject, name: string, value: Value): boolean {
  if (value === null || value === false || (Array.isArray(value) && value.length === 0)) return true;
  const found = FOUND_BY[object.type]?.[name];
  const own = name === "id" ? object.id : (found?.(object.attributes) ?? object.attributes[name] ?? null);
  if (typeof value === "string" && typeof own === "string") return sameText(own, value);
  return equal(own, value);
}

const sameText = (own: string, wanted: string): boolean =>
  own === wanted || sameLink(own, wanted) || azureEqual(own, wanted);

const azureEqual = (own: string, wanted: string): boolean =>
  own.startsWith("/subscriptions/") && own.toLowerCase() === wanted.toLowerCase();

/** An object's tags, also those of a group, which are blocks. */
export function tagsOf({ attributes }: CloudObject): Record<string, string> {
  const maps = [attributes.tags_all, attributes.tags].filter(isObject).reverse();
  const blocks = Array.isArray(attributes.tag) ? attributes.tag.filter(isObject) : [];
  const pairs = blocks.map((tag) => [String(tag.key), String(tag.value)]);
  return Object.assign({}, ...maps, Object.fromEntries(pairs)) as Record<string, string>;
}

function tagsFit(object: CloudObject, wanted: Value): boolean {
  const tags = tagsOf(object);
  return !isObject(wanted) || Object.entries(wanted).every(([key, value]) => tags[key] === value);
}

/** Whether an object passes a list of AWS filters; a value may hold `*`. */
export function filtersFit(object: CloudObject, filters: Value): boolean {
  if (!Array.isArray(filters)) return true;
  return filters.filter(isObject).every(({ name, values }) => {
    const wanted = Array.isArray(values) ? values.map(String) : [];
    const own = filterValues(object, String(name));
    return wanted.some((pattern) => own.some((value) => wildcard(pattern).test(value)));
  });
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );

/** Filters whose name is not that of an attribute. */
const FILTER_ATTRIBUTES: Record<string, string> = {
  "group-name": "name",
  "group-id": "id",
  "subnet-id": "id",
  "image-id": "id",
  "auto-scaling-group": "name",
  "association.main": "main",
  "is-default": "default",
  isDefault: "default",
};

function filterValues(object: CloudObject, name: string): string[] {
  const tags = tagsOf(object);
  if (name.startsWith("tag:")) return [tags[name.slice(4)] ?? []].flat();
  if (name === "tag-key" || name === "key") return Object.keys(tags);
  if (name === "tag-value" || name === "value") return Object.values(tags);
  const own = object.attributes[FILTER_ATTRIBUTES[name] ?? name.replaceAll("-", "_")];
  return own === undefined || own === null || typeof own === "object" ? [] : [String(own)];
}
