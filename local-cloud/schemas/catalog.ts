/**
 * The three providers' schemas, read from the data files: `<provider>.json` is measured, and `beyond.json` holds the few types
 * more that the project needs, read from the providers' source.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Allowed } from "./allowed";
import { type Block, type CompactAttribute, expand } from "./compact";

export const PROVIDERS = ["aws", "google", "azurerm"] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** What the facts say about one resource or data source type. */
export interface TypeSchema {
  readonly name: string;
  readonly provider: ProviderName;
  readonly version: number;
  readonly block: Block;
  /** Written on the plugin framework: stricter planning rules. */
  readonly framework: boolean;
  /** False when the type has no update: every change is a replacement. */
  readonly updatable: boolean;
  /** Takes its region from the provider's configuration. */
  readonly region: boolean;
  /** Merges the provider's default tags into `tags_all`. */
  readonly tagsAll: boolean;
  /** Groups of attributes of which exactly one must be set. */
  readonly exactlyOneOf: readonly (readonly string[])[];
  /** The values that attributes take, by path. */
  readonly allowed: Readonly<Record<string, Allowed>>;
}

interface CompactType {
  v?: number;
  framework?: boolean;
  update?: boolean;
  region?: boolean;
  tagsAll?: boolean;
  one?: string[][];
  a: Record<string, CompactAttribute>;
}

interface CompactProvider {
  version: string;
  provider: Record<string, CompactAttribute>;
  resources: Record<string, CompactType>;
  dataSources: Record<string, CompactType>;
}

/** One provider's schemas; a type is expanded when it is first asked for. */
export class Catalog {
  readonly provider: ProviderName;
  readonly version: string;
  readonly config: Block;
  readonly resourceNames: readonly string[];
  readonly dataSourceNames: readonly string[];
  readonly #types = new Map<string, TypeSchema>();
  readonly #data: CompactProvider;
  readonly #allowed: Record<string, Record<string, Allowed>>;

  constructor(provider: ProviderName) {
    this.provider = provider;
    const read = (name: string): unknown => JSON.parse(readFileSync(join(__dirname, `${name}.json`), "utf8"));
    const data = read(provider) as CompactProvider;
    const beyond = (read("beyond") as Partial<Record<ProviderName, Partial<CompactProvider>>>)[provider];
    this.#data = {
      ...data,
      resources: { ...data.resources, ...beyond?.resources },
      dataSources: { ...data.dataSources, ...beyond?.dataSources },
    };
    this.#allowed = read(`${provider}-allowed`) as Record<string, Record<string, Allowed>>;
    this.version = this.#data.version;
    this.config = expand(this.#data.provider);
    this.resourceNames = Object.keys(this.#data.resources);
    this.dataSourceNames = Object.keys(this.#data.dataSources);
  }

  resource(name: string): TypeSchema | undefined {
    return this.#find("resources", name);
  }

  dataSource(name: string): TypeSchema | undefined {
    return this.#find("dataSources", name);
  }

  #find(kind: "resources" | "dataSources", name: string): TypeSchema | undefined {
    const key = `${kind}/${name}`;
    const known = this.#types.get(key);
    if (known) return known;
    const compact = Object.hasOwn(this.#data[kind], name) ? this.#data[kind][name] : undefined;
    if (!compact) return undefined;
    const schema: TypeSchema = {
      name,
      provider: this.provider,
      version: compact.v ?? 0,
      block: expand(compact.a),
      framework: compact.framework ?? false,
      updatable: compact.update ?? true,
      region: compact.region ?? false,
      tagsAll: compact.tagsAll ?? false,
      exactlyOneOf: compact.one ?? [],
      allowed: (kind === "resources" && this.#allowed[name]) || {},
    };
    this.#types.set(key, schema);
    return schema;
  }
}
