/**
 * What changed behind Terraform's back, by a refresh-only run. It is speculative: nobody can apply it, and no run waits for it. A
 * saved plan of terraform's own would make `fleet hcp apply` refuse the plan that was reviewed, as one that is not the newest.
 */
import type { Client } from "./client";
import { HcpError } from "./error";
import { failure } from "./log";
import { refuseLocal } from "./plan";
import type { Stack } from "./stacks";
import { upload, uploadOf } from "./upload";
import { watch } from "./watch";

/** Longest time to wait for the run. */
const TIMEOUT_MS = 120 * 60_000;

/**
 * Writes the run's plan as JSON to a file.
 * @throws HcpError when there is no workspace, or no plan that the token may read
 */
export async function refresh(client: Client, stack: Stack, file: string): Promise<void> {
  const workspace = await client.workspace();
  refuseLocal(client, workspace);
  const version = await upload(client, workspace, uploadOf(stack), "refresh");
  const created = await client.createRun(workspace.id, { version, message: "fleet drift", kind: "refresh" });
  const { run, meaning } = await watch(client, created.id, ["working"], { say: () => {}, timeoutMs: TIMEOUT_MS });
  const page = client.page("runs", run.id);
  if (meaning === "failed")
    throw new HcpError([`the run failed: ${page}`, ...(await failure(client, run, "plan"))].join("\n"));
  if (meaning === "stopped") throw new HcpError(`somebody ended the run: ${page}`);
  if (!(await client.downloadPlan(run, file, "whole")))
    throw new HcpError(`only Admin on the workspace may read the whole plan of ${page}`);
}
