/**
 * Many changes of one deployed stack, planned by the real terraform ten at a time: each change is a module, and each module's
 * part of the state is a copy of what is deployed. A plan of its own for each says the same and takes twice the time; one
 * plan of a hundred takes longer again, because the work on terraform's graph grows faster than the graph.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan, ResourceChange } from "../../constructs/contract/plan";
import { RELEASE_FILE } from "../../constructs/contract/names";
import { newFolder } from "./synth";
import type { Terraform } from "./terraform";

type Json = Record<string, unknown>;
interface State {
  readonly outputs: Json;
  readonly resources: readonly { readonly instances: readonly { readonly dependencies?: readonly string[] }[] }[];
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

const AT_A_TIME = 10;

const moduleName = (index: number) => `change_${index}`;

/**
 * The plan of each candidate against the state of the deployed stack, in their order.
 * @param deployed terraform in the folder of the deployed stack
 * @param at terraform in a folder, attached to the same cloud
 */
export async function plansOf(
  deployed: Terraform,
  at: (folder: string) => Terraform,
  candidates: readonly Candidate[],
): Promise<readonly Plan[]> {
  // The plans do not look at the cloud again, and a size in the state is as old as the last look.
  await deployed.run("apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color");
  const state = JSON.parse(await deployed.run("state", "pull")) as State;
  const plans: Plan[] = [];
  for (let from = 0; from < candidates.length; from += AT_A_TIME) {
    const folder = newFolder();
    try {
      plans.push(...(await plansTogether(state, at(folder), candidates.slice(from, from + AT_A_TIME))));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return plans;
}

async function plansTogether(state: State, at: Terraform, candidates: readonly Candidate[]): Promise<readonly Plan[]> {
  const parsed = candidates.map(({ configuration }) => JSON.parse(configuration) as Json & { terraform: Json });
  const { provider, terraform } = parsed[0]!;
  for (const [index, configuration] of parsed.entries()) {
    const folder = join(at.folder, moduleName(index));
    mkdirSync(folder);
    const { required_providers } = configuration.terraform;
    const child = { ...configuration, provider: undefined, terraform: { required_providers } };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(child));
  }
  const modules = candidates.map(({ variables }, index) => [
    moduleName(index),
    { source: `./${moduleName(index)}`, ...(JSON.parse(variables) as Json) },
  ]);
  const root = {
    provider,
    terraform: { required_providers: terraform.required_providers },
    module: Object.fromEntries(modules) as Json,
  };
  writeFileSync(join(at.folder, "main.tf.json"), JSON.stringify(root));
  const copies = candidates.flatMap((_, index) => state.resources.map((each) => within(moduleName(index), each)));
  writeFileSync(
    join(at.folder, "terraform.tfstate"),
    JSON.stringify({ ...state, outputs: {}, resources: copies, check_results: null }),
  );
  await at.init();
  const { resource_changes = [] } = await at.plan("-refresh=false");
  return candidates.map((_, index) => ({ resource_changes: resource_changes.flatMap(outOf(moduleName(index))) }));
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
