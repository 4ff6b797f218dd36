import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROVIDERS } from "../../local-cloud/schemas/catalog";
import { type CompactAttribute, EXTRAS, FLAGS, TYPES } from "../../local-cloud/schemas/compact";
import { schemaResponse } from "../../local-cloud/protocol/schema";
import { Catalog } from "../../local-cloud/schemas/catalog";
import { describeWithFacts, PROVIDER_FACTS } from "../support/needs";
import { ROOT } from "./support";

const FACTS = join(PROVIDER_FACTS, "schema");

type Fact = Record<string, unknown>;
interface Facts {
  provider_version: string;
  resources: Record<string, { attributes: Record<string, Fact>; schemaVersion?: number }>;
  data_sources: Record<string, { attributes: Record<string, Fact>; schemaVersion?: number }>;
}

/** A compact attribute in the words of the facts, by dotted path. */
function flatten(compact: Record<string, CompactAttribute>, prefix = ""): Record<string, Fact> {
  const result: Record<string, Fact> = {};
  for (const [name, value] of Object.entries(compact)) {
    const [code, extras] = typeof value === "string" ? [value, {}] : value;
    const [type = "", flags = ""] = code.split(" ");
    const fact: Fact = { type: TYPES[type[0] as keyof typeof TYPES] };
    if (type[1]) fact.elem = type[1] === "*" ? "object" : TYPES[type[1] as keyof typeof TYPES];
    for (const [letter, flag] of Object.entries(FLAGS)) if (flags.includes(letter)) fact[flag] = true;
    for (const [key, property] of Object.entries(EXTRAS)) {
      const extra = extras[key as keyof typeof EXTRAS];
      if (extra !== undefined) fact[property] = extra;
    }
    result[prefix + name] = fact;
    if (extras.c && name !== "timeouts") Object.assign(result, flatten(extras.c, `${prefix}${name}.`));
  }
  return result;
}

const COLLECTIONS = ["list", "set", "map"];
/** A fact without its prose, with what it leaves unsaid. */
function comparable(fact: Fact): Fact {
  const { note, deprecated, configMode, ...rest } = fact;
  const elem = rest.elem ?? (COLLECTIONS.includes(String(rest.type)) ? "string" : undefined);
  return {
    ...rest,
    ...(elem ? { elem } : {}),
    ...(deprecated ? { deprecated: true } : {}),
    ...(configMode === "attr" ? { attributeMode: true } : {}),
    ...(String(note ?? "").includes("useStateForUnknown") ? { keepsState: true } : {}),
  };
}

describeWithFacts("every flag of every type is the measured one", () => {
  test.each(PROVIDERS)("%s", (provider) => {
    const facts = JSON.parse(readFileSync(join(FACTS, `${provider}.json`), "utf8")) as Facts;
    const ours = JSON.parse(readFileSync(join(ROOT, `local-cloud/schemas/${provider}.json`), "utf8")) as {
      version: string;
      resources: Record<string, { v?: number; a: Record<string, CompactAttribute> }>;
      dataSources: Record<string, { v?: number; a: Record<string, CompactAttribute> }>;
    };
    expect(ours.version).toBe(facts.provider_version);
    for (const [kind, types] of [
      ["resources", facts.resources],
      ["dataSources", facts.data_sources],
    ] as const) {
      expect(Object.keys(ours[kind])).toEqual(Object.keys(types));
      for (const [type, { attributes, schemaVersion }] of Object.entries(types)) {
        const expected = Object.entries(attributes).map(([path, fact]) => [path, comparable(fact)]);
        const found = flatten(ours[kind][type]?.a ?? {});
        if (!attributes.id) delete found.id;
        expect({ type, attributes: found }).toEqual({ type, attributes: Object.fromEntries(expected) });
        expect([type, ours[kind][type]?.v ?? 0]).toEqual([type, schemaVersion ?? 0]);
      }
    }
  });
});

test.each(PROVIDERS)("%s: the protocol's schema has every type, and nothing twice", (provider) => {
  const catalog = new Catalog(provider);
  const response = schemaResponse(catalog) as { resource_schemas: object; data_source_schemas: object };
  expect(Object.keys(response.resource_schemas)).toEqual(catalog.resourceNames);
  expect(Object.keys(response.data_source_schemas)).toEqual(catalog.dataSourceNames);
  expect(catalog.resource("no_such_type")).toBeUndefined();
  expect(catalog.resource("constructor")).toBeUndefined();
});
