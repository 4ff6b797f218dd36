/**
 * Run tasks: asks each task of a workspace for its verdict and waits for the callback.
 * https://developer.hashicorp.com/terraform/cloud-docs/api-docs/run-tasks/run-tasks-integration
 */
import { createHmac } from "node:crypto";
import { ApiError } from "./json-api";
import type { Run, Task, TaskResult, TaskStage, TaskStatus, Workspace } from "./model";
import { newId, type Store } from "./store";

export interface TaskRunnerOptions {
  readonly store: Store;
  /** Known when the server listens. */
  readonly base: () => string;
  readonly hostname: string;
  /** The token in the request: for the plan's JSON and the callback. */
  readonly taskToken: (runId: string) => string;
  /** How long a task may take for its verdict. */
  readonly timeoutMs: number;
}

/** How long a task may take to answer the request. */
const ANSWER_MS = 10_000;
const isOver = (status: TaskStatus): boolean => !["pending", "running"].includes(status);

export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  /** Told when a result comes in, by run. */
  readonly #waiting = new Map<string, () => void>();

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  /** The stages that a new run will have. */
  stagesFor(workspace: Workspace): TaskStage[] {
    const { store } = this.#options;
    const results = store
      .all("workspaceTask")
      .filter(({ workspaceId, stages }) => workspaceId === workspace.id && stages.includes("post_plan"))
      .map((attached) => ({ attached, task: store.need("task", attached.taskId) }))
      .filter(({ task }) => task.enabled)
      .map(
        ({ attached, task }): TaskResult => ({
          id: newId("taskrs"),
          workspaceTaskId: attached.id,
          taskId: task.id,
          taskName: task.name,
          taskUrl: task.url,
          enforcement: attached.enforcement,
          status: "pending",
          message: "",
          url: "",
          outcomes: [],
        }),
      );
    return results.length > 0 ? [{ id: newId("ts"), stage: "post_plan", status: "pending", results }] : [];
  }

  /** @returns whether the run may go on: every mandatory task passed */
  async run(runId: string, stageId: string, signal: AbortSignal): Promise<boolean> {
    this.#setStage(runId, "running");
    const stage = this.#run(runId).stages.find(({ id }) => id === stageId)!;
    await Promise.all(stage.results.map((result) => this.#ask(runId, result, signal)));
    const end = setTimeout(() => this.#waiting.get(runId)?.(), this.#options.timeoutMs);
    const deadline = Date.now() + this.#options.timeoutMs;
    signal.addEventListener("abort", () => this.#waiting.get(runId)?.());
    while (!signal.aborted && Date.now() < deadline && this.#results(runId).some(({ status }) => !isOver(status)))
      await new Promise<void>((resolve) => this.#waiting.set(runId, resolve));
    clearTimeout(end);
    this.#waiting.delete(runId);
    if (signal.aborted) return false;
    for (const { id, status } of this.#results(runId))
      if (!isOver(status)) this.#set(runId, id, { status: "errored", message: "The task gave no verdict in time." });
    const stopped = this.#results(runId).some(
      ({ enforcement, status }) => enforcement === "mandatory" && status !== "passed",
    );
    this.#setStage(runId, stopped ? "failed" : "passed");
    return !stopped;
  }

  /** Takes a task's callback. */
  report(runId: string, resultId: string, change: Partial<TaskResult>): void {
    this.#set(runId, resultId, change);
    this.#waiting.get(runId)?.();
  }

  /** Ends what a stopped run still waits for. */
  cancel(runId: string): void {
    for (const { id, status } of this.#results(runId))
      if (!isOver(status)) this.#set(runId, id, { status: "canceled" });
    if (this.#run(runId).stages.some(({ status }) => !isOver(status))) this.#setStage(runId, "canceled");
  }

  async #ask(runId: string, result: TaskResult, signal: AbortSignal): Promise<void> {
    const task = this.#options.store.need("task", result.taskId);
    try {
      const status = await post(task, JSON.stringify(this.#request(runId, result)), signal);
      if (status < 200 || status > 299) throw new Error(`it answered ${status}`);
      if (this.#results(runId).find(({ id }) => id === result.id)?.status === "pending")
        this.#set(runId, result.id, { status: "running" });
    } catch (error) {
      const message = `The task's URL did not take the request: ${(error as Error).message}`;
      if (!signal.aborted) this.#set(runId, result.id, { status: "errored", message });
    }
  }

  #request(runId: string, { id, enforcement }: TaskResult): object {
    const { store, hostname, taskToken } = this.#options;
    const run = this.#run(runId);
    const workspace = store.need("workspace", run.workspaceId);
    const api = `${this.#options.base()}/api/v2`;
    const app = `https://${hostname}/app/${workspace.organization}/${workspace.name}`;
    return {
      payload_version: 1,
      stage: "post_plan",
      access_token: taskToken(runId),
      capabilities: { outcomes: true },
      configuration_version_download_url: `${api}/configuration-versions/${run.configurationVersionId}/download`,
      configuration_version_id: run.configurationVersionId,
      is_speculative: run.options.planOnly,
      organization_name: workspace.organization,
      plan_json_api_url: `${api}/plans/${run.plan.id}/json-output`,
      run_app_url: `${app}/runs/${run.id}`,
      run_created_at: run.createdAt,
      run_created_by: run.createdBy,
      run_id: run.id,
      run_message: run.options.message,
      task_result_callback_url: `${api}/task-results/${id}/callback`,
      task_result_enforcement_level: enforcement,
      task_result_id: id,
      vcs_branch: null,
      vcs_commit_url: null,
      vcs_pull_request_url: null,
      vcs_repo_url: null,
      workspace_app_url: app,
      workspace_id: workspace.id,
      workspace_name: workspace.name,
      workspace_working_directory: workspace.workingDirectory || null,
    };
  }

  #run(id: string): Run {
    return this.#options.store.need("run", id);
  }

  #results(runId: string): readonly TaskResult[] {
    return this.#run(runId).stages.flatMap(({ results }) => results);
  }

  #set(runId: string, resultId: string, change: Partial<TaskResult>): void {
    const stages = this.#run(runId).stages.map((stage) => ({
      ...stage,
      results: stage.results.map((result) => (result.id === resultId ? { ...result, ...change } : result)),
    }));
    this.#options.store.update("run", runId, { stages });
  }

  #setStage(runId: string, status: TaskStatus): void {
    const stages = this.#run(runId).stages.map((stage) => ({ ...stage, status }));
    this.#options.store.update("run", runId, { stages });
  }
}

/** Sends a request as HCP Terraform signs it; returns the status of the answer. */
async function post(task: Pick<Task, "url" | "hmacKey">, body: string, signal?: AbortSignal): Promise<number> {
  const signature = task.hmacKey && createHmac("sha512", task.hmacKey).update(body).digest("hex");
  const response = await fetch(task.url, {
    method: "POST",
    body,
    redirect: "error",
    headers: { "Content-Type": "application/json", ...(signature && { "X-TFC-Task-Signature": signature }) },
    signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])]),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The request that every new task gets. @throws ApiError 422 when it is not answered by 200 */
export async function tryTask(task: Pick<Task, "url" | "hmacKey">): Promise<void> {
  const body = JSON.stringify({ payload_version: 1, stage: "test", access_token: "test-token" });
  const answer = await post(task, body).catch((error: unknown) => (error as Error).message);
  if (answer !== 200)
    throw new ApiError(422, "invalid attribute", `URL is not usable: ${task.url} answered ${answer}, not 200`);
}
