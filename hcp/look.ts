/** What a run's plan says, for the review: as much of it as the token may read. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readConfiguration } from "../review/read/configuration";
import { readPlan } from "../review/read/plan";
import type { Input } from "../review/review";
import { removeScratch, scratchFolder } from "../system/scratch";
import type { Client } from "./client";
import { HcpError } from "./error";
import type { RunData, WorkspaceData } from "./model";
import { overriddenPaths, overrideMessage, plannedVariables, winners } from "./overrides";
import type { Stack } from "./stacks";

export interface Look {
  readonly input: Input;
  /** What the token may not read, and so nobody has checked; each completes "not checked: …". */
  readonly unchecked: readonly string[];
  /** Why the plan does not run the release that was synthesized. */
  readonly overridden?: string;
}

/** @throws HcpError when there is no plan to read; UnusableFile when it is none */
export async function lookAt(client: Client, stack: Stack, workspace: WorkspaceData, run: RunData): Promise<Look> {
  // The whole plan holds secrets: it is for this user's eyes, and only as long as it is read.
  const folder = scratchFolder("fleet-hcp");
  try {
    mkdirSync(join(folder, stack.name));
    const file = join(folder, stack.name, "plan.json");
    const isWhole = await client.downloadPlan(run, file, "whole");
    if (!isWhole && !(await client.downloadPlan(run, file, "redacted")))
      throw new HcpError(
        `the plan of ${run.id} cannot be read with this token; look at ${client.page("runs", run.id)}`,
      );
    const input = { facts: readPlan(file), configuration: readConfiguration(join(stack.folder, "cdk.tf.json")) };
    const { overridden, unchecked } = await overrideOf(client, stack, workspace, file);
    return {
      input,
      ...(overridden !== undefined && { overridden }),
      unchecked: [
        ...(isWhole
          ? []
          : ["the plan's variables and whether it is complete: only Admin on the workspace may read whole plans"]),
        ...unchecked,
      ],
    };
  } finally {
    removeScratch(folder);
  }
}

interface Override {
  readonly overridden?: string;
  readonly unchecked: readonly string[];
}

/** The plan's own variables say it for sure; where they cannot be read, a variable of the same name is enough to refuse. */
async function overrideOf(client: Client, stack: Stack, workspace: WorkspaceData, file: string): Promise<Override> {
  if (Object.keys(stack.variables).length === 0) return { unchecked: [] };
  const planned = plannedVariables(file);
  const paths = planned ? overriddenPaths(stack.variables, planned) : [];
  if (planned && paths.length === 0) return { unchecked: [] };
  const named = await client.variables(workspace.id).catch((error: unknown) => {
    if (error instanceof HcpError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  });
  const found = winners(stack.variables, named ?? []);
  if (paths.length > 0 || found.length > 0)
    return { overridden: overrideMessage(paths, found, client.page("variables")), unchecked: [] };
  return {
    unchecked: named
      ? []
      : ["whether a variable of the workspace wins over the release: the token may not read variables"],
  };
}
