/** What the local cloud cannot stand in for, in words; and what it does otherwise than asked. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { nearest } from "../nearest";
import { Catalog, PROVIDERS, type ProviderName } from "../schemas/catalog";
import type { Configuration, UsedProvider, UsedType } from "./configuration";
import { fits } from "./versions";

const HOST = "registry.terraform.io/";
const SERVED = PROVIDERS.map((name) => `hashicorp/${name}`);
/** Providers that reach a real cloud or service; others, such as random or tls, run as themselves. */
const REACH_OUT = new Set([
  ...["google-beta", "awscc", "azuread", "azurestack", "kubernetes", "helm", "vault", "consul", "nomad", "hcp"].map(
    (name) => `hashicorp/${name}`,
  ),
  ...["azure/azapi", "cloudflare/cloudflare", "datadog/datadog", "integrations/github", "oracle/oci"],
]);

/** What is wrong with a configuration here. */
export interface Verdict {
  readonly refusals: readonly string[];
  readonly notes: readonly string[];
  /** Sources of providers that are not the local cloud's, which terraform must get from elsewhere. */
  readonly others: readonly string[];
}

export function judge({ types, providers }: Configuration): Verdict {
  const sources = new Map(providers.flatMap(({ name, source }) => (source ? [[name, plainSource(source)]] : [])));
  const sourceOf = (name: string): string => sources.get(name) ?? `hashicorp/${name}`;
  const used = new Set([
    ...providers.map(({ name }) => sourceOf(name)),
    ...types.map(({ type, provider }) => sourceOf(provider ?? prefix(type))),
  ]);
  const others = [...used].filter((source) => !SERVED.includes(source) && source !== "hashicorp/terraform").sort();
  return {
    refusals: [
      ...others.filter((source) => REACH_OUT.has(source)).map(unknownProvider),
      ...types.flatMap((one) => unknownType(one, sourceOf(one.provider ?? prefix(one.type)))),
    ],
    notes: providers.flatMap((one) => otherVersion(one, sourceOf(one.name))),
    others,
  };
}

const plainSource = (source: string): string => source.toLowerCase().replace(HOST, "");
const prefix = (type: string): string => type.split("_")[0] ?? type;
const catalogs = new Map<ProviderName, Catalog>();
const served = (source: string): Catalog | undefined => {
  const name = PROVIDERS.find((one) => `hashicorp/${one}` === source);
  if (name && !catalogs.has(name)) catalogs.set(name, new Catalog(name));
  return name && catalogs.get(name);
};

export const SERVES = `It stands in for ${SERVED.join(", ")}.`;

function unknownProvider(source: string): string {
  return (
    `the local cloud does not know the provider ${source}, which would reach the real thing. ${SERVES} ` +
    "Leave out of the configuration what needs it."
  );
}

/** A provider that is not served and that terraform could not get either. */
export const notToBeHad = (sources: readonly string[]): string =>
  `the local cloud does not know ${sources.join(", ")}, and terraform could not get ${sources.length > 1 ? "them" : "it"} from a ` +
  `registry. ${SERVES} A provider that reaches no cloud (random, null, tls, time) runs here as itself: run terraform init ` +
  "once with a network, or name a mirror in TF_CLI_CONFIG_FILE " +
  "(https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation). " +
  "terraform_data is built in and does what null_resource does.";

function unknownType({ kind, type, file }: UsedType, source: string): string[] {
  const catalog = served(source);
  if (!catalog) return [];
  const [names, others] =
    kind === "resource"
      ? [catalog.resourceNames, catalog.dataSourceNames]
      : [catalog.dataSourceNames, catalog.resourceNames];
  if (names.includes(type)) return [];
  const real = inBindings(catalog.provider, kind, type);
  const near = nearest(type, names);
  const also = others.includes(type)
    ? ` It knows ${type} as a ${kind === "resource" ? "data source" : "resource"}.`
    : "";
  return [
    `the local cloud does not know the ${kind === "resource" ? "resource type" : kind} ${type} (${file}).${also}` +
      (near.length > 0 ? ` Nearest: ${near.join(", ")}.` : "") +
      (real
        ? ` It has ${names.length} of ${source} ${catalog.version}'s; how to add one: docs/local-cloud.md, "Adding a type".`
        : ` Nor does ${source} ${catalog.version} have it.`),
  ];
}

/** Whether the provider has the type: the bindings of the pinned version have one folder for each. */
function inBindings(provider: ProviderName, kind: UsedType["kind"], type: string): boolean {
  const lib = join(__dirname, `../../node_modules/@cdktf/provider-${provider}/lib`);
  const folder = `${kind === "resource" ? "" : "data-"}${kind === "resource" ? type.replace(/^[^_]+_/, "") : type}`;
  // Without the bindings nothing is said against the type.
  return !existsSync(lib) || existsSync(join(lib, folder.replaceAll("_", "-")));
}

function otherVersion({ version, file }: UsedProvider, source: string): string[] {
  const catalog = served(source);
  if (!catalog || version === undefined || fits(catalog.version, version)) return [];
  return [`${file} asks for ${source} ${version}; what answers here is ${catalog.version}`];
}
