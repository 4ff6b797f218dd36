/** Uploads stacks, lets HCP Terraform plan them, and looks at what it planned. */
import { UnusableFile } from "../review/read/scan-file";
import type { Input } from "../review/review";
import { reasonOf, HcpError } from "./error";
import { meaningOf } from "./run-states";
import { failure } from "./log";
import { lookAt } from "./look";
import type { Client } from "./client";
import type { WorkspaceData } from "./model";
import type { Stack } from "./stacks";
import type { Started } from "./started";
import { runMessage, upload, uploadOf } from "./upload";
import { watch } from "./watch";

export interface PlanOptions {
  readonly client: (stack: Stack) => Client;
  /** Speculative: for a pull request. Saved: waits to be applied. */
  readonly kind: "speculative" | "saved";
  /** Makes workspaces that do not exist. */
  readonly create: boolean;
  /** Shown in HCP Terraform as why the run was made. */
  readonly message: string;
  readonly timeoutMs: number;
  readonly started: Started;
  readonly say: (line: string) => void;
}

/** What became of one stack. */
export interface PlannedStack {
  readonly stack: Stack;
  readonly workspace: string;
  readonly digest: string;
  readonly run?: string;
  readonly link?: string;
  readonly status?: string;
  /** The plan, for the review. */
  readonly input?: Input;
  readonly unchecked: readonly string[];
  /** Why there is no plan, or why it must not be applied. */
  readonly problem?: string;
  /** Whether there is no workspace, or none that the token may see. */
  readonly absent?: true;
  /** A person has to do something before it can be applied. */
  readonly held?: string;
}

/** Runs at a time: as many as a small HCP Terraform organization plans at once anyway. */
const AT_ONCE = 4;

/** In the order of the stacks, whatever the order in which they finish. */
export async function planStacks(stacks: readonly Stack[], options: PlanOptions): Promise<PlannedStack[]> {
  const planned: PlannedStack[] = [];
  const waiting = stacks.map((stack, index) => ({ stack, index }));
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      planned[next.index] = await planStack(next.stack, options);
  };
  // All have come to rest before anything is cleaned up after an interrupt.
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return planned;
}

async function planStack(stack: Stack, options: PlanOptions): Promise<PlannedStack> {
  const client = options.client(stack);
  const say = (line: string) => options.say(`${stack.name}: ${line}`);
  const mine = uploadOf(stack);
  const base = { stack, workspace: client.place.workspace, digest: mine.digest, unchecked: [] };
  const seen: { run?: string; link?: string; status?: string } = {};
  try {
    const workspace = await workspaceFor(client, options, say);
    say(
      `uploading ${mine.files.length === 1 ? "1 file" : `${mine.files.length} files`}, digest ${mine.digest.slice(0, 12)}`,
    );
    const version = await upload(client, workspace, mine, options.kind);
    options.started.add(() => endRunsOf(client.withoutSignal(), workspace.id, version));
    const message = runMessage(options.message, mine.digest);
    // Not to be interrupted: a run that nobody knows of could not be ended.
    const created = await client.withoutSignal().createRun(workspace.id, { version, message, kind: options.kind });
    seen.run = created.id;
    seen.link = client.page("runs", created.id);
    say(seen.link);
    const { run, meaning } = await watch(client, created.id, ["working"], { say, timeoutMs: options.timeoutMs });
    seen.status = run.attributes.status;
    if (meaning === "failed")
      return { ...base, ...seen, problem: ["the run failed", ...(await failure(client, run, "plan"))].join("\n") };
    if (meaning === "stopped") return { ...base, ...seen, problem: `somebody ended the run: it is ${seen.status}` };
    const { input, unchecked, overridden } = await lookAt(client, stack, workspace, run);
    return {
      ...base,
      ...seen,
      input,
      unchecked,
      ...(overridden !== undefined && { problem: overridden }),
      ...(meaning === "held" && { held: "a policy failed; somebody with the right may override it in HCP Terraform" }),
    };
  } catch (error) {
    if (!(error instanceof HcpError || error instanceof UnusableFile)) throw error;
    return { ...base, ...seen, problem: reasonOf(error), ...(error instanceof NoWorkspace && { absent: true }) };
  }
}

class NoWorkspace extends HcpError {}

async function workspaceFor(
  client: Client,
  { create, kind }: PlanOptions,
  say: (line: string) => void,
): Promise<WorkspaceData> {
  const { workspace, isNew } = create
    ? await client.ensureWorkspace()
    : { workspace: await client.workspace().catch(suggestCreate), isNew: false };
  if (isNew) say(`workspace ${client.place.workspace} created`);
  const { "vcs-repo": repository, locked } = workspace.attributes;
  refuseLocal(client, workspace);
  if (repository && kind === "saved")
    throw new HcpError(
      `workspace "${client.place.workspace}" is fed from a repository, so uploads can only be planned: add --speculative, and commit what fleet hcp export writes to apply it`,
    );
  if (locked && kind === "saved")
    say(`${lockedBy(workspace)}; the plan can be made, and not applied before it is unlocked`);
  return workspace;
}

/** @throws HcpError when the workspace has no runs of its own */
export function refuseLocal(client: Client, { attributes }: WorkspaceData): void {
  if (attributes["execution-mode"] === "local")
    throw new HcpError(
      `workspace "${client.place.workspace}" runs terraform locally; set its execution mode to remote: ${client.page("settings", "general")}`,
    );
}

function suggestCreate(error: unknown): never {
  if (error instanceof HcpError && error.status === 404)
    throw new NoWorkspace(`${error.message}; to make the workspace, add --create`, 404);
  throw error;
}

/** Who holds a workspace. */
export function lockedBy({ relationships }: WorkspaceData): string {
  const holder = relationships?.["locked-by"]?.data;
  const who = holder ? `${holder.type.replace(/s$/, "")} ${holder.id}` : "somebody";
  return `the workspace is locked by ${who}`;
}

/** Ends every run that was made from an upload, also one whose creation was not answered any more. */
async function endRunsOf(client: Client, workspaceId: string, version: string): Promise<string | undefined> {
  const runs = (await client.runs(workspaceId)).filter(
    (run) => run.relationships["configuration-version"]?.data?.id === version,
  );
  const ended: string[] = [];
  for (const run of runs) {
    const { "is-cancelable": cancel, "is-discardable": discard } = run.attributes.actions;
    if (!cancel && !discard) continue;
    await client.end(run.id, cancel ? "cancel" : "discard", "interrupted");
    ended.push(`${run.id} ${cancel ? "canceled" : "discarded"}`);
  }
  return ended.length > 0 ? `${client.place.workspace}: ${ended.join(", ")}` : undefined;
}

/** Whether the plan could be applied as it is. */
export const isApplicable = ({ problem, held, status }: PlannedStack): boolean =>
  problem === undefined && held === undefined && status !== undefined && meaningOf(status, {}) === "planned";
