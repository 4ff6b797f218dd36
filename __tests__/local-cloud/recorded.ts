/**
 * Takes the steps of the recorded plans of this project's own stacks on the local cloud.
 *
 * `recorded/<stack>.json` is the configuration of that stack as it was synthesized when the record was made: of the example
 * fleet of that day, without the backend, cdktf's own notes ("//") and spaces. `changes` are the values that the fleet's
 * changes made different from a step on: another machine type, other limits, another port. One thing is as in the record,
 * where the address of the machine's own health check was written over by that of the stack's vault.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalCloud } from "../../local-cloud/server";
import { PROVIDER_FACTS } from "../support/needs";
import { run } from "./support";

export const RECORD = join(PROVIDER_FACTS, "own-stacks");
const CONFIGURATIONS = join(__dirname, "recorded");

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = { [key: string]: Json };
export interface Plan {
  readonly timestamp: string;
  readonly variables?: Record<string, { readonly value: Json }>;
  readonly resource_changes: readonly { readonly address: string; readonly type: string; readonly change: Fields }[];
  readonly prior_state?: { readonly values?: { readonly root_module: { readonly resources?: readonly Found[] } } };
}
interface Found {
  readonly address: string;
  readonly values: Fields;
}

export const stacks = (): string[] => readdirSync(CONFIGURATIONS).map((file) => file.replace(".json", ""));
export const readPlan = (file: string): Plan => JSON.parse(readFileSync(file, "utf8").replace(/^[^{]*/, "")) as Plan;

/** The recorded steps of a stack, in the order in which they were taken. */
const steps = (stack: string): { step: string; recorded: Plan }[] =>
  readdirSync(join(RECORD, stack))
    .map((file) => ({ step: file.replace(".json", ""), recorded: readPlan(join(RECORD, stack, file)) }))
    .sort((a, b) => (a.recorded.timestamp < b.recorded.timestamp ? -1 : 1));

/** What happened to a group behind Terraform's back before a step. */
const OUTSIDE: Record<string, { cloud: string; group: RegExp; size: number }> = {
  "prod-web-aws-us-east-1/07-scaled-nothing": { cloud: "aws", group: /^web-1-0-0-/, size: 7 },
};

/** Takes every step of every stack, networks first; writes `<to>/<stack>/<step>.json`. */
export async function takeSteps(cloud: LocalCloud, work: string, to: string): Promise<void> {
  const networks = (stack: string) => stack.includes("-foundation-");
  await Promise.all(
    stacks()
      .filter(networks)
      .map((stack) => take(cloud, stack, work, to)),
  );
  const services = stacks().filter((stack) => !networks(stack));
  await Promise.all(services.map((stack) => take(cloud, stack, work, to)));
}

async function take(cloud: LocalCloud, stack: string, work: string, to: string): Promise<void> {
  const folder = join(work, stack);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(to, stack), { recursive: true });
  const { configuration, changes } = JSON.parse(readFileSync(join(CONFIGURATIONS, `${stack}.json`), "utf8")) as {
    configuration: Fields;
    changes: Record<string, [(string | number)[], Json][]>;
  };
  const all = steps(stack);
  for (const { step, recorded } of all) {
    for (const [path, value] of changes[step] ?? []) put(configuration, path, value);
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(configuration));
    const variables = Object.entries(recorded.variables ?? {}).map(([name, { value }]) => [name, value] as const);
    writeFileSync(join(folder, "release.auto.tfvars.json"), JSON.stringify(Object.fromEntries(variables)));
    scaleOutside(cloud, `${stack}/${step}`);
    await terraform(cloud, folder, "plan", "-input=false", "-out=plan");
    writeFileSync(join(to, stack, `${step}.json`), await terraform(cloud, folder, "show", "-json", "plan"));
    const last = step === all.at(-1)?.step && !stack.includes("-foundation-");
    if (!last) await terraform(cloud, folder, "apply", "-input=false", "plan");
  }
}

function put(at: Json, [step, ...rest]: (string | number)[], value: Json): void {
  const holder = at as Fields;
  if (step === undefined) return;
  if (rest.length === 0) holder[step] = value;
  else put(holder[step] ?? null, rest, value);
}

function scaleOutside(cloud: LocalCloud, step: string): void {
  const change = OUTSIDE[step];
  if (!change) return;
  const found = cloud.list().groups.find((group) => group.cloud === change.cloud && change.group.test(group.name));
  cloud.scale(found?.name ?? "", change.size);
}

async function terraform(cloud: LocalCloud, folder: string, command: string, ...args: string[]): Promise<string> {
  const env = { ...cloud.env, TF_CLI_ARGS: "-no-color", TF_IN_AUTOMATION: "1" };
  const { code, stdout, output } = await run("terraform", [`-chdir=${folder}`, command, ...args], env);
  if (code !== 0) throw new Error(`${folder}: terraform ${command}\n${output}`);
  return stdout;
}

/** What the comparison of two folders of plans says. */
export async function compare(recorded: string, local: string): Promise<Comparison> {
  const { stdout } = await run("node", [join(PROVIDER_FACTS, "compare-plans.mjs"), recorded, local, "--verbose"]);
  const lines = stdout.trim().split("\n");
  const [, plans, major, same, all] =
    /^(\d+) plans, (\d+) differ .*, (\d+) of (\d+) leaves/.exec(lines.pop() ?? "")?.map(Number) ?? [];
  return { plans, major, share: (100 * (same ?? 0)) / (all || 1), differences: lines };
}
export interface Comparison {
  readonly plans: number | undefined;
  readonly major: number | undefined;
  /** Leaves that agree, in percent. */
  readonly share: number;
  readonly differences: readonly string[];
}

/** Copies the record of one cloud's stacks. */
export function recordOf(cloud: string, to: string): void {
  for (const stack of stacks().filter((name) => name.includes(`-${cloud}-`))) {
    cpSync(join(RECORD, stack), join(to, stack), { recursive: true });
  }
}

/**
 * The record of AWS is of provider 5.46. Rewrites the local plans to what can be compared with it: without attributes that it
 * does not have, and with the record's own values for ids, and for names after a prefix, which every cloud makes up.
 */
export function asOfRecord(recorded: string, local: string): void {
  const shapes = new Map<string, Set<string>>();
  const plans = readdirSync(recorded).flatMap((stack) =>
    readdirSync(join(recorded, stack)).map((file) => {
      const [r, l] = [join(recorded, stack, file), join(local, stack, file)];
      return { file: l, real: readPlan(r), here: readPlan(l) };
    }),
  );
  for (const { real } of plans) {
    for (const { type, change } of real.resource_changes) {
      for (const side of SIDES) learn(shapes, type, change[side] ?? null);
    }
  }
  for (const { file, real, here } of plans) {
    const changes = here.resource_changes.map((one) => {
      const sides = SIDES.map((side) => [side, known(shapes, one.type, one.change[side] ?? null)]);
      return { ...one, change: { ...one.change, ...(Object.fromEntries(sides) as Fields) } };
    });
    const text = JSON.stringify({ ...here, resource_changes: changes });
    writeFileSync(
      file,
      renames(real, here).reduce((plan, [ours, theirs]) => plan.replaceAll(ours, theirs), text),
    );
  }
}
const SIDES = ["before", "after", "after_unknown"] as const;
const isFields = (value: Json): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
/** Maps have the keys that users give them. */
const MAP = /(tags|tags_all|dimensions|metadata|labels|variables)$/;

function learn(shapes: Map<string, Set<string>>, path: string, value: Json): void {
  if (Array.isArray(value)) for (const item of value) learn(shapes, path, item);
  if (!isFields(value)) return;
  const names = shapes.get(path) ?? new Set();
  shapes.set(path, names);
  for (const [name, inner] of Object.entries(value)) {
    names.add(name);
    learn(shapes, `${path}.${name}`, inner);
  }
}

function known(shapes: Map<string, Set<string>>, path: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => known(shapes, path, item));
  if (!isFields(value)) return value;
  const names = MAP.test(path) ? undefined : shapes.get(path);
  const kept = Object.entries(value).filter(([name]) => !names || names.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, known(shapes, `${path}.${name}`, inner)]));
}

/** Our made-up values with those of the record, by the address of what has them. */
function renames(real: Plan, here: Plan): [string, string][] {
  const theirs = new Map(madeUp(real));
  return madeUp(here).flatMap(([key, value]) => {
    const other = theirs.get(key);
    return other === undefined || other === value ? [] : [[value, other] as [string, string]];
  });
}

function madeUp(plan: Plan): [string, string][] {
  const found = plan.prior_state?.values?.root_module.resources ?? [];
  return found.flatMap(({ address, values }) =>
    ["id", ...(values.name_prefix ? ["name"] : [])].flatMap((name) => {
      const value = values[name];
      return typeof value === "string" && value.length > 8 ? [[`${address} ${name}`, value] as [string, string]] : [];
    }),
  );
}
