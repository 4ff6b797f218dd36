/** Deploys or destroys one synthesized stack with terraform, and says what came of it. */
import { join } from "node:path";
import { z } from "zod";
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

export async function work(verb: Verb, terraform: StackTerraform, ask: Ask): Promise<Tried> {
  try {
    // What a stack looks up may be gone with what it stood on, so that a plan for nothing would fail.
    if (verb === "destroy" && !(await terraform.hasState())) return { ok: true, did: "absent" };
    const plan = await terraform.planToApply(...(verb === "destroy" ? ["-destroy"] : []));
    if (plan === undefined) return { ok: true, did: "unchanged" };
    if (!(await ask())) return { ok: false, declined: true };
    await terraform.applyPlan(plan);
    return { ok: true, did: "changed" };
  } catch (error) {
    if (!(error instanceof TerraformFailed)) throw error;
    return { ok: false, error: error.message };
  }
}

const body = z.object({ lifecycle: z.object({ prevent_destroy: z.boolean().optional() }).optional() });
const configuration = z.object({
  terraform: z.object({ cloud: z.unknown() }).partial().optional(),
  resource: z.record(z.string(), z.record(z.string(), body)).optional(),
});

const read = (folder: string) => readSynthesized(join(folder, "cdk.tf.json"), configuration);

/** Whether a stack's state and runs are in HCP Terraform. */
export const isOnHcp = (folder: string): boolean => read(folder).terraform?.cloud !== undefined;

/** Addresses of what terraform refuses to destroy in a stack. */
export const protectedIn = (folder: string): readonly string[] =>
  Object.entries(read(folder).resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named)
      .filter(([, { lifecycle }]) => lifecycle?.prevent_destroy)
      .map(([name]) => `${type}.${name}`),
  );
