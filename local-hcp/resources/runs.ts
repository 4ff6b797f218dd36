import { z } from "zod";
import { ApiError, invalid, many, notFound, one, readBody, type Resource } from "../json-api";
import type { ConfigurationVersion, Run, RunOptions } from "../model";
import { may, permissions, RUN_PERMISSIONS } from "../rights";
import type { Call, Handler, Route } from "../router";
import { type Action, allows, isFinal } from "../run-states";
import { workspaceOf } from "./workspaces";

export function runResource({ identity, app }: Pick<Call, "identity" | "app">, run: Run): Resource {
  const { options, status } = run;
  return {
    type: "runs",
    id: run.id,
    attributes: {
      actions: {
        "is-cancelable": allows(status, "cancel"),
        "is-confirmable": allows(status, "apply"),
        "is-discardable": allows(status, "discard"),
        "is-force-cancelable": run.cancelRequested === true && !isFinal(status),
      },
      "allow-config-generation": false,
      "allow-empty-apply": options.allowEmptyApply,
      "auto-apply": options.autoApply,
      "created-at": run.createdAt,
      "has-changes": run.plan.hasChanges,
      "is-destroy": options.isDestroy,
      message: options.message,
      permissions: permissions(identity, RUN_PERMISSIONS),
      "plan-only": options.planOnly,
      "position-in-queue": position(app, run),
      refresh: options.refresh,
      "refresh-only": options.refreshOnly,
      "replace-addrs": options.replaceAddrs,
      "save-plan": options.savePlan,
      source: options.source,
      status,
      "status-timestamps": run.timestamps,
      "target-addrs": options.targetAddrs,
      "terraform-version": app.terraformVersion,
      "trigger-reason": "manual",
      variables: options.variables,
    },
    relationships: {
      workspace: one("workspaces", run.workspaceId),
      "configuration-version": one("configuration-versions", run.configurationVersionId),
      plan: one("plans", run.plan.id),
      apply: one("applies", run.apply.id),
      "created-by": one("users", `user-${run.createdBy}`),
      "run-events": many(
        "run-events",
        run.events.map(({ id }) => id),
      ),
      "task-stages": many(
        "task-stages",
        run.stages.map(({ id }) => id),
      ),
      "policy-checks": many("policy-checks", run.policyCheck ? [run.policyCheck.id] : []),
    },
    links: { self: `/api/v2/runs/${run.id}` },
  };
}

function position({ store }: Call["app"], run: Run): number {
  if (run.status !== "pending") return 0;
  return store.all("run").filter((other) => other.serial <= run.serial && !isFinal(other.status)).length;
}

/** The run of the path. @throws ApiError 404 */
export function runOf({ app, params }: Call): Run {
  const run = app.store.get("run", params.run!);
  if (!run) throw notFound();
  return run;
}

const flag = z.boolean().nullable().optional();
const addresses = z.array(z.string()).nullable().optional();
const related = z.object({ data: z.object({ id: z.string() }).nullable() });
const BODY = z.object({
  data: z.object({
    attributes: z
      .object({
        message: z.string().nullable().optional(),
        "plan-only": flag,
        "save-plan": flag,
        refresh: flag,
        "refresh-only": flag,
        "is-destroy": flag,
        "auto-apply": flag,
        "allow-empty-apply": flag,
        "terraform-version": z.string().nullable().optional(),
        variables: z
          .array(z.object({ key: z.string(), value: z.string() }))
          .nullable()
          .optional(),
        "target-addrs": addresses,
        "replace-addrs": addresses,
      })
      .optional(),
    relationships: z.object({ workspace: related, "configuration-version": related.optional() }),
  }),
});

/** @throws ApiError 422 when a run cannot be made from the version */
function checkRunnable(version: ConfigurationVersion | undefined): ConfigurationVersion {
  if (!version) throw invalid("Configuration version is missing: upload one first");
  if (version.status !== "uploaded")
    throw invalid(`Configuration version ${version.id} is ${version.status}, not uploaded`);
  return version;
}

const create: Handler = (call) => {
  const { store, engine, terraformVersion } = call.app;
  const { attributes = {}, relationships } = readBody(call.body, BODY).data;
  const workspace = store.get("workspace", relationships.workspace.data?.id ?? "");
  if (!workspace) throw notFound();
  if (attributes["terraform-version"] && attributes["terraform-version"] !== terraformVersion)
    throw invalid(`Terraform version must be ${terraformVersion}, which is installed here`);
  const versionId = relationships["configuration-version"]?.data?.id ?? workspace.configurationVersionId;
  const version = store.get("configurationVersion", versionId ?? "");
  if (version && version.workspaceId !== workspace.id) throw notFound();
  const mayApply = may(call.identity, "run:apply");
  if (attributes["auto-apply"] && !attributes["plan-only"] && !mayApply)
    throw new ApiError(403, "forbidden", "You are not authorized to apply runs in this workspace.");
  const options: RunOptions = {
    message: attributes.message || "Triggered via API",
    source: "tfe-api",
    planOnly: (attributes["plan-only"] ?? false) || (version?.speculative ?? false),
    savePlan: attributes["save-plan"] ?? false,
    refresh: attributes.refresh ?? true,
    refreshOnly: attributes["refresh-only"] ?? false,
    isDestroy: attributes["is-destroy"] ?? false,
    autoApply: attributes["auto-apply"] ?? (workspace.autoApply && mayApply),
    allowEmptyApply: attributes["allow-empty-apply"] ?? false,
    variables: attributes.variables ?? [],
    targetAddrs: attributes["target-addrs"] ?? [],
    replaceAddrs: attributes["replace-addrs"] ?? [],
  };
  const run = engine.create(workspace, checkRunnable(version), options, call.identity.name);
  return { status: 201, data: runResource(call, run) };
};

/** The run that an upload starts by itself. */
export function queueRun({ app, identity }: Call, workspaceId: string, versionId: string): void {
  const workspace = app.store.need("workspace", workspaceId);
  const version = app.store.need("configurationVersion", versionId);
  const options: RunOptions = {
    message: "Queued by an upload",
    source: "tfe-configuration-version",
    planOnly: version.speculative,
    savePlan: version.provisional,
    refresh: true,
    refreshOnly: false,
    isDestroy: false,
    autoApply: workspace.autoApply,
    allowEmptyApply: false,
    variables: [],
    targetAddrs: [],
    replaceAddrs: [],
  };
  app.engine.create(workspace, version, options, identity.name);
}

const list: Handler = (call) => {
  const { id } = workspaceOf(call);
  const wanted = (name: string) => call.query.get(`filter[${name}]`)?.split(",");
  const [statuses, operations] = [wanted("status"), wanted("operation")];
  const found = call.app.store
    .all("run")
    .filter((run) => run.workspaceId === id)
    .filter((run) => !statuses || statuses.includes(run.status))
    .filter((run) => !operations || operations.includes(operation(run)));
  return { list: found.reverse().map((run) => runResource(call, run)) };
};

function operation({ options }: Run): string {
  if (options.planOnly) return "plan_only";
  if (options.savePlan) return "save_plan";
  if (options.isDestroy) return "destroy";
  return options.refreshOnly ? "refresh_only" : "plan_and_apply";
}

const COMMENT = z.object({ comment: z.string().nullable().optional() });

const act =
  (action: Action): Handler =>
  (call) => {
    call.app.engine.act(runOf(call).id, action, readBody(call.body, COMMENT).comment ?? "");
    return { status: 202 };
  };

const events: Handler = (call) => ({
  list: runOf(call).events.map(({ id, at, action, description }) => ({
    type: "run-events",
    id,
    attributes: { action, "created-at": at, description },
  })),
});

export const RUN_ROUTES: readonly Route[] = [
  ["POST", "/api/v2/runs", "run:plan", create],
  ["GET", "/api/v2/workspaces/:workspace/runs", "run:read", list],
  ["GET", "/api/v2/runs/:run", "run:read", (call) => ({ data: runResource(call, runOf(call)) })],
  ["GET", "/api/v2/runs/:run/run-events", "run:read", events],
  ["POST", "/api/v2/runs/:run/actions/apply", "run:apply", act("apply")],
  ["POST", "/api/v2/runs/:run/actions/discard", "run:plan", act("discard")],
  ["POST", "/api/v2/runs/:run/actions/cancel", "run:plan", act("cancel")],
  [
    "POST",
    "/api/v2/runs/:run/actions/force-cancel",
    "workspace:manage",
    (call) => {
      call.app.engine.forceCancel(runOf(call).id);
      return { status: 202 };
    },
  ],
];
