/** Every route, and what relationships point to. */
import type { Resource } from "../json-api";
import type { Call, Lookup, Route } from "../router";
import { ACCOUNT_ROUTES, organizationResource } from "./account";
import { ARCHIVE_ROUTES } from "./archive";
import { CONFIGURATION_VERSION_ROUTES, configurationVersionResource } from "./configuration-versions";
import { phaseResource, PLAN_ROUTES, runByPhase } from "./plans";
import { POLICY_CHECK_ROUTES, policyCheckResource, runByCheck } from "./policy-checks";
import { PROJECT_ROUTES, projectResource } from "./projects";
import { RUN_ROUTES, runResource } from "./runs";
import { outputResource, STATE_VERSION_ROUTES, stateVersionResource } from "./state-versions";
import { findResult, findStage, resultResource, stageResource, TASK_ROUTES, taskResource } from "./tasks";
import { VARIABLE_ROUTES, variableResource } from "./variables";
import { WORKSPACE_ROUTES, workspaceResource } from "./workspaces";

export const ROUTES: readonly Route[] = [
  ...ACCOUNT_ROUTES,
  ...PROJECT_ROUTES,
  ...WORKSPACE_ROUTES,
  ...CONFIGURATION_VERSION_ROUTES,
  ...RUN_ROUTES,
  ...PLAN_ROUTES,
  ...POLICY_CHECK_ROUTES,
  ...STATE_VERSION_ROUTES,
  ...VARIABLE_ROUTES,
  ...TASK_ROUTES,
  ...ARCHIVE_ROUTES,
];

const BY_TYPE: Record<string, (call: Call, id: string) => Resource> = {
  organizations: organizationResource,
  projects: ({ app }, id) => projectResource(app.store.need("project", id)),
  workspaces: (call, id) => workspaceResource(call, call.app.store.need("workspace", id)),
  "configuration-versions": (call, id) =>
    configurationVersionResource(call, call.app.store.need("configurationVersion", id)),
  runs: (call, id) => runResource(call, call.app.store.need("run", id)),
  plans: (call, id) => phaseResource(call, runByPhase(call, "plan", id), "plan"),
  applies: (call, id) => phaseResource(call, runByPhase(call, "apply", id), "apply"),
  users: (_, id) => ({ type: "users", id, attributes: { username: id.replace(/^user-/, "") } }),
  "policy-checks": (call, id) => policyCheckResource(call, runByCheck(call, id)),
  "state-versions": (call, id) => stateVersionResource(call, call.app.store.need("stateVersion", id)),
  "state-version-outputs": ({ app }, id) =>
    outputResource(
      app.store
        .all("stateVersion")
        .flatMap(({ outputs }) => outputs)
        .find((output) => output.id === id)!,
      false,
    ),
  vars: ({ app }, id) => variableResource(app.store.need("variable", id)),
  tasks: ({ app }, id) => taskResource(app.store.need("task", id)),
  "task-stages": (call, id) => {
    const { run, stage } = findStage(call, id);
    return stageResource(run, stage);
  },
  "task-results": (call, id) => {
    const { run, stage, result } = findResult(call, id);
    return resultResource(run, stage, result);
  },
};

export const lookup: Lookup = (call, type, id) => BY_TYPE[type]?.(call, id);
