/** Plans and applies: counts, logs, and the plan as JSON. */
import { existsSync, readFileSync } from "node:fs";
import { archiveUrl } from "../app";
import { notFound, type Resource } from "../json-api";
import type { Phase, Run } from "../model";
import type { Call, Handler, Reply, Route } from "../router";

const TYPES = { plan: "plans", apply: "applies" } as const;
type PhaseName = keyof typeof TYPES;

export function phaseResource({ app }: Pick<Call, "app">, run: Run, name: PhaseName): Resource {
  const phase: Phase = run[name];
  const json = {
    "json-output": `/api/v2/plans/${phase.id}/json-output`,
    "json-output-redacted": `/api/v2/plans/${phase.id}/json-output-redacted`,
  };
  return {
    type: TYPES[name],
    id: phase.id,
    attributes: {
      status: phase.status,
      "status-timestamps": phase.timestamps,
      "log-read-url": archiveUrl(app, "log", `${run.id}/${name}`),
      "resource-additions": phase.additions,
      "resource-changes": phase.changes,
      "resource-destructions": phase.destructions,
      "resource-imports": phase.imports,
      "execution-details": { mode: "remote" },
      ...(name === "plan" && { "has-changes": run.plan.hasChanges, "generated-configuration": false }),
    },
    relationships: { "state-versions": { data: [] } },
    links: { self: `/api/v2/${TYPES[name]}/${phase.id}`, ...(name === "plan" && json) },
  };
}

/** @throws ApiError 404 */
export function runByPhase({ app }: Pick<Call, "app">, name: PhaseName, id: string): Run {
  const run = app.store.all("run").find((item) => item[name].id === id);
  if (!run) throw notFound();
  return run;
}

const show =
  (name: PhaseName): Handler =>
  (call) => ({ data: phaseResource(call, runByPhase(call, name, call.params.id!), name) });

export const planFile = ({ app }: Pick<Call, "app">, runId: string, redacted = false): string =>
  app.store.path("runs", runId, redacted ? "plan-redacted.json" : "plan.json");

/** A plan that failed will never have any JSON. */
const withoutJson = (run: Run): Reply => {
  if (["pending", "queued", "running"].includes(run.plan.status)) return { status: 204 };
  throw notFound();
};

const json: Handler = (call) => {
  const run = call.params.run ? call.app.store.get("run", call.params.run) : runByPhase(call, "plan", call.params.id!);
  if (!run || (call.identity.kind === "task" && call.identity.runId !== run.id)) throw notFound();
  if (!existsSync(planFile(call, run.id))) return withoutJson(run);
  // The archive has another name than the API, so that a client that sends its token along does so to a stranger.
  const url = archiveUrl(call.app, "plan", run.id).replace("//127.0.0.1:", "//localhost:");
  return { status: 307, headers: { Location: url } };
};

const redacted: Handler = (call) => {
  const run = runByPhase(call, "plan", call.params.id!);
  const file = planFile(call, run.id, true);
  return existsSync(file) ? { bytes: readFileSync(file), contentType: "application/json" } : withoutJson(run);
};

const STX = "\u0002";
const ETX = "\u0003";

/** A piece of a log; the whole begins with STX, and ends with ETX once nothing more will come. */
export function readLog({ app, query }: Pick<Call, "app" | "query">, id: string): Reply {
  const [runId = "", name = ""] = id.split("/");
  const file = app.store.path("runs", runId, `${name}.log`);
  const over = !["pending", "queued", "running"].includes(app.store.need("run", runId)[name as PhaseName].status);
  const text = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const whole = Buffer.concat([Buffer.from(STX), text, Buffer.from(over ? ETX : "")]);
  const offset = Number(query.get("offset") ?? 0);
  const limit = Number(query.get("limit") ?? whole.length);
  return { bytes: whole.subarray(offset, offset + limit), contentType: "text/plain" };
}

export const PLAN_ROUTES: readonly Route[] = [
  ["GET", "/api/v2/plans/:id", "run:read", show("plan")],
  ["GET", "/api/v2/plans/:id/json-output", "plan:json", json],
  ["GET", "/api/v2/runs/:run/plan/json-output", "plan:json", json],
  ["GET", "/api/v2/plans/:id/json-output-redacted", "run:read", redacted],
  ["GET", "/api/v2/applies/:id", "run:read", show("apply")],
];
