/** Which stacks a command looks at: what the last synth wrote, chosen by name or by environment. */
import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { LAYERS } from "../constructs/contract/names";
import { jsonIn, parseJson, reasonOf } from "../constructs/contract/json-text";
import { CLOUDS, type Cloud } from "../constructs/contract/spec";
import { refuse } from "../images/refuse";
import { typed } from "../releases/command-for";

/** Folder that cdktf synthesizes to. */
export const OUTPUT = "cdktf.out";

export interface StackName {
  readonly environment: string;
  /** The service, or the layer that every service of a placement stands on: foundation, persistent. */
  readonly layer: string;
  readonly cloud: Cloud;
  readonly region: string;
}

const FORM = new RegExp(`^([a-z0-9]+)-(.+)-(${CLOUDS.join("|")})-(.+)$`);

/** What a stack's name says; undefined for a name of another form. */
export function parseStackName(stack: string): StackName | undefined {
  const [, environment, layer, cloud, region] = FORM.exec(stack) ?? [];
  return environment && layer && cloud && region ? { environment, layer, cloud: cloud as Cloud, region } : undefined;
}

export const stackFolder = (output: string, stack: string): string => join(output, "stacks", stack);

const manifest = z.object({
  stacks: z.record(z.string(), z.object({ name: z.string(), dependencies: z.array(z.string()).default([]) })),
});

/** Stacks of the last synth, sorted. @throws InvalidInputError when there was none */
export const synthesizedStacks = (output: string): string[] => Object.keys(readManifest(output)).sort();

/**
 * What each stack stands on, of all that were synthesized: what lies lower in its placement, and what its own code names.
 * Those that stand on nothing come first. @throws InvalidInputError when there was no synth
 */
export function groundsOf(output: string): ReadonlyMap<string, readonly string[]> {
  const stacks = readManifest(output);
  const names = Object.keys(stacks).sort((a, b) => layerOf(a) - layerOf(b) || (a < b ? -1 : 1));
  const grounds = names.map((name) => {
    const lower = names.filter((other) => samePlace(name, other) && layerOf(other) < layerOf(name));
    return [name, [...new Set([...lower, ...stacks[name]!.dependencies])]] as const;
  });
  return afterWhatTheyStandOn(new Map(grounds));
}

const layerOf = (stack: string): number => {
  const layer = LAYERS.indexOf(parseStackName(stack)?.layer ?? "");
  return layer === -1 ? LAYERS.length : layer;
};

function samePlace(a: string, b: string): boolean {
  const [one, other] = [parseStackName(a), parseStackName(b)];
  return (
    one !== undefined &&
    other !== undefined &&
    (["environment", "cloud", "region"] as const).every((part) => one[part] === other[part])
  );
}

function afterWhatTheyStandOn(grounds: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const placed = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  const place = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const below = (grounds.get(name) ?? []).filter((ground) => grounds.has(ground));
    below.forEach(place);
    placed.set(name, below);
  };
  [...grounds.keys()].forEach(place);
  return placed;
}

const readManifest = (output: string): z.output<typeof manifest>["stacks"] =>
  readSynthesized(join(output, "manifest.json"), manifest).stacks;

/** A file that the synth wrote. @throws InvalidInputError when it is missing, no JSON, or of another form */
export function readSynthesized<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  const advice = `synthesize the fleet first: ${typed("npx cdktf synth")}`;
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return refuse(file, `is missing; ${advice}`);
  }
  let json: unknown;
  try {
    json = parseJson(jsonIn(bytes));
  } catch (error) {
    return refuse(file, `is not JSON: ${reasonOf(error)}; ${advice}`);
  }
  const read = schema.safeParse(json);
  return read.success ? read.data : refuse(file, `is not what cdktf writes; ${advice}`);
}

export interface Choice {
  /** Names; `*` stands for any text. */
  readonly stacks: readonly string[];
  readonly environment?: string | undefined;
  readonly all: boolean;
}

const matches = (pattern: string, stack: string): boolean =>
  new RegExp(`^${pattern.split("*").map((part) => part.replace(/[^a-z0-9]/gi, "\\$&")).join(".*")}$`).test(stack); // prettier-ignore

/**
 * @param output folder of the last synth
 * @throws InvalidInputError when nothing is chosen, or something that the synth does not have
 */
export function chooseStacks(output: string, { stacks, environment, all }: Choice): string[] {
  if (stacks.length === 0 && environment === undefined && !all)
    return refuse("stack", "name stacks, or give --env E, or --all");
  const known = synthesizedStacks(output);
  const list = `the synthesized stacks are ${known.join(", ") || "none"}; after a change of the fleet: ${typed("npx cdktf synth")}`;
  for (const pattern of stacks)
    if (!known.some((stack) => matches(pattern, stack))) refuse("stack", `there is no "${pattern}"; ${list}`);
  const of = (stack: string) => environment === undefined || parseStackName(stack)?.environment === environment;
  if (environment !== undefined && !known.some(of))
    return refuse("--env", `there is no stack of "${environment}"; ${list}`);
  return known.filter((stack) => of(stack) && (stacks.length === 0 || stacks.some((one) => matches(one, stack))));
}

/** The stack that a plan or state in a file belongs to: by the file's name, or by its folder's. */
export function nameOfFile(file: string): string {
  const own = basename(file).replace(/(\.(plan|state|tfstate))?\.json$/, "");
  const folder = basename(dirname(resolve(file)));
  return [own, folder].find((name) => parseStackName(name) !== undefined) ?? file;
}
