/** Applies the plan that was made from what lies here, and no other. */
import type { Review } from "../review/model";
import { UnusableFile } from "../review/read/scan-file";
import type { Input } from "../review/review";
import { differences } from "./archive";
import { chooseRun } from "./choose-run";
import type { Client } from "./client";
import { HcpError, reasonOf } from "./error";
import { failure, LogReader, readable } from "./log";
import { lookAt } from "./look";
import type { RunData, WorkspaceData } from "./model";
import { lockedBy } from "./plan";
import { isOver, meaningOf } from "./run-states";
import type { Stack } from "./stacks";
import type { Started } from "./started";
import { uploadBehind, uploadOf, type Upload } from "./upload";
import { watch } from "./watch";

export interface ApplyOptions {
  readonly client: (stack: Stack) => Client;
  /** The run to apply; the newest one of this upload when undefined. */
  readonly run?: string;
  readonly timeoutMs: number;
  readonly review: (input: Input) => Review;
  readonly started: Started;
  readonly say: (line: string) => void;
}

export interface AppliedStack {
  readonly stack: Stack;
  readonly workspace: string;
  readonly digest: string;
  readonly run?: string;
  readonly link?: string;
  readonly status?: string;
  readonly review?: Review;
  readonly unchecked: readonly string[];
  readonly outcome: "applied" | "nothing to apply" | "not applied" | "failed" | "left out";
  /** Why, where it is not applied. */
  readonly problem?: string;
}

/** One after the other, in the order of the stacks; what comes after a failure is left out. */
export async function applyStacks(stacks: readonly Stack[], options: ApplyOptions): Promise<AppliedStack[]> {
  const applied: AppliedStack[] = [];
  for (const stack of stacks) {
    const failed = applied.find(({ problem }) => problem !== undefined);
    applied.push(failed ? leftOut(stack, failed, options) : await applyStack(stack, options));
  }
  return applied;
}

const baseOf = (stack: Stack, client: Client) => ({
  stack,
  workspace: client.place.workspace,
  digest: uploadOf(stack).digest,
  unchecked: [],
});

const leftOut = (stack: Stack, failed: AppliedStack, { client }: ApplyOptions): AppliedStack => ({
  ...baseOf(stack, client(stack)),
  outcome: "left out",
  problem: `left out because ${failed.stack.name} was not applied`,
});

async function applyStack(stack: Stack, options: ApplyOptions): Promise<AppliedStack> {
  const client = options.client(stack);
  const base = baseOf(stack, client);
  let seen: Pick<AppliedStack, "run" | "link" | "status" | "review"> & { unchecked?: readonly string[] } = {};
  const failed = (problem: string, outcome: AppliedStack["outcome"] = "not applied"): AppliedStack => ({
    ...base,
    ...seen,
    outcome,
    problem,
  });
  try {
    const workspace = await client.workspace();
    const choice = chooseRun(await client.runs(workspace.id), base.digest, options.run);
    if ("refusal" in choice) return failed(choice.refusal);
    const { run } = choice;
    seen = { run: run.id, link: client.page("runs", run.id), status: run.attributes.status };
    if ("nothing" in choice) {
      options.say(`${stack.name}: ${choice.nothing}`);
      return { ...base, ...seen, outcome: "nothing to apply" };
    }
    const mine = uploadOf(stack);
    const doubt = await sameUpload(client, workspace, run, mine);
    if (doubt.refusal !== undefined) return failed(doubt.refusal);
    const { input, unchecked, overridden } = await lookAt(client, stack, workspace, run);
    seen = { ...seen, review: options.review(input), unchecked: [...unchecked, ...doubt.unchecked] };
    if (overridden !== undefined) return failed(overridden);
    if (seen.review?.result === "error") return failed("the review of its plan ends in an error; see above");
    const ended = await confirm(client, workspace, run, stack, options);
    seen = { ...seen, status: ended.run.attributes.status };
    if (ended.meaning === "applied") return { ...base, ...seen, outcome: "applied" };
    const why = await failure(client, ended.run, "apply");
    return failed([`the run is ${seen.status}`, ...why].join("\n"), "failed");
  } catch (error) {
    if (!(error instanceof HcpError || error instanceof UnusableFile)) throw error;
    return failed(reasonOf(error));
  }
}

/** The files themselves are compared: a run's message says what somebody wrote into it. */
async function sameUpload(client: Client, workspace: WorkspaceData, run: RunData, mine: Upload) {
  const theirs = await uploadBehind(client, workspace, run);
  if (!theirs)
    return { unchecked: [`that ${run.id} was made from these files: they cannot be read, only its message says so`] };
  if (theirs.digest === mine.digest) return { unchecked: [] };
  const files = differences(theirs.files, mine.files).join(", ");
  return {
    unchecked: [],
    refusal: `${run.id} was planned from another upload than what lies here (${files} differ); run: npx fleet hcp plan`,
  };
}

async function confirm(
  client: Client,
  workspace: WorkspaceData,
  run: RunData,
  stack: Stack,
  { started, say, timeoutMs }: ApplyOptions,
) {
  const mine = (line: string) => say(`${stack.name}: ${line}`);
  mine(client.page("runs", run.id));
  if (meaningOf(run.attributes.status, run.attributes.actions) === "planned") {
    if (workspace.attributes.locked)
      throw new HcpError(`${lockedBy(workspace)}; unlock it at ${client.page()}, then run the command again`);
    started.add(() => stop(client.withoutSignal(), run.id));
    await client.withoutSignal().apply(run.id, "fleet hcp apply");
  }
  const log = new LogReader(client, "apply");
  const onLook = async (now: RunData) => {
    if (["applying", "applied", "failed"].includes(meaningOf(now.attributes.status, now.attributes.actions)))
      for (const line of await log.more(now)) readable(line).forEach(mine);
  };
  return watch(client, run.id, ["planned", "working", "applying"], { say: mine, timeoutMs, onLook });
}

/** Asks for an end: terraform finishes what it is at, and keeps the state of what it did. */
async function stop(client: Client, id: string): Promise<string | undefined> {
  const { status, actions } = (await client.run(id)).attributes;
  if (isOver(meaningOf(status, actions))) return undefined;
  if (!actions["is-cancelable"])
    return `${id} is ${status} and cannot be canceled any more; look at ${client.page("runs", id)}`;
  await client.end(id, "cancel", "interrupted");
  return `${id} canceled; what it has done until now stays: ${client.page("runs", id)}`;
}
