/**
 * Reads a stack's cdk.tf.json for what a plan does not say: which objects are created before their predecessor is
 * destroyed, who depends on whom, and which provisioners run at destruction.
 */
import { readFileSync } from "node:fs";
import { jsonIn, parseJson } from "../../constructs/contract/json-text";
import { UnusableFile } from "./scan-file";

export interface Block {
  readonly address: string;
  readonly type: string;
  readonly createBeforeDestroy: boolean;
  readonly preventDestroy: boolean;
  /** Addresses whose replacement replaces this one too. */
  readonly triggeredBy: readonly string[];
  /** Addresses that this one depends on, by reference or by `depends_on`. */
  readonly dependsOn: readonly string[];
  readonly hasDestroyProvisioner: boolean;
  /** A data source that takes whatever is newest. */
  readonly mostRecent: boolean;
}

export interface Configuration {
  readonly file: string;
  readonly stack?: string;
  readonly blocks: ReadonlyMap<string, Block>;
  /** Stacks whose outputs this one reads. */
  readonly reads: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** @throws UnusableFile with one clear reason. */
export function readConfiguration(file: string): Configuration {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UnusableFile(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  const what = "give the stack's cdk.tf.json, as cdktf synth writes it to cdktf.out/stacks/<stack>/";
  if (bytes.length === 0) throw new UnusableFile(`${file} is empty; ${what}`);
  let json: unknown;
  try {
    json = parseJson(jsonIn(bytes));
  } catch (error) {
    throw new UnusableFile(`${file} is not JSON: ${(error as Error).message}; ${what}`);
  }
  const root = objectOf(json);
  if (root.resource_changes !== undefined)
    throw new UnusableFile(`${file} is a plan; give it with --plan, and ${what}`);
  if (!isObject(root.resource) && !isObject(root.terraform))
    throw new UnusableFile(`${file} is not a configuration; ${what}`);
  return configurationOf(file, root);
}

/** Terraform accepts an object, or a list of objects, for a block. */
const blocksIn = (section: unknown): [string, string, Json][] =>
  Object.entries(objectOf(section)).flatMap(([type, named]) =>
    Object.entries(objectOf(named)).flatMap(([name, body]) =>
      listOf(body).map((one): [string, string, Json] => [type, name, objectOf(one)]),
    ),
  );

function configurationOf(file: string, root: Json): Configuration {
  const resources = blocksIn(root.resource);
  const data = blocksIn(root.data);
  const known = new Set([
    ...resources.map(([type, name]) => `${type}.${name}`),
    ...data.map(([type, name]) => `data.${type}.${name}`),
  ]);
  const locals = new Map(listOf(root.locals).flatMap((one) => Object.entries(objectOf(one))));
  const references = (value: unknown) => referencesOf(value, known, locals);
  const blocks = [
    ...resources.map(([type, name, body]): Block => {
      const lifecycle = objectOf(listOf(body.lifecycle)[0]);
      return {
        address: `${type}.${name}`,
        type,
        createBeforeDestroy: lifecycle.create_before_destroy === true,
        preventDestroy: lifecycle.prevent_destroy === true,
        triggeredBy: references(listOf(lifecycle.replace_triggered_by).map((text) => `\${${String(text)}}`)),
        dependsOn: dependenciesOf(body, references).filter((address) => address !== `${type}.${name}`),
        hasDestroyProvisioner: JSON.stringify(body.provisioner ?? "").includes('"when":"destroy"'),
        mostRecent: false,
      };
    }),
    ...data.map(
      ([type, name, body]): Block => ({
        address: `data.${type}.${name}`,
        type,
        createBeforeDestroy: false,
        preventDestroy: false,
        triggeredBy: [],
        dependsOn: dependenciesOf(body, references),
        hasDestroyProvisioner: false,
        mostRecent: body.most_recent === true || body.most_recent === "true" || body.family !== undefined,
      }),
    ),
  ];
  const stack = objectOf(objectOf(root["//"]).metadata).stackName;
  return {
    file,
    ...(typeof stack === "string" ? { stack } : {}),
    blocks: new Map(blocks.map((block) => [block.address, block])),
    reads: data.flatMap(([type, name]) =>
      type === "terraform_remote_state" ? [name.replace(/^cross-stack-reference-input-/, "")] : [],
    ),
  };
}

const dependenciesOf = (body: Json, references: (value: unknown) => string[]): string[] => [
  ...new Set([
    ...references(body),
    ...references(listOf(body.depends_on).map((address) => `\${${String(address)}}`)),
    ...references(
      listOf(objectOf(listOf(body.lifecycle)[0]).replace_triggered_by).map((text) => `\${${String(text)}}`),
    ),
  ]),
];

const REFERENCE = /\b(?:(data)\.)?([a-z][a-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_-]*)/g;

function referencesOf(value: unknown, known: ReadonlySet<string>, locals: ReadonlyMap<string, unknown>): string[] {
  const found = new Set<string>();
  const visited = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part === "string") {
      if (!part.includes("${") && !part.includes("%{")) return;
      for (const [, data, type = "", name = ""] of part.matchAll(REFERENCE)) {
        const address = `${data ? "data." : ""}${type}.${name}`;
        if (known.has(address)) found.add(address);
        else if (type === "local" && !visited.has(name)) {
          visited.add(name);
          visit(locals.get(name));
        }
      }
    } else if (typeof part === "object" && part !== null)
      for (const [name, inner] of Object.entries(part)) if (name !== "//") visit(inner);
  };
  visit(value);
  return [...found];
}

/** Everything that depends on an address, however far, nearest first. */
export function dependentsOf(configuration: Configuration, address: string): string[] {
  const found = new Set<string>();
  const waiting = [address];
  for (let current = waiting.shift(); current !== undefined; current = waiting.shift())
    for (const block of configuration.blocks.values())
      if (block.dependsOn.includes(current) && !found.has(block.address)) {
        found.add(block.address);
        waiting.push(block.address);
      }
  found.delete(address);
  return [...found];
}
