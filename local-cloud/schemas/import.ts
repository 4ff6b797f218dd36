/**
 * Writes the schema data files from the measured facts about the real providers.
 *
 * usage: tsx local-cloud/schemas/import.ts [folder of the facts, default ../shared/provider-facts]
 * The provider blocks, which the facts do not have, come from the names in the pinned @cdktf/provider-* packages.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CompactAttribute, type CompactExtras, EXTRAS, FLAGS, TYPES } from "./compact";
import { providerBlock } from "./provider-block";

type Fact = Record<string, unknown> & { type: string; elem?: string; note?: string };
interface TypeFacts {
  attributes: Record<string, Fact>;
  schemaVersion?: number;
  update?: boolean;
  framework?: boolean;
  timeoutKeys?: string[];
  planInterceptors?: string[];
  configValidators?: string[];
}

const TYPE_LETTER = Object.fromEntries(Object.entries(TYPES).map(([letter, type]) => [type, letter]));

/** One attribute of the facts in compact form, without its children. */
export function compactFact(fact: Fact): [string, CompactExtras] {
  const nested = fact.elem === "object";
  const collection = ["list", "set", "map", "object"].includes(fact.type);
  const elem = nested ? "*" : collection ? TYPE_LETTER[fact.elem ?? "string"] : "";
  const flag = (property: string): boolean => {
    if (property === "attributeMode") return fact.configMode === "attr";
    if (property === "keepsState") return fact.note?.includes("useStateForUnknown") ?? false;
    return Boolean(fact[property]);
  };
  const flags = Object.entries(FLAGS).flatMap(([letter, property]) => (flag(property) ? [letter] : []));
  const extras: CompactExtras = {};
  for (const [key, property] of Object.entries(EXTRAS)) {
    if (fact[property] !== undefined) Object.assign(extras, { [key]: fact[property] });
  }
  return [`${TYPE_LETTER[fact.type]}${elem} ${flags.join("")}`.trim(), extras];
}

/** The dotted facts of one type as a tree in compact form. */
export function compactType(
  provider: string,
  facts: TypeFacts,
  kind: "resources" | "data_sources",
): Record<string, unknown> {
  const root: Record<string, CompactAttribute> = {};
  const children = new Map<string, Record<string, CompactAttribute>>([["", root]]);
  for (const [path, fact] of Object.entries(facts.attributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [code, extras] = compactFact(fact);
    const dot = path.lastIndexOf(".");
    if (fact.elem === "object") {
      extras.c = path === "timeouts" ? timeouts(provider, facts, kind) : {};
      children.set(path, extras.c);
    }
    const parent = children.get(path.slice(0, Math.max(dot, 0)));
    if (!parent) throw new Error(`${path}: its parent is not in the facts`);
    parent[path.slice(dot + 1)] = Object.keys(extras).length > 0 ? [code, extras] : code;
  }
  if (!facts.framework) root.id ??= "s OC";
  const interceptors = facts.planInterceptors?.join() ?? "";
  const one = (facts.configValidators ?? []).flatMap((text) => {
    const names = /ExactlyOneOf\((.*)\)/.exec(text)?.[1];
    return names ? [names.split(/,\s*/)] : [];
  });
  return {
    ...(facts.schemaVersion ? { v: facts.schemaVersion } : {}),
    ...(facts.framework ? { framework: true } : {}),
    ...(kind === "resources" && facts.update === false ? { update: false } : {}),
    ...(/defaultRegion/i.test(interceptors) ? { region: true } : {}),
    ...(/tagsAll|tags_all/i.test(interceptors) ? { tagsAll: true } : {}),
    ...(one.length > 0 ? { one } : {}),
    a: root,
  };
}

function timeouts(provider: string, facts: TypeFacts, kind: string): Record<string, CompactAttribute> {
  const noted = /timeouts keys: ([\w,]+)/.exec(facts.attributes.timeouts?.note ?? "")?.[1]?.split(",");
  const usual = ["create", ...(provider === "azurerm" ? ["read"] : []), ...(facts.update ? ["update"] : []), "delete"];
  const keys = facts.timeoutKeys ?? noted ?? (kind === "data_sources" ? ["read"] : usual);
  return Object.fromEntries(keys.map((key) => [key, "s O"]));
}

function main(folder: string): void {
  for (const provider of ["aws", "google", "azurerm"]) {
    const facts = JSON.parse(readFileSync(join(folder, "schema", `${provider}.json`), "utf8"));
    const types = (kind: "resources" | "data_sources") =>
      Object.fromEntries(
        Object.entries(facts[kind] as Record<string, TypeFacts>).map(([type, of]) => [
          type,
          compactType(provider, of, kind),
        ]),
      );
    const lines = (record: Record<string, unknown>) =>
      `{\n${Object.entries(record)
        .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
        .join(",\n")}\n }`;
    const text = `{\n "version": ${JSON.stringify(facts.provider_version)},\n "provider": ${JSON.stringify(
      providerBlock(provider),
    )},\n "resources": ${lines(types("resources"))},\n "dataSources": ${lines(types("data_sources"))}\n}\n`;
    writeFileSync(join(__dirname, `${provider}.json`), text);
  }
}

if (require.main === module) main(process.argv[2] ?? join(__dirname, "../../../shared/provider-facts"));
