/** Deploys or destroys one synthesized stack with terraform, and says what came of it. */
import { join } from "node:path";
import { z } from "zod";
import type { LeftBehind } from "../../review/facts";
import { readPlan } from "../../review/read/plan";
import { UnusableFile } from "../../review/read/scan-file";
import { readSynthesized } from "../stacks";
import { TerraformFailed, type StackTerraform } from "../terraform";
import type { NotTried } from "./schedule";

export type Verb = "deploy" | "destroy";

/** What came of a stack that was tried. */
export type Tried =
  | { readonly ok: true; readonly did: "changed" | "unchanged" | "absent" }
  | { readonly ok: false; readonly declined: true }
  /** In terraform's words. */
  | { readonly ok: false; readonly error: string };
export type End = Tried | NotTried;

/** Whether to apply the plan that was just shown. */
export type Ask = () => Promise<boolean>;

/** What a destroy needs of terraform, and what it is about. */
export interface Work {
  readonly verb: Verb;
  readonly terraform: Pick<StackTerraform, "hasState" | "planToApply" | "shown" | "applyPlan">;
  readonly ask: Ask;
  /** Whether a failed rollout may leave machines that terraform does not know. */
  readonly leavesBehind: boolean;
}

export async function work({ verb, terraform, ask, leavesBehind }: Work): Promise<Tried> {
  try {
    // What a stack looks up may be gone with what it stood on, so that a plan for nothing would fail.
    if (verb === "destroy" && !(await terraform.hasState())) return { ok: true, did: "absent" };
    const plan = await terraform.planToApply(...(verb === "destroy" ? ["-destroy"] : []));
    if (plan === undefined) return { ok: true, did: "unchanged" };
    const left = verb === "destroy" && leavesBehind ? readPlan(await terraform.shown(plan)).leftBehind : [];
    if (left.length > 0) return { ok: false, error: blocked(left) };
    if (!(await ask())) return { ok: false, declined: true };
    await terraform.applyPlan(plan);
    return { ok: true, did: "changed" };
  } catch (error) {
    if (!(error instanceof TerraformFailed || error instanceof UnusableFile)) throw error;
    return { ok: false, error: error.message };
  }
}

/** Azure keeps a resource group in which there is something, so a destroy would end half-way. */
const blocked = (left: readonly LeftBehind[]): string =>
  [
    `nothing of it was destroyed, because terraform does not know ${left.length === 1 ? "a scale set" : "scale sets"} in its resource group, maybe of a failed rollout, and Azure keeps the group as long as there is something in it. Delete first:`,
    ...left.map(({ resourceGroup, name }) => `  az vmss delete --resource-group ${resourceGroup} --name ${name}`),
  ].join("\n");

const body = z.object({ lifecycle: z.object({ prevent_destroy: z.boolean().optional() }).optional() });
const configuration = z.object({
  terraform: z.object({ cloud: z.unknown() }).partial().optional(),
  resource: z.record(z.string(), z.record(z.string(), body)).optional(),
});

const read = (folder: string) => readSynthesized(join(folder, "cdk.tf.json"), configuration);

/** Whether a stack's state and runs are in HCP Terraform. */
export const isOnHcp = (folder: string): boolean => read(folder).terraform?.cloud !== undefined;

/** On AWS and Google Cloud terraform's state knows the group of a rollout that failed; on Azure nothing does. */
export const mayLeaveBehind = (folder: string): boolean =>
  Object.hasOwn(read(folder).resource ?? {}, "azurerm_linux_virtual_machine_scale_set");

/** Addresses of what terraform refuses to destroy in a stack. */
export const protectedIn = (folder: string): readonly string[] =>
  Object.entries(read(folder).resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named)
      .filter(([, { lifecycle }]) => lifecycle?.prevent_destroy)
      .map(([name]) => `${type}.${name}`),
  );
