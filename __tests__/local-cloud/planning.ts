import { asRead } from "../../local-cloud/cloud/as-read";
import { fillUnknowns } from "../../local-cloud/cloud/computed";
import { plan } from "../../local-cloud/rules";
import type { PlanResult, ProviderSettings } from "../../local-cloud/engine/request";
import type { Obj, Value } from "../../local-cloud/protocol/values";
import { Catalog, PROVIDERS, type TypeSchema } from "../../local-cloud/schemas/catalog";

/** Plans of single resources on the real schemas, without terraform. */

export const SETTINGS: ProviderSettings = {
  ...{ region: "us-east-1", project: "demo", subscription: "s", defaultTags: {}, defaultLabels: {} },
  ...{ ignoreTags: [], ignoreTagPrefixes: [], attributionLabel: false, attributionProactive: false, features: {} },
};
const catalogs = PROVIDERS.map((provider) => new Catalog(provider));
export const schemaOf = (type: string): TypeSchema => {
  const schema = catalogs.map((catalog) => catalog.resource(type)).find((found) => found !== undefined);
  if (!schema) throw new Error(`no schema of ${type}`);
  return schema;
};

/** Plans a create, or an update of an object that is as configured but for `prior`. */
export function planned(type: string, config: Obj, prior: Obj | null = null, settings = SETTINGS): PlanResult {
  const schema = schemaOf(type);
  const value = (name: string, from: Obj | null): Value =>
    config[name] ?? (schema.block.get(name)?.computed ? (from?.[name] ?? null) : null);
  const of = (from: Obj | null): Obj =>
    Object.fromEntries([...schema.block].map(([name, { block }]) => [name, value(name, from) ?? (block ? [] : null)]));
  const before = prior && { ...of(null), id: "i", ...prior };
  return plan({ schema, prior: before, proposed: of(before), config: of(null), settings });
}

/** Makes an object and plans a change of it: what the first plan leaves open, the cloud fills in. */
export function changed(type: string, first: Obj, second: Obj): { prior: Obj; result: PlanResult } {
  const schema = schemaOf(type);
  const made = planned(type, first).planned;
  const world = { region: "us-east-1", find: () => undefined };
  const prior = asRead(schema, { ...fillUnknowns(schema, made, made, "seed", world), id: first.id ?? "i" }, world);
  const computed = Object.fromEntries(
    [...schema.block].filter(([, { computed }]) => computed).map(([name]) => [name, prior[name] ?? null]),
  );
  const given = Object.fromEntries(Object.entries(second).filter(([, value]) => value !== null));
  const config = Object.fromEntries(
    [...schema.block].map(([name, { block }]) => [name, given[name] ?? (block ? [] : null)]),
  );
  return {
    prior,
    result: plan({ schema, prior, proposed: { ...config, ...computed, ...given }, config, settings: SETTINGS }),
  };
}
