/** Which stacks a command looks at: what the last synth wrote, chosen by name or by environment. */
import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { CLOUDS, type Cloud } from "../constructs/contract/spec";
import { refuse } from "../images/refuse";

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

const manifest = z.object({ stacks: z.record(z.string(), z.object({ name: z.string() })) });

/** Stacks of the last synth, sorted. @throws InvalidInputError when there was none */
export function synthesizedStacks(output: string): string[] {
  const file = join(output, "manifest.json");
  const advice = "synthesize the fleet first: npx cdktf synth";
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return refuse(file, `is missing; ${advice}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse(file, `is not JSON; ${advice}`);
  }
  const read = manifest.safeParse(json);
  return read.success ? Object.keys(read.data.stacks).sort() : refuse(file, `is not what cdktf writes; ${advice}`);
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
    return refuse("stack", "name stacks, or give --environment E, or --all");
  const known = synthesizedStacks(output);
  const list = `the synthesized stacks are ${known.join(", ") || "none"}; after a change of the fleet: npx cdktf synth`;
  for (const pattern of stacks)
    if (!known.some((stack) => matches(pattern, stack))) refuse("stack", `there is no "${pattern}"; ${list}`);
  const of = (stack: string) => environment === undefined || parseStackName(stack)?.environment === environment;
  if (environment !== undefined && !known.some(of))
    return refuse("--environment", `there is no stack of "${environment}"; ${list}`);
  return known.filter((stack) => of(stack) && (stacks.length === 0 || stacks.some((one) => matches(one, stack))));
}

/** The stack that a plan or state in a file belongs to: by the file's name, or by its folder's. */
export function nameOfFile(file: string): string {
  const own = basename(file).replace(/(\.(plan|state|tfstate))?\.json$/, "");
  const folder = basename(dirname(resolve(file)));
  return [own, folder].find((name) => parseStackName(name) !== undefined) ?? file;
}
