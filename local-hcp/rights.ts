/** Tokens and what each may do, as data. https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens */

export type Right =
  | "organization:read"
  | "organization:manage"
  | "workspace:read"
  | "workspace:manage"
  | "workspace:lock"
  | "run:read"
  | "run:plan"
  | "run:apply"
  | "plan:json"
  | "state:read"
  | "state:write"
  | "variable:read"
  | "variable:write"
  | "task:callback";

export type Role = "owner" | "write" | "plan" | "read" | "organization" | "outsider";

/** Who asks. */
export interface Identity {
  readonly kind: "user" | "team" | "organization" | "run" | "task";
  readonly name: string;
  readonly rights: readonly Right[];
  /** For the token of a run or of a run task: the run that it belongs to. */
  readonly runId?: string;
}

const READ: Right[] = ["organization:read", "workspace:read", "run:read", "state:read", "variable:read"];
const PLAN: Right[] = [...READ, "run:plan"];
const WRITE: Right[] = [...PLAN, "run:apply", "state:write", "workspace:lock", "variable:write"];

/** One token of each role exists. */
export const ROLES: Record<Role, Identity> = {
  owner: {
    kind: "user",
    name: "owner",
    rights: [...WRITE, "organization:manage", "workspace:manage", "plan:json"],
  },
  write: { kind: "team", name: "write", rights: WRITE },
  plan: { kind: "team", name: "plan", rights: PLAN },
  read: { kind: "team", name: "read", rights: READ },
  // Manages what is in the organization, and can neither upload nor run.
  organization: {
    kind: "organization",
    name: "organization",
    rights: [
      "organization:read",
      "organization:manage",
      "workspace:read",
      "workspace:manage",
      "workspace:lock",
      "run:read",
      "variable:read",
      "variable:write",
    ],
  },
  // A token that is good, of somebody who is in no team here.
  outsider: { kind: "user", name: "outsider", rights: [] },
};

export const isRole = (text: string): text is Role => text in ROLES;

/** The token that a run finds: state is its own and what other workspaces share. */
export const runIdentity = (runId: string): Identity => ({
  kind: "run",
  name: runId,
  runId,
  rights: ["organization:read", "workspace:read", "state:read"],
});

/** The token in a run task's request: the plan's JSON and the callback of its run. */
export const taskIdentity = (runId: string): Identity => ({
  kind: "task",
  name: `task of ${runId}`,
  runId,
  rights: ["plan:json", "task:callback"],
});

export const may = (identity: Identity, right: Right): boolean => identity.rights.includes(right);

/** The `permissions` of a workspace, by the right that gives each. */
export const WORKSPACE_PERMISSIONS: Record<string, Right> = {
  "can-destroy": "workspace:manage",
  "can-force-delete": "workspace:manage",
  "can-force-unlock": "workspace:manage",
  "can-lock": "workspace:lock",
  "can-unlock": "workspace:lock",
  "can-manage-run-tasks": "workspace:manage",
  "can-queue-apply": "run:apply",
  "can-queue-destroy": "run:apply",
  "can-queue-run": "run:plan",
  "can-read-settings": "workspace:read",
  "can-read-state-outputs": "state:read",
  "can-read-state-versions": "state:read",
  "can-create-state-versions": "state:write",
  "can-read-variable": "variable:read",
  "can-update": "workspace:manage",
  "can-update-variable": "variable:write",
};

/** The `permissions` of a run. */
export const RUN_PERMISSIONS: Record<string, Right> = {
  "can-apply": "run:apply",
  "can-cancel": "run:plan",
  "can-comment": "run:plan",
  "can-discard": "run:plan",
  "can-force-cancel": "workspace:manage",
  "can-force-execute": "run:apply",
  "can-override-policy-check": "organization:manage",
};

export const permissions = (identity: Identity, table: Record<string, Right>): Record<string, boolean> =>
  Object.fromEntries(Object.entries(table).map(([name, right]) => [name, may(identity, right)]));
