/**
 * Whether a configuration that a pull request synthesized may be planned with credentials: planning runs providers and
 * data sources, so only known providers, and nothing that runs commands or calls addresses of its choice, is let in.
 */
import { readFileSync, statSync } from "node:fs";
import { parseJson, reasonOf } from "../constructs/contract/json-text";
import { basename } from "node:path";
import { READ } from "../constructs/contract/addresses";
import { beyondGiven, beyondWords } from "../constructs/contract/given";
import { UnusableFile } from "./read/scan-file";
import { ownIn } from "../constructs/contract/own";

const PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  aws: ["aws", "hashicorp/aws"],
  google: ["google", "hashicorp/google"],
  azurerm: ["azurerm", "hashicorp/azurerm"],
};
const SECTIONS = [
  "//",
  "check",
  "data",
  "locals",
  "moved",
  "output",
  "provider",
  "removed",
  "resource",
  "terraform",
  "variable",
];
const TERRAFORM = ["backend", "cloud", "required_providers", "required_version"];
const TYPES = /^(aws|google|azurerm)_[a-z0-9_]+$/;
const MOST_BYTES = 8 * 1024 * 1024;

/** A stack is of one cloud: the provider of another one would run with credentials that the stack does not need. */
function cloudsIn(root: Record<string, unknown>): string[] {
  const { terraform, provider, data, resource } = root;
  const providers = [objectOf(terraform).required_providers, provider].flatMap((each) => Object.keys(objectOf(each)));
  const types = [data, resource].flatMap((each) => Object.keys(objectOf(each))).filter((type) => TYPES.test(type));
  const used = new Set([...providers, ...types.map((type) => type.split("_")[0]!)]);
  return Object.keys(PROVIDERS).filter((name) => used.has(name));
}

/** Rights and ways that no construct of the object's name gives, as far as they are written out. */
const givenBesides = (resources: unknown): string[] =>
  Object.entries(objectOf(resources)).flatMap(([type, blocks]) =>
    Object.entries(objectOf(blocks)).flatMap(([name, block]) =>
      [block]
        .flat()
        .flatMap((values) => beyondGiven({ type, name, values, hasExpressions: true }))
        .map((more) => `gives ${type}.${name} ${beyondWords(more)}, which no construct of this project gives`),
    ),
  );

/** What keeps a state says the stack's name: of a new stack nothing else shows whose state it would read. */
function isOwnPlace(configuration: unknown): boolean {
  const root = objectOf(configuration);
  const terraform = objectOf(root.terraform);
  const name = objectOf(objectOf(root["//"]).metadata).stackName;
  const places = Object.values(objectOf(terraform.backend)).map(objectOf);
  const { key, prefix, path } = places[0] ?? {};
  const at = key ?? prefix ?? path ?? objectOf(objectOf(terraform.cloud).workspaces).name;
  return typeof at === "string" && typeof name === "string" && basename(at).replace(/[.]tfstate$/, "") === name;
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** What Terraform lets go of and leaves where it is; a removed block may also destroy, and run commands while it does. */
const letsGo = (block: unknown): boolean =>
  JSON.stringify(block) === JSON.stringify({ from: objectOf(block).from, lifecycle: { destroy: false } });

/**
 * Why a configuration is not let in; empty when it is.
 *
 * @param trusted the same stack as the target branch synthesizes it: where its state is must not change; undefined for a new stack
 */
export function refusals(configuration: unknown, trusted: unknown): string[] {
  const root = objectOf(configuration);
  const terraform = objectOf(root.terraform);
  const outside = (names: readonly string[], allowed: readonly string[]) =>
    names.filter((name) => !allowed.includes(name));
  const place = (json: unknown) =>
    JSON.stringify([objectOf(objectOf(json).terraform).backend, objectOf(objectOf(json).terraform).cloud]);
  return [
    ...outside(Object.keys(root), SECTIONS).map((name) => `has a section "${name}"; allowed: ${SECTIONS.join(", ")}`),
    ...outside(Object.keys(terraform), TERRAFORM).map(
      (name) => `has terraform.${name}; allowed: ${TERRAFORM.join(", ")}`,
    ),
    ...Object.entries(objectOf(terraform.required_providers))
      .filter(([name, required]) => !ownIn(PROVIDERS, name)?.includes(String(objectOf(required).source)))
      .map(([name]) => `requires a provider "${name}"; allowed: ${Object.keys(PROVIDERS).join(", ")} of hashicorp`),
    ...outside(Object.keys(objectOf(root.provider)), Object.keys(PROVIDERS)).map(
      (name) => `configures a provider "${name}"`,
    ),
    ...Object.keys(objectOf(root.data))
      .filter((type) => !TYPES.test(type))
      .map((type) => `reads data of type "${type}", which may run a command or call any address`),
    ...Object.keys(objectOf(root.data))
      .filter((type) => TYPES.test(type) && !READ.includes(type))
      .map((type) => `reads data of type "${type}", which no construct of this project reads`),
    ...givenBesides(root.resource),
    ...(cloudsIn(root).length > 1
      ? [`is of several clouds: ${cloudsIn(root).join(", ")}; a stack of this project is of one`]
      : []),
    ...(trusted === undefined && !isOwnPlace(configuration)
      ? ["is new, and keeps its state under another name than the stack's own"]
      : []),
    ...Object.keys(objectOf(root.resource))
      .filter((type) => !TYPES.test(type) && type !== "terraform_data")
      .map((type) => `has a resource of type "${type}"`),
    ...Object.entries(objectOf(root.check))
      .filter(([, check]) => [check].flat().some((one) => Object.keys(objectOf(one)).some((name) => name !== "assert")))
      .map(([name]) => `has a check "${name}" that does more than assert, such as reading data of its own`),
    ...[root.removed ?? []]
      .flat()
      .filter((block) => !letsGo(block))
      .map(() => "has a removed block that does more than let go of an object"),
    ...(trusted !== undefined && place(configuration) !== place(trusted)
      ? ["moves the state: backend or cloud differs from the target branch"]
      : []),
  ];
}

/** @throws UnusableFile that lists every reason. */
export function admit(file: string, trustedFile?: string): void {
  const read = (name: string): unknown => {
    if (statSync(name).size > MOST_BYTES) throw new UnusableFile(`${name} is larger than 8 MB, which no stack is`);
    return parseJson(readFileSync(name, "utf8"));
  };
  let found: string[];
  try {
    found = refusals(read(file), trustedFile === undefined ? undefined : read(trustedFile));
  } catch (error) {
    if (error instanceof UnusableFile) throw error;
    throw new UnusableFile(`${file} is not a readable configuration: ${reasonOf(error)}`);
  }
  if (found.length > 0)
    throw new UnusableFile(found.map((reason) => `${file} is not planned with credentials: it ${reason}`).join("\n"));
}
