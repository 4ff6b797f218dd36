import { readFileSync } from "node:fs";
import { z } from "zod";
import { archiveUrl } from "../app";
import { conflict, invalid, many, notFound, one, readBody, type Resource } from "../json-api";
import type { StateOutput, StateVersion, Workspace } from "../model";
import type { Call, Handler, Route } from "../router";
import { fillStateVersion, stateFile } from "../states";
import { workspaceOf } from "./workspaces";

export const stateVersionResource = ({ app }: Pick<Call, "app">, version: StateVersion): Resource => ({
  type: "state-versions",
  id: version.id,
  attributes: {
    "created-at": version.createdAt,
    serial: version.stateSerial,
    status: version.status,
    "state-version": 4,
    "terraform-version": version.terraformVersion,
    "resources-processed": version.status === "finalized",
    "hosted-state-download-url": version.status === "finalized" ? archiveUrl(app, "state", version.id) : null,
    "hosted-state-upload-url": version.status === "pending" ? archiveUrl(app, "upload-state", version.id) : null,
    "hosted-json-state-upload-url": version.status === "pending" ? archiveUrl(app, "discard", version.id) : null,
  },
  relationships: {
    run: one("runs", version.runId),
    workspace: one("workspaces", version.workspaceId),
    outputs: many(
      "state-version-outputs",
      version.outputs.map(({ id }) => id),
    ),
  },
});

const simpleType = (type: unknown): string =>
  Array.isArray(type) ? (type[0] === "list" ? "array" : String(type[0])) : String(type);

export const outputResource = (output: StateOutput, reveal: boolean): Resource => ({
  type: "state-version-outputs",
  id: output.id,
  attributes: {
    name: output.name,
    sensitive: output.sensitive,
    type: simpleType(output.type),
    "detailed-type": output.type,
    value: output.sensitive && !reveal ? null : output.value,
  },
});

/** A run reads its own state, and that of workspaces that share it. @throws ApiError 404 */
function checkShared({ app, identity }: Call, workspace: Workspace): void {
  if (identity.kind !== "run") return;
  const reader = app.store.need("workspace", app.store.need("run", identity.runId!).workspaceId);
  const shared = workspace.globalRemoteState || workspace.remoteStateConsumers.includes(reader.id);
  if (reader.id !== workspace.id && !(shared && reader.organization === workspace.organization)) throw notFound();
}

/** The workspace's current state. @throws ApiError 404 when there is none, or it is not shared with the reader */
function current(call: Call): StateVersion {
  const workspace = workspaceOf(call);
  checkShared(call, workspace);
  if (!workspace.stateVersionId) throw notFound();
  return call.app.store.need("stateVersion", workspace.stateVersionId);
}

function versionOf(call: Call): StateVersion {
  const version = call.app.store.get("stateVersion", call.params.id!);
  if (!version) throw notFound();
  checkShared(call, call.app.store.need("workspace", version.workspaceId));
  return version;
}

const BODY = z.object({
  data: z.object({
    attributes: z.object({
      serial: z.number().int(),
      md5: z.string(),
      lineage: z.string().optional(),
      force: z.boolean().optional(),
      state: z.string().nullable().optional(),
    }),
  }),
});

const create: Handler = (call) => {
  const workspace = workspaceOf(call);
  const { store, engine } = call.app;
  const { serial, lineage = "", force = false, state } = readBody(call.body, BODY).data.attributes;
  if (workspace.lock?.kind !== "user" || workspace.lock.by !== call.identity.name)
    throw conflict("The workspace must be locked by you before a state version can be created.");
  const before = workspace.stateVersionId ? store.need("stateVersion", workspace.stateVersionId) : undefined;
  if (before && !force && (serial <= before.stateSerial || (lineage !== "" && lineage !== before.lineage)))
    throw conflict(`The serial must be greater than ${before.stateSerial}, of the same lineage.`);
  const version = store.create("stateVersion", {
    workspaceId: workspace.id,
    status: "pending",
    stateSerial: serial,
    lineage,
    terraformVersion: "",
    outputs: [],
  });
  if (state) {
    fillStateVersion(store, version, Buffer.from(state, "base64"));
    engine.stateMoved(workspace.id);
  }
  return { status: 201, data: stateVersionResource(call, store.need("stateVersion", version.id)) };
};

/** Takes the state of a version that was announced. */
export function receiveState(call: Call, id: string): void {
  const version = call.app.store.need("stateVersion", id);
  if (version.status !== "pending") throw conflict("State version was uploaded already");
  try {
    fillStateVersion(call.app.store, version, call.bytes);
  } catch (error) {
    throw invalid(`The state is not readable: ${(error as Error).message}`);
  }
  call.app.engine.stateMoved(version.workspaceId);
}

const list: Handler = (call) => {
  const wanted = (name: string) => call.query.get(`filter[${name}][name]`);
  const { store } = call.app;
  const workspace = store
    .all("workspace")
    .find((item) => item.organization === wanted("organization") && item.name === wanted("workspace"));
  if (!workspace) throw notFound();
  checkShared(call, workspace);
  const found = store.all("stateVersion").filter(({ workspaceId }) => workspaceId === workspace.id);
  return { list: found.reverse().map((version) => stateVersionResource(call, version)) };
};

const output: Handler = (call) => {
  for (const version of call.app.store.all("stateVersion")) {
    const found = version.outputs.find(({ id }) => id === call.params.id);
    if (!found) continue;
    checkShared(call, call.app.store.need("workspace", version.workspaceId));
    return { data: outputResource(found, true) };
  }
  throw notFound();
};

const outputs = (version: StateVersion) => ({ list: version.outputs.map((item) => outputResource(item, false)) });

export const readState = ({ app }: Pick<Call, "app">, id: string): Buffer => readFileSync(stateFile(app.store, id));

export const STATE_VERSION_ROUTES: readonly Route[] = [
  ["GET", "/api/v2/state-versions", "state:read", list],
  ["POST", "/api/v2/workspaces/:workspace/state-versions", "state:write", create],
  [
    "GET",
    "/api/v2/workspaces/:workspace/current-state-version",
    "state:read",
    (call) => ({ data: stateVersionResource(call, current(call)) }),
  ],
  [
    "GET",
    "/api/v2/workspaces/:workspace/current-state-version-outputs",
    "state:read",
    (call) => outputs(current(call)),
  ],
  [
    "GET",
    "/api/v2/state-versions/:id",
    "state:read",
    (call) => ({ data: stateVersionResource(call, versionOf(call)) }),
  ],
  ["GET", "/api/v2/state-versions/:id/outputs", "state:read", (call) => outputs(versionOf(call))],
  ["GET", "/api/v2/state-version-outputs/:id", "state:read", output],
];
