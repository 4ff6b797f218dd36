/** What a stack's folder would upload, and which upload a run was made from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchFolder } from "../system/scratch";
import { archive, digestOf, filesIn, filesOf, type UploadedFile } from "./archive";
import type { Client, RunRequest } from "./client";
import { HcpError } from "./error";
import type { RunData, VersionData, WorkspaceData } from "./model";
import type { Stack } from "./stacks";
import { pauses } from "./watch";

export interface Upload {
  readonly files: readonly UploadedFile[];
  readonly digest: string;
}

export function uploadOf({ folder }: Stack): Upload {
  const files = filesOf(folder);
  return { files, digest: digestOf(files) };
}

/** The message of a run says which upload it was made from. */
export const runMessage = (message: string, digest: string): string => `${message} (upload ${digest})`;
export const digestIn = (run: RunData): string | undefined =>
  /\(upload ([0-9a-f]{64})\)$/.exec(run.attributes.message ?? "")?.[1];

export const workingDirectory = (workspace: WorkspaceData): string =>
  (workspace.attributes["working-directory"] ?? "").replace(/^\/+|\/+$/g, "");

const LONGEST_MS = 10 * 60_000;

/** Uploads, and waits until the configuration can be used. Nothing runs by itself. */
export async function upload(
  client: Client,
  workspace: WorkspaceData,
  { files }: Upload,
  kind: RunRequest["kind"],
): Promise<string> {
  const { id, attributes } = await client.createVersion(workspace.id, kind);
  const url = attributes["upload-url"];
  if (!url) throw new HcpError(`${client.api.host.hostname} gave no address to upload to`);
  await client.api.upload(url, archive(files, workingDirectory(workspace)));
  await usable(client, id);
  return id;
}

async function usable(client: Client, id: string): Promise<VersionData> {
  let waited = 0;
  for (const pause of pauses()) {
    const version = await client.version(id);
    const { status, "error-message": reason } = version.attributes;
    if (status === "uploaded") return version;
    if (status === "errored") throw new HcpError(`the upload ${id} was refused: ${reason ?? "no reason given"}`);
    if (waited > LONGEST_MS)
      throw new HcpError(`the upload ${id} is still ${status} after 10 minutes; run the command again`);
    await client.api.sleep(pause);
    waited += pause;
  }
  throw new Error("pauses never end");
}

/** The files that a run was made from; undefined when they are gone, or the token may not have them. */
export async function uploadBehind(
  client: Client,
  workspace: WorkspaceData,
  run: RunData,
): Promise<Upload | undefined> {
  const version = run.relationships["configuration-version"]?.data?.id;
  if (version === undefined) return undefined;
  const folder = scratchFolder("fleet-hcp");
  try {
    const file = join(folder, "upload.tar.gz");
    if (!(await client.downloadVersion(version, file))) return undefined;
    const files = filesIn(readFileSync(file), workingDirectory(workspace));
    return { files, digest: digestOf(files) };
  } finally {
    removeScratch(folder);
  }
}

/** The newest run whose configuration is what the workspace's state came from. */
export const isCurrent = ({ attributes }: RunData): boolean =>
  attributes["plan-only"] !== true &&
  ["applied", "post_apply_completed", "planned_and_finished"].includes(attributes.status);
