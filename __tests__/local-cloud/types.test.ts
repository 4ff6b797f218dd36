import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "../../local-cloud/cloud/apply";
import { readDataSource } from "../../local-cloud/cloud/data-sources";
import { CloudError } from "../../local-cloud/cloud/errors";
import { missingReference } from "../../local-cloud/cloud/graph";
import { importState, readLive } from "../../local-cloud/cloud/read";
import { Store } from "../../local-cloud/cloud/store";
import { plan } from "../../local-cloud/rules";
import { equal, type Obj, type Value } from "../../local-cloud/protocol/values";
import { Catalog, PROVIDERS, type TypeSchema } from "../../local-cloud/schemas/catalog";
import type { Attribute, Block } from "../../local-cloud/schemas/compact";
import { SETTINGS } from "./planning";

/** Every type lives through the local cloud: made, read, planned again, changed, imported, destroyed. */

const SAMPLES: Record<string, Value> = { string: "a1b2c3", int: 1, float: 1, bool: true, map: {} };

/** What a cloud asks for beyond the required attributes. */
const NEEDED: Record<string, Obj> = {
  azurerm_linux_virtual_machine_scale_set: { disable_password_authentication: false },
};

/** What is required, and nothing else; a choice that the provider restricts is its first. */
function minimal(block: Block, schema: TypeSchema, path = ""): Obj {
  return Object.fromEntries(
    [...block].map(([name, attribute]) => {
      const at = path === "" ? name : `${path}.${name}`;
      return [name, attribute.required ? sample(attribute, schema, at) : attribute.block ? [] : null];
    }),
  );
}

function sample({ type, elem }: Attribute, schema: TypeSchema, path: string): Value {
  const { in: values, min } = schema.allowed[path] ?? {};
  if (elem instanceof Map) return type === "object" ? null : [minimal(elem, schema, path)];
  if (type === "list" || type === "set") return [SAMPLES[(elem as string) ?? "string"] ?? null];
  const value = values?.[0] ?? min ?? SAMPLES[type] ?? null;
  // A group of nobody is complete at once.
  return /size$|^instances$/.test(path) && type === "int" ? 0 : value;
}

describe.each(PROVIDERS)("%s", (provider) => {
  const catalog = new Catalog(provider);
  let folder: string;
  let store: Store;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "local-cloud-types-"));
    store = new Store(folder);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  const settings = { ...SETTINGS, zone: "us-east-1-a" };
  const planOf = (schema: TypeSchema, config: Obj, prior: Obj | null) => {
    const merged = [...schema.block].map(([name, { computed }]) => [
      name,
      (computed && config[name] === null ? prior?.[name] : config[name]) ?? null,
    ]);
    const proposed = { ...(Object.fromEntries(merged) as Obj), ...(prior ? { id: prior.id ?? null } : {}) };
    return plan({ schema, prior, proposed, config, settings }).planned;
  };

  /** Puts there what an object refers to. */
  function parents(schema: TypeSchema, attributes: Obj): void {
    const put = (type: string, name: string) =>
      store.put({ key: `${type} ${name}`, type, id: name, serial: 0, attributes: { name } });
    if (typeof attributes.resource_group_name === "string")
      put("azurerm_resource_group", attributes.resource_group_name);
    let missing = missingReference(store, schema.name, attributes);
    for (; missing; missing = missingReference(store, schema.name, attributes))
      put(missing.parents[0] ?? "", missing.value);
  }

  test("every type is made, read, planned empty, imported and destroyed", async () => {
    const cloud = new Cloud(store, { unhealthy: "", bootMs: 0 });
    const refused: string[] = [];
    for (const name of catalog.resourceNames) {
      const schema = catalog.resource(name) as TypeSchema;
      const config = { ...minimal(schema.block, schema), ...NEEDED[name] };
      parents(schema, config);
      const made = await cloud.create(schema, planOf(schema, config, null), settings).catch((error: unknown) => {
        if (error instanceof CloudError) refused.push(`${name}: ${error.message.slice(0, 90)}`);
        else throw error;
      });
      if (!made) continue;
      const read = readLive(cloud, schema, made, settings);
      expect([name, read]).toEqual([name, made]);
      const again = planOf(schema, config, made);
      expect([name, [...schema.block.keys()].filter((key) => !equal(again[key] ?? null, made[key] ?? null))]).toEqual([
        name,
        [],
      ]);
      const found = importState(cloud, schema, String(made.id), settings);
      expect([name, found.id]).toEqual([name, made.id]);
      expect((await cloud.update(schema, made, made, settings)).id).toBe(made.id);
      await cloud.delete(schema, made, settings);
      expect([name, readLive(cloud, schema, made, settings)]).toEqual([name, null]);
    }
    expect(refused).toEqual([]);
  });

  test("every data source answers, or says that it found nothing", () => {
    const cloud = new Cloud(store, { unhealthy: "", bootMs: 0 });
    for (const name of catalog.dataSourceNames) {
      const schema = catalog.dataSource(name) as TypeSchema;
      try {
        const state = readDataSource(cloud, schema, minimal(schema.block, schema), settings);
        expect([name, Object.keys(state).sort()]).toEqual([name, [...schema.block.keys()].sort()]);
      } catch (error) {
        expect([name, error]).toEqual([name, expect.any(CloudError)]);
        expect((error as Error).message).toMatch(
          /^(no|your query returned no|at least one of) |was not found$|Make the search narrower$/i,
        );
      }
    }
  });
});
