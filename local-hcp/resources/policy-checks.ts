import { notFound, one, type Resource } from "../json-api";
import type { Run } from "../model";
import { may } from "../rights";
import type { Call, Handler, Route } from "../router";
import { allows } from "../run-states";
import { runOf } from "./runs";

export function policyCheckResource({ identity }: Pick<Call, "identity">, run: Run): Resource {
  const { id, status } = run.policyCheck!;
  const failed = Number(status !== "overridden");
  return {
    type: "policy-checks",
    id,
    attributes: {
      scope: "organization",
      status,
      actions: { "is-overridable": allows(run.status, "override") },
      permissions: { "can-override": may(identity, "organization:manage") },
      result: { result: failed === 0, passed: 0, "total-failed": 1, "soft-failed": 1, "hard-failed": 0 },
    },
    relationships: { run: one("runs", run.id) },
    links: { output: `/api/v2/policy-checks/${id}/output` },
  };
}

/** @throws ApiError 404 */
export function runByCheck({ app }: Pick<Call, "app">, id: string): Run {
  const run = app.store.all("run").find((item) => item.policyCheck?.id === id);
  if (!run) throw notFound();
  return run;
}

const override: Handler = (call) => {
  const { id } = runByCheck(call, call.params.id!);
  call.app.engine.act(id, "override");
  return { data: policyCheckResource(call, runByCheck(call, call.params.id!)) };
};

export const POLICY_CHECK_ROUTES: readonly Route[] = [
  [
    "GET",
    "/api/v2/runs/:run/policy-checks",
    "run:read",
    (call) => {
      const run = runOf(call);
      return { list: run.policyCheck ? [policyCheckResource(call, run)] : [] };
    },
  ],
  [
    "GET",
    "/api/v2/policy-checks/:id",
    "run:read",
    (call) => ({ data: policyCheckResource(call, runByCheck(call, call.params.id!)) }),
  ],
  [
    "GET",
    "/api/v2/policy-checks/:id/output",
    "run:read",
    (call) => {
      const { policyCheck } = runByCheck(call, call.params.id!);
      return { bytes: `Policy "stand-in": ${policyCheck!.status}\n`, contentType: "text/plain" };
    },
  ],
  ["POST", "/api/v2/policy-checks/:id/actions/override", "organization:manage", override],
];
