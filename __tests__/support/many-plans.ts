/**
 * Many changes of one deployed stack, planned by the real terraform some at a time: each change is a module that holds what it may
 * move, and each module's part of the state is a copy of what is deployed. A plan of its own for each says the same and takes much
 * longer; so does one plan of a hundred, because the work on terraform's graph grows faster than the graph.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan, ResourceChange } from "../../constructs/contract/plan";
import { RELEASE_FILE } from "../../constructs/contract/names";
import { moving, withoutStanding, type Configuration, type Json, type StateResource } from "./standing";
import { newFolder } from "./synth";
import type { Terraform } from "./terraform";

interface State {
  readonly outputs: Json;
  readonly resources: readonly StateResource[];
}

/** A stack's folder as one of many. */
export interface Candidate {
  readonly configuration: string;
  readonly variables: string;
}

export const candidateAt = (folder: string): Candidate => ({
  configuration: readFileSync(join(folder, "cdk.tf.json"), "utf8"),
  variables: readFileSync(join(folder, RELEASE_FILE), "utf8"),
});

const AT_A_TIME = 20;

const moduleName = (index: number) => `change_${index}`;

/**
 * The plan of each candidate against the state of the deployed stack, in their order.
 * @param deployed terraform in the folder of the deployed stack
 * @param baseline its configuration
 * @param at terraform in a folder, attached to the same cloud
 */
export async function plansOf(
  deployed: Terraform,
  baseline: string,
  at: (folder: string) => Terraform,
  candidates: readonly Candidate[],
): Promise<readonly Plan[]> {
  // The plans do not look at the cloud again, and a size in the state is as old as the last look.
  await deployed.run("apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color");
  const state = JSON.parse(await deployed.run("state", "pull")) as State;
  const before = JSON.parse(baseline) as Configuration;
  const parts = candidates.map((candidate) => partOf(candidate, before, state));
  const plans: Plan[] = [];
  for (let from = 0; from < parts.length; from += AT_A_TIME) {
    const folder = newFolder();
    try {
      plans.push(...(await plansTogether(at(folder), parts.slice(from, from + AT_A_TIME))));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return plans;
}

/** What one candidate may move, and the state of just that. */
interface Part {
  readonly configuration: Configuration;
  readonly variables: Json;
  readonly state: State;
}

function partOf({ configuration, variables }: Candidate, before: Configuration, state: State): Part {
  const whole = JSON.parse(configuration) as Configuration;
  const moved = moving(whole, before);
  return {
    configuration: withoutStanding(whole, state.resources, moved),
    variables: JSON.parse(variables) as Json,
    state: {
      ...state,
      resources: state.resources.filter(({ mode, type, name }) => mode === "managed" && moved.has(`${type}.${name}`)),
    },
  };
}

async function plansTogether(at: Terraform, parts: readonly Part[]): Promise<readonly Plan[]> {
  const { provider, terraform } = parts[0]!.configuration;
  const { required_providers } = terraform;
  for (const [index, { configuration }] of parts.entries()) {
    const folder = join(at.folder, moduleName(index));
    mkdirSync(folder);
    const child = { ...configuration, provider: undefined, terraform: { required_providers } };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(child));
  }
  const modules = parts.map(({ variables }, index) => [
    moduleName(index),
    { source: `./${moduleName(index)}`, ...variables },
  ]);
  const root = { provider, terraform: { required_providers }, module: Object.fromEntries(modules) as Json };
  writeFileSync(join(at.folder, "main.tf.json"), JSON.stringify(root));
  const resources = parts.flatMap(({ state }, index) => state.resources.map((each) => within(moduleName(index), each)));
  writeFileSync(
    join(at.folder, "terraform.tfstate"),
    JSON.stringify({ ...parts[0]!.state, outputs: {}, resources, check_results: null }),
  );
  await at.init();
  const { resource_changes = [] } = await at.plan("-refresh=false");
  return parts.map((_, index) => ({ resource_changes: resource_changes.flatMap(outOf(moduleName(index))) }));
}

const within = (name: string, resource: State["resources"][number]) => ({
  module: `module.${name}`,
  ...resource,
  instances: resource.instances.map((instance) => ({
    ...instance,
    dependencies: (instance.dependencies ?? []).map((address) => `module.${name}.${address}`),
  })),
});

const outOf =
  (name: string) =>
  (change: ResourceChange): readonly ResourceChange[] => {
    const prefix = `module.${name}.`;
    return change.address.startsWith(prefix) ? [{ ...change, address: change.address.slice(prefix.length) }] : [];
  };
