/** Run tasks of the organization, where they are attached, and what became of them in a run. */
import { z } from "zod";
import { ApiError, conflict, invalid, many, notFound, one, readBody, type Resource } from "../json-api";
import type { Run, Task, TaskResult, TaskStage, WorkspaceTask } from "../model";
import type { Call, Handler, Route } from "../router";
import { tryTask } from "../task-runner";
import { organizationOf } from "./organization";
import { runOf } from "./runs";
import { workspaceOf } from "./workspaces";

/** The key is written and never read. */
export const taskResource = ({ id, name, url, description, enabled, organization }: Task): Resource => ({
  type: "tasks",
  id,
  attributes: { category: "task", name, url, description, enabled, "hmac-key": null },
  relationships: { organization: one("organizations", organization) },
});

export const workspaceTaskResource = (attached: WorkspaceTask): Resource => ({
  type: "workspace-tasks",
  id: attached.id,
  attributes: { "enforcement-level": attached.enforcement, stage: attached.stages[0], stages: attached.stages },
  relationships: { task: one("tasks", attached.taskId), workspace: one("workspaces", attached.workspaceId) },
});

export const stageResource = (run: Run, stage: TaskStage): Resource => ({
  type: "task-stages",
  id: stage.id,
  attributes: {
    stage: stage.stage,
    status: stage.status,
    "created-at": run.createdAt,
    "updated-at": run.createdAt,
    actions: { "is-overridable": false },
    permissions: { "can-override-policy": false, "can-override-tasks": false, "can-override": false },
  },
  relationships: {
    run: one("runs", run.id),
    "task-results": many(
      "task-results",
      stage.results.map(({ id }) => id),
    ),
    "policy-evaluations": many("policy-evaluations", []),
  },
});

export const resultResource = (run: Run, stage: TaskStage, result: TaskResult): Resource => ({
  type: "task-results",
  id: result.id,
  attributes: {
    status: result.status,
    message: result.message,
    url: result.url || null,
    "created-at": run.createdAt,
    "updated-at": run.createdAt,
    "task-id": result.taskId,
    "task-name": result.taskName,
    "task-url": result.taskUrl,
    stage: stage.stage,
    "is-speculative": run.options.planOnly,
    "workspace-task-id": result.workspaceTaskId,
    "workspace-task-enforcement-level": result.enforcement,
  },
  relationships: {
    "task-stage": one("task-stages", stage.id),
    "task-result-outcomes": many(
      "task-result-outcomes",
      result.outcomes.map(({ id }) => id),
    ),
  },
});

interface Found {
  readonly run: Run;
  readonly stage: TaskStage;
  readonly result?: TaskResult;
}

/** @throws ApiError 404 */
export function findResult({ app }: Pick<Call, "app">, id: string): Required<Found> {
  for (const run of app.store.all("run"))
    for (const stage of run.stages)
      for (const result of stage.results) if (result.id === id) return { run, stage, result };
  throw notFound();
}

/** @throws ApiError 404 */
export function findStage({ app }: Pick<Call, "app">, id: string): Found {
  for (const run of app.store.all("run")) for (const stage of run.stages) if (stage.id === id) return { run, stage };
  throw notFound();
}

const TASK = z.object({
  data: z.object({
    attributes: z.object({
      name: z.string().min(1),
      url: z.url(),
      category: z.literal("task"),
      description: z.string().nullable().optional(),
      "hmac-key": z.string().nullable().optional(),
      enabled: z.boolean().optional(),
    }),
  }),
});

const tasksOf = (call: Call): Task[] => {
  const organization = organizationOf(call);
  return call.app.store.all("task").filter((task) => task.organization === organization);
};

const createTask: Handler = async (call) => {
  const { name, url, description, enabled = true, ...rest } = readBody(call.body, TASK).data.attributes;
  if (tasksOf(call).some((task) => task.name === name)) throw invalid("Name has already been taken");
  const task = {
    organization: organizationOf(call),
    name,
    url,
    description: description ?? "",
    enabled,
    hmacKey: rest["hmac-key"] ?? "",
  };
  await tryTask(task);
  return { status: 201, data: taskResource(call.app.store.create("task", task)) };
};

function taskOf({ app, params }: Call): Task {
  const task = app.store.get("task", params.id!);
  if (!task) throw notFound();
  return task;
}

const removeTask: Handler = (call) => {
  const { id } = taskOf(call);
  for (const attached of call.app.store.all("workspaceTask"))
    if (attached.taskId === id) call.app.store.remove("workspaceTask", attached.id);
  call.app.store.remove("task", id);
  return { status: 204 };
};

const ATTACH = z.object({
  data: z.object({
    attributes: z.object({
      "enforcement-level": z.enum(["advisory", "mandatory"]),
      stage: z.string().optional(),
      stages: z.array(z.string()).optional(),
    }),
    relationships: z.object({ task: z.object({ data: z.object({ id: z.string() }) }) }),
  }),
});

const attach: Handler = (call) => {
  const { attributes, relationships } = readBody(call.body, ATTACH).data;
  const stages = attributes.stages ?? [attributes.stage ?? "post_plan"];
  if (stages.some((stage) => stage !== "post_plan"))
    throw invalid(`the stand-in runs tasks after the plan only: stage must be post_plan, got ${stages.join(", ")}`);
  const workspaceId = workspaceOf(call).id;
  const taskId = relationships.task.data.id;
  if (!call.app.store.get("task", taskId)) throw notFound();
  if (call.app.store.all("workspaceTask").some((item) => item.workspaceId === workspaceId && item.taskId === taskId))
    throw invalid("Task is attached to this workspace already");
  const fields = { workspaceId, taskId, enforcement: attributes["enforcement-level"], stages };
  return { status: 201, data: workspaceTaskResource(call.app.store.create("workspaceTask", fields)) };
};

const attachments = (call: Call): WorkspaceTask[] => {
  const { id } = workspaceOf(call);
  return call.app.store.all("workspaceTask").filter(({ workspaceId }) => workspaceId === id);
};

const LARGEST_OUTCOME = 5 * 1024 * 1024;
const CALLBACK = z.object({
  data: z.object({
    type: z.literal("task-results"),
    attributes: z.object({
      status: z.enum(["running", "passed", "failed"]),
      message: z.string().nullable().optional(),
      url: z.string().nullable().optional(),
    }),
    relationships: z
      .object({
        outcomes: z.object({
          data: z.array(
            z.object({
              type: z.literal("task-result-outcomes"),
              attributes: z.looseObject({
                "outcome-id": z.string(),
                description: z.string(),
                body: z.string().optional(),
              }),
            }),
          ),
        }),
      })
      .optional(),
  }),
});

const callback: Handler = (call) => {
  const { run, result } = findResult(call, call.params.id!);
  if (call.identity.runId !== run.id) throw notFound();
  if (!["pending", "running"].includes(result.status)) throw conflict(`Task result is ${result.status} already`);
  const { attributes, relationships } = readBody(call.body, CALLBACK).data;
  const given = relationships?.outcomes.data ?? [];
  for (const outcome of given)
    if (Buffer.byteLength(outcome.attributes.body ?? "") > LARGEST_OUTCOME)
      throw new ApiError(
        413,
        "payload too large",
        `outcome ${outcome.attributes["outcome-id"]} has a body of more than 5 MB`,
      );
  const outcomes = given.map(({ attributes: { body = "", ...outcome } }, i) => ({
    id: `${result.id}-${i + 1}`,
    body,
    attributes: outcome,
  }));
  call.app.tasks.report(run.id, result.id, {
    status: attributes.status,
    message: attributes.message ?? result.message,
    url: attributes.url ?? result.url,
    ...(outcomes.length > 0 && { outcomes }),
  });
  return { data: resultResource(run, run.stages[0]!, { ...result, status: attributes.status }) };
};

const showResult: Handler = (call) => {
  const { run, stage, result } = findResult(call, call.params.id!);
  return { data: resultResource(run, stage, result) };
};

const outcomes: Handler = (call) => ({
  list: findResult(call, call.params.id!).result.outcomes.map(({ id, attributes }) => ({
    type: "task-result-outcomes",
    id,
    attributes,
    links: { body: `/api/v2/task-result-outcomes/${id}/body` },
  })),
});

const outcomeBody: Handler = (call) => {
  const result = findResult(call, call.params.id!.replace(/-\d+$/, "")).result;
  const outcome = result.outcomes.find(({ id }) => id === call.params.id);
  if (!outcome) throw notFound();
  return { bytes: outcome.body, contentType: "text/markdown" };
};

export const TASK_ROUTES: readonly Route[] = [
  [
    "GET",
    "/api/v2/organizations/:organization/tasks",
    "organization:read",
    (call) => ({ list: tasksOf(call).map(taskResource) }),
  ],
  ["POST", "/api/v2/organizations/:organization/tasks", "organization:manage", createTask],
  ["GET", "/api/v2/tasks/:id", "organization:read", (call) => ({ data: taskResource(taskOf(call)) })],
  ["DELETE", "/api/v2/tasks/:id", "organization:manage", removeTask],
  [
    "GET",
    "/api/v2/workspaces/:workspace/tasks",
    "workspace:read",
    (call) => ({ list: attachments(call).map(workspaceTaskResource) }),
  ],
  ["POST", "/api/v2/workspaces/:workspace/tasks", "workspace:manage", attach],
  [
    "DELETE",
    "/api/v2/workspaces/:workspace/tasks/:id",
    "workspace:manage",
    (call) => {
      if (!attachments(call).some(({ id }) => id === call.params.id)) throw notFound();
      call.app.store.remove("workspaceTask", call.params.id!);
      return { status: 204 };
    },
  ],
  [
    "GET",
    "/api/v2/runs/:run/task-stages",
    "run:read",
    (call) => {
      const run = runOf(call);
      return { list: run.stages.map((stage) => stageResource(run, stage)) };
    },
  ],
  [
    "GET",
    "/api/v2/task-stages/:id",
    "run:read",
    (call) => {
      const { run, stage } = findStage(call, call.params.id!);
      return { data: stageResource(run, stage) };
    },
  ],
  ["GET", "/api/v2/task-results/:id", "run:read", showResult],
  ["GET", "/api/v2/task-results/:id/outcomes", "run:read", outcomes],
  ["GET", "/api/v2/task-result-outcomes/:id/body", "run:read", outcomeBody],
  ["PATCH", "/api/v2/task-results/:id/callback", "task:callback", callback],
];
