import { readFileSync, renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { list as listArchive } from "tar";
import { z } from "zod";
import { archiveUrl, type App } from "../app";
import { conflict, notFound, one, readBody, type Resource } from "../json-api";
import type { ConfigurationVersion } from "../model";
import type { Call, Handler, Route } from "../router";
import { writeFile } from "../store";
import { queueRun } from "./runs";
import { workspaceOf } from "./workspaces";

/** The address to upload to is a secret of its own, so only the answer to the creation has it. */
export const configurationVersionResource = (
  { app }: Pick<Call, "app">,
  version: ConfigurationVersion,
  created = false,
): Resource => ({
  type: "configuration-versions",
  id: version.id,
  attributes: {
    status: version.status,
    speculative: version.speculative,
    provisional: version.provisional,
    "auto-queue-runs": version.autoQueueRuns,
    source: "tfe-api",
    "created-at": version.createdAt,
    error: version.errorMessage ? "upload" : null,
    "error-message": version.errorMessage ?? null,
    "changed-files": [],
    "upload-url": created ? archiveUrl(app, "upload-configuration", version.id) : null,
  },
  relationships: { "ingress-attributes": { data: null }, workspace: one("workspaces", version.workspaceId) },
  links: {
    self: `/api/v2/configuration-versions/${version.id}`,
    download: `/api/v2/configuration-versions/${version.id}/download`,
  },
});

const versionOf = ({ app, params }: Call): ConfigurationVersion => {
  const version = app.store.get("configurationVersion", params.id!);
  if (!version) throw notFound();
  return version;
};

const BODY = z.object({
  data: z
    .object({
      attributes: z
        .object({ "auto-queue-runs": z.boolean(), speculative: z.boolean(), provisional: z.boolean() })
        .partial()
        .optional(),
    })
    .optional(),
});

const create: Handler = (call) => {
  const attributes = readBody(call.body, BODY).data?.attributes ?? {};
  const version = call.app.store.create("configurationVersion", {
    workspaceId: workspaceOf(call).id,
    speculative: attributes.speculative ?? false,
    provisional: attributes.provisional ?? false,
    autoQueueRuns: attributes["auto-queue-runs"] ?? true,
    status: "pending",
  });
  return { status: 201, data: configurationVersionResource(call, version, true) };
};

export const archiveFile = (app: Pick<App, "store">, id: string): string => app.store.path("archives", `${id}.tar.gz`);

/** Takes an uploaded archive. */
export async function receiveArchive(call: Call, id: string): Promise<void> {
  const { app } = call;
  const { store, faults } = app;
  const version = store.need("configurationVersion", id);
  if (version.status !== "pending") throw conflict("Configuration version was uploaded already");
  const workspace = store.need("workspace", version.workspaceId);
  const draft = store.path("archives", `${id}.part`);
  writeFile(draft, call.bytes);
  const problem = faults.take("bad-upload", workspace.name)
    ? "the stand-in was told to refuse it"
    : await unreadable(draft);
  const finish = () => {
    if (store.need("configurationVersion", id).status !== "pending") return;
    if (problem) {
      rmSync(draft);
      store.update("configurationVersion", id, {
        status: "errored",
        errorMessage: `The archive cannot be unpacked: ${problem}`,
      });
      return;
    }
    renameSync(draft, archiveFile(app, id));
    store.update("configurationVersion", id, { status: "uploaded" });
    if (!version.speculative && !version.provisional)
      store.update("workspace", workspace.id, { configurationVersionId: id });
    if (version.autoQueueRuns) queueRun(call, workspace.id, id);
  };
  if (!faults.take("slow-upload", workspace.name)) return finish();
  sleep(app.slowUploadMs, undefined, { signal: app.closing }).then(finish, () => undefined);
}

async function unreadable(file: string): Promise<string | undefined> {
  let entries = 0;
  try {
    await listArchive({ file, strict: true, onReadEntry: () => (entries += 1) });
    return entries > 0 ? undefined : "it holds no files";
  } catch (error) {
    return (error as Error).message;
  }
}

export const CONFIGURATION_VERSION_ROUTES: readonly Route[] = [
  [
    "GET",
    "/api/v2/workspaces/:workspace/configuration-versions",
    "run:read",
    (call) => {
      const { id } = workspaceOf(call);
      const found = call.app.store.all("configurationVersion").filter(({ workspaceId }) => workspaceId === id);
      return { list: found.reverse().map((version) => configurationVersionResource(call, version)) };
    },
  ],
  ["POST", "/api/v2/workspaces/:workspace/configuration-versions", "run:plan", create],
  [
    "GET",
    "/api/v2/configuration-versions/:id",
    "run:read",
    (call) => ({ data: configurationVersionResource(call, versionOf(call)) }),
  ],
  [
    "GET",
    "/api/v2/configuration-versions/:id/download",
    "run:read",
    (call) => {
      const version = versionOf(call);
      if (version.status !== "uploaded") throw notFound();
      return { status: 302, headers: { Location: archiveUrl(call.app, "configuration", version.id) } };
    },
  ],
];

export const readArchive = (app: Pick<App, "store">, id: string): Buffer => readFileSync(archiveFile(app, id));
