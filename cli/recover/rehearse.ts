/**
 * A process of its own that plans a placement from nothing on the local cloud and prints what terraform wants to do. It is
 * apart because it loads every construct, and because what it sets in its environment is for terraform alone.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deploymentOrder, LAYERS } from "../../constructs/contract/names";
import { changes } from "../../constructs/contract/plan";
import type { Plan } from "../../constructs/contract/plan";
import { violations } from "../../constructs/contract/plan-contract";
import { InvalidInputError } from "../../constructs/contract/problem";
import { startLocalCloud } from "../../local-cloud/server";
import { checkTerraform } from "../../local-cloud/terraform";
import type { PlannedStack, Rehearsal } from "../../operations/recovery/plan";
import { parseStackName, stackFolder, synthesizedStacks } from "../../operations/stacks";
import { StackTerraform, TerraformFailed } from "../../operations/terraform";
import { synthesize } from "../../stacks/synthesize";

/** What the parent leaves in the folder, as rehearsal.json. */
export interface Script {
  /** One environment with one placement. */
  readonly fleet: unknown;
  readonly releases: string;
  readonly catalog: string;
  readonly now: string;
}

async function rehearse(folder: string): Promise<Rehearsal> {
  const problem = await checkTerraform();
  if (problem) return { stacks: [], problems: [problem] };
  const { fleet, releases, catalog, now } = JSON.parse(readFileSync(join(folder, "rehearsal.json"), "utf8")) as Script;
  const output = join(folder, "out");
  const cloud = await startLocalCloud({ dir: join(folder, "cloud"), bootMs: 0 });
  const stacks: PlannedStack[] = [];
  try {
    Object.assign(process.env, cloud.env);
    synthesize(fleet, { releases, catalog, outdir: output, now: new Date(now) });
    for (const stack of inOrder(synthesizedStacks(output))) stacks.push(await planned(output, stack));
    return { stacks, problems: [] };
  } catch (error) {
    if (error instanceof InvalidInputError)
      return { stacks, problems: error.problems.map(({ path, message }) => `${path}: ${message}`) };
    if (error instanceof TerraformFailed) return { stacks, problems: [error.message] };
    throw error;
  } finally {
    await cloud.close();
  }
}

const inOrder = (stacks: readonly string[]): string[] =>
  [...stacks].sort((a, b) => deploymentOrder(a) - deploymentOrder(b));

/** Layers are made as well, because services find them by what is there. */
async function planned(output: string, stack: string): Promise<PlannedStack> {
  const { layer, cloud } = parseStackName(stack)!;
  const terraform = new StackTerraform(stackFolder(output, stack));
  try {
    const plan = JSON.parse(readFileSync(await terraform.plan(), "utf8")) as Plan;
    const creates = changes(plan).filter(({ change }) => change.actions.join() === "create").length;
    const others = violations(cloud, "first", plan).map(({ address, reason }) => `${address} ${reason}`);
    if (LAYERS.includes(layer)) await terraform.apply();
    return { stack, creates, others };
  } finally {
    terraform.close();
  }
}

const [folder = "."] = process.argv.slice(2);
void rehearse(folder).then((result) => writeFileSync(join(folder, "rehearsed.json"), JSON.stringify(result)));
