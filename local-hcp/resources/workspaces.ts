import { z } from "zod";
import { conflict, invalid, notFound, one, readBody, type Resource } from "../json-api";
import type { Workspace } from "../model";
import { permissions, WORKSPACE_PERMISSIONS } from "../rights";
import type { Call, Handler, Reply, Route } from "../router";
import { organizationOf } from "./organization";
import { defaultProject } from "./projects";

export function workspaceResource({ identity }: Pick<Call, "identity">, workspace: Workspace): Resource {
  const { lock } = workspace;
  const lockedBy = lock && {
    type: lock.kind === "run" ? "runs" : "users",
    id: lock.kind === "run" ? lock.by : `user-${lock.by}`,
  };
  return {
    type: "workspaces",
    id: workspace.id,
    attributes: {
      name: workspace.name,
      description: workspace.description,
      "auto-apply": workspace.autoApply,
      "created-at": workspace.createdAt,
      "execution-mode": workspace.executionMode,
      operations: workspace.executionMode !== "local",
      "global-remote-state": workspace.globalRemoteState,
      locked: lock !== undefined,
      "locked-reason": lock?.reason ?? "",
      permissions: permissions(identity, WORKSPACE_PERMISSIONS),
      "structured-run-output-enabled": true,
      "allow-destroy-plan": true,
      "queue-all-runs": false,
      "speculative-enabled": true,
      "tag-names": Object.keys(workspace.tags),
      "terraform-version": workspace.terraformVersion,
      "working-directory": workspace.workingDirectory || null,
      "vcs-repo": null,
    },
    relationships: {
      organization: one("organizations", workspace.organization),
      project: one("projects", workspace.projectId),
      "current-run": one("runs", workspace.currentRunId),
      "current-configuration-version": one("configuration-versions", workspace.configurationVersionId),
      "current-state-version": one("state-versions", workspace.stateVersionId),
      "locked-by": { data: lockedBy ?? null },
    },
    links: {
      self: `/api/v2/organizations/${workspace.organization}/workspaces/${workspace.name}`,
      "self-html": `/app/${workspace.organization}/workspaces/${workspace.name}`,
    },
  };
}

/** The workspace of the path, by id or by name. @throws ApiError 404 */
export function workspaceOf(call: Call): Workspace {
  const { app, params } = call;
  const found = params.workspace
    ? app.store.get("workspace", params.workspace)
    : workspacesOf(call).find(({ name }) => name === params.name);
  if (!found) throw notFound();
  return found;
}

function workspacesOf(call: Call): Workspace[] {
  const organization = organizationOf(call);
  return call.app.store
    .all("workspace")
    .filter((item) => item.organization === organization)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const IDENTIFIERS = z.object({ data: z.array(z.object({ id: z.string() })) });
const NAME = z.string().regex(/^[\w-]{1,90}$/, "Name has characters other than letters, numbers, - and _");
const BODY = z.object({
  data: z.object({
    attributes: z
      .object({
        name: NAME,
        description: z.string().nullable(),
        "auto-apply": z.boolean(),
        "execution-mode": z.enum(["remote", "local"]),
        "working-directory": z.string().nullable(),
        "terraform-version": z.string(),
        "global-remote-state": z.boolean(),
      })
      .partial(),
    relationships: z
      .object({
        project: z.object({ data: z.object({ id: z.string() }) }),
        "tag-bindings": z.object({
          data: z.array(z.object({ attributes: z.object({ key: z.string(), value: z.string().optional() }) })),
        }),
        tags: z.object({ data: z.array(z.object({ attributes: z.object({ name: z.string() }) })) }),
      })
      .partial()
      .optional(),
  }),
});

/** What a document changes, as fields of the record. */
function changes(call: Call): Partial<Workspace> {
  const { attributes, relationships } = readBody(call.body, BODY).data;
  if (attributes["terraform-version"] && attributes["terraform-version"] !== call.app.terraformVersion)
    throw invalid(`Terraform version must be ${call.app.terraformVersion}, which is installed here`);
  const bindings = [
    ...(relationships?.["tag-bindings"]?.data ?? []).map(({ attributes: { key, value = "" } }) => [key, value]),
    ...(relationships?.tags?.data ?? []).map(({ attributes: { name } }) => [name, ""]),
  ];
  const fields: Partial<Workspace> = {
    name: attributes.name,
    description: attributes.description ?? undefined,
    autoApply: attributes["auto-apply"],
    executionMode: attributes["execution-mode"],
    workingDirectory: attributes["working-directory"] === null ? "" : attributes["working-directory"],
    globalRemoteState: attributes["global-remote-state"],
    projectId: relationships?.project?.data.id,
    tags: bindings.length > 0 ? (Object.fromEntries(bindings) as Record<string, string>) : undefined,
  } as Partial<Workspace>;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const create: Handler = (call) => {
  const { store, terraformVersion } = call.app;
  const organization = organizationOf(call);
  const { name, ...rest } = changes(call);
  if (name === undefined) throw invalid("Name can't be blank");
  if (workspacesOf(call).some((item) => item.name === name)) throw invalid("Name has already been taken");
  const workspace = store.create("workspace", {
    organization,
    name,
    description: "",
    projectId: defaultProject(store, organization).id,
    autoApply: false,
    executionMode: "remote",
    workingDirectory: "",
    terraformVersion,
    globalRemoteState: false,
    remoteStateConsumers: [],
    tags: {},
    ...rest,
  });
  return { status: 201, data: workspaceResource(call, workspace) };
};

const update: Handler = (call) => {
  const { id, name: before } = workspaceOf(call);
  const change = changes(call);
  if (change.name !== undefined && change.name !== before) throw invalid("the stand-in does not rename workspaces");
  return { data: workspaceResource(call, call.app.store.update("workspace", id, change)) };
};

/** The tags that `filter[tagged][0][key]` and `filter[tagged][0][value]` ask for. */
function bindingsWanted(query: URLSearchParams): [string, string][] {
  const keys = [...query].filter(([name]) => /^filter\[tagged\]\[\d+\]\[key\]$/.test(name));
  return keys.map(([name, key]) => [key, query.get(name.replace("[key]", "[value]")) ?? ""]);
}

/** @see https://developer.hashicorp.com/terraform/cloud-docs/api-docs/workspaces#list-workspaces */
const list: Handler = (call) => {
  const [name, tags, project] = ["search[name]", "search[tags]", "filter[project][id]"].map((key) =>
    call.query.get(key),
  );
  const found = workspacesOf(call)
    .filter((item) => !name || item.name.includes(name))
    .filter((item) => !project || item.projectId === project)
    .filter((item) => !tags || tags.split(",").every((tag) => tag in item.tags))
    .filter((item) => bindingsWanted(call.query).every(([key, value]) => item.tags[key] === value));
  return { list: found.map((item) => workspaceResource(call, item)) };
};

const REASON = z.object({ reason: z.string().optional() });

const lock: Handler = (call) => {
  const { id, lock: before } = workspaceOf(call);
  if (before) throw conflict("Unable to lock workspace. The workspace is already locked.");
  const reason = readBody(call.body, REASON).reason ?? "";
  const locked = call.app.store.update("workspace", id, { lock: { kind: "user", by: call.identity.name, reason } });
  return { data: workspaceResource(call, locked) };
};

function unlock(call: Call, forced: boolean): Reply {
  const { id, lock: before, stateVersionId } = workspaceOf(call);
  const { store, engine } = call.app;
  if (!before) throw conflict("Unable to unlock workspace. The workspace is not locked.");
  if (before.kind === "run") throw conflict("Unable to unlock workspace. The workspace is locked by Run " + before.by);
  if (!forced && before.by !== call.identity.name)
    throw conflict(`Unable to unlock workspace. The workspace is locked by User ${before.by}`);
  if (stateVersionId && store.all("stateVersion").some((item) => item.workspaceId === id && item.status === "pending"))
    throw conflict("Unable to unlock workspace. The latest state version is still pending.");
  const unlocked = store.update("workspace", id, { lock: undefined });
  engine.tick();
  return { data: workspaceResource(call, unlocked) };
}

/** Adds, takes away or replaces the workspaces that may read this one's state. */
const consumers =
  (combine: (before: readonly string[], given: readonly string[]) => string[]): Handler =>
  (call) => {
    const { id, remoteStateConsumers } = workspaceOf(call);
    const given = readBody(call.body, IDENTIFIERS).data.map((item) => item.id);
    if (given.some((other) => !call.app.store.get("workspace", other))) throw notFound();
    call.app.store.update("workspace", id, { remoteStateConsumers: combine(remoteStateConsumers, given) });
    return { status: 204 };
  };

const TAGS = z.object({
  data: z.array(
    z.object({
      attributes: z.object({ key: z.string().optional(), name: z.string().optional(), value: z.string().optional() }),
    }),
  ),
});

const bindings = (workspace: Workspace): Resource[] =>
  Object.entries(workspace.tags).map(([key, value]) => ({
    type: "tag-bindings",
    id: `tb-${key}`,
    attributes: { key, value },
  }));

const addTags: Handler = (call) => {
  const { id, tags } = workspaceOf(call);
  const given = readBody(call.body, TAGS).data.map(({ attributes: { key, name, value } }) => [
    key ?? name,
    value ?? "",
  ]);
  const changed = call.app.store.update("workspace", id, {
    tags: { ...tags, ...(Object.fromEntries(given) as Record<string, string>) },
  });
  return { list: bindings(changed) };
};

const BY_NAME = "/api/v2/organizations/:organization/workspaces/:name";
const BY_ID = "/api/v2/workspaces/:workspace";
const read: Handler = (call) => ({ data: workspaceResource(call, workspaceOf(call)) });

export const WORKSPACE_ROUTES: readonly Route[] = [
  ["GET", "/api/v2/organizations/:organization/workspaces", "workspace:read", list],
  ["POST", "/api/v2/organizations/:organization/workspaces", "workspace:manage", create],
  ["GET", BY_NAME, "workspace:read", read],
  ["PATCH", BY_NAME, "workspace:manage", update],
  ["GET", BY_ID, "workspace:read", read],
  ["PATCH", BY_ID, "workspace:manage", update],
  ["POST", `${BY_ID}/actions/lock`, "workspace:lock", lock],
  ["POST", `${BY_ID}/actions/unlock`, "workspace:lock", (call) => unlock(call, false)],
  ["POST", `${BY_ID}/actions/force-unlock`, "workspace:manage", (call) => unlock(call, true)],
  [
    "GET",
    `${BY_ID}/relationships/remote-state-consumers`,
    "workspace:read",
    (call) => ({
      list: workspaceOf(call).remoteStateConsumers.map((id) =>
        workspaceResource(call, call.app.store.need("workspace", id)),
      ),
    }),
  ],
  ["PATCH", `${BY_ID}/relationships/remote-state-consumers`, "workspace:manage", consumers((_, given) => [...given])],
  [
    "POST",
    `${BY_ID}/relationships/remote-state-consumers`,
    "workspace:manage",
    consumers((before, given) => [...new Set([...before, ...given])]),
  ],
  [
    "DELETE",
    `${BY_ID}/relationships/remote-state-consumers`,
    "workspace:manage",
    consumers((before, given) => before.filter((id) => !given.includes(id))),
  ],
  ["GET", `${BY_ID}/tag-bindings`, "workspace:read", (call) => ({ list: bindings(workspaceOf(call)) })],
  ["PATCH", `${BY_ID}/tag-bindings`, "workspace:manage", addTags],
  ["POST", `${BY_ID}/relationships/tags`, "workspace:manage", addTags],
];
