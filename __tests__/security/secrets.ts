/**
 * What is secret in a synthesized file, or will be in its state. Which attributes are is not guessed: the providers' own
 * schemas mark them.
 */
import { Catalog, PROVIDERS } from "../../local-cloud/schemas/catalog";
import type { Block } from "../../local-cloud/schemas/compact";

const catalogs = PROVIDERS.map((provider) => new Catalog(provider));

/** Attributes that the provider marks sensitive and that hold no secret here. */
const SETTINGS = ["azurerm_key_vault_secret.value"];

/** Terraform's own type keeps what it is given, and is given no more than ids. */
const BUILT_IN = "terraform_data";

/** Forms of credentials that are known wherever they stand. */
const CREDENTIALS: readonly RegExp[] = [
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bAIza[\w-]{35}\b/,
  /\bya29\.[\w-]{20,}/,
  /\bAccountKey=/,
  /[?&]sig=[\w%]{20,}/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./,
  /\bgh[pousr]_\w{36}\b/,
  /\b[\w]{14}\.atlasv1\.[\w-]{60,}/,
  /:\/\/[^/\s:@"]+:[^/\s:@"]+@/,
];

/** Whether a text holds something that looks like a credential. */
export const credentialsIn = (text: string): string[] =>
  CREDENTIALS.map((form) => form.exec(text)?.[0]).filter((match) => match !== undefined);

type Json = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Json>>>>;
interface Configuration {
  readonly resource?: Blocks;
  readonly data?: Blocks;
}

/** Secrets that stand in a configuration; a type of which no schema says what is secret is named too. */
export const secretsIn = ({ resource = {} }: Configuration): string[] =>
  Object.entries(resource)
    .filter(([type]) => type !== BUILT_IN)
    .flatMap(([type, named]) => {
      const block = schemaOf("resource", type);
      if (!block) return [`${type}: no schema says what of it is secret`];
      return Object.entries(named).flatMap(([name, value]) =>
        sensitive(block, value, type).map((path) => `${path} of ${name}`),
      );
    });

/** What clouds make or hand out by themselves, and Terraform keeps in the state: `<type>.<attribute>`. */
export const secretsInState = ({ resource = {}, data = {} }: Configuration): string[] =>
  [
    ...Object.keys(resource).map((type) => ({ type, path: type, block: schemaOf("resource", type) })),
    ...Object.keys(data).map((type) => ({ type, path: `data.${type}`, block: schemaOf("dataSource", type) })),
  ].flatMap(({ type, path, block }) => {
    if (!block) return type === BUILT_IN ? [] : [`${path}: no schema says what of it is secret`];
    return [...block.values()]
      .filter(({ sensitive, computed, optional }) => sensitive && computed && !optional)
      .map(({ name }) => `${path}.${name}`);
  });

const schemaOf = (kind: "resource" | "dataSource", type: string): Block | undefined =>
  catalogs.map((catalog) => catalog[kind](type)).find((found) => found !== undefined)?.block;

function sensitive(schema: Block, value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => sensitive(schema, item, path));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const attribute = schema.get(name);
    const here = `${path}.${name}`;
    if (inner === undefined || inner === null || inner === "" || SETTINGS.includes(here)) return [];
    if (attribute?.sensitive || attribute?.writeOnly) return [here];
    return attribute?.elem instanceof Map ? sensitive(attribute.elem as Block, inner, here) : [];
  });
}
