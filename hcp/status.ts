/** Where each stack stands. */
import type { Client } from "./client";
import { HcpError, reasonOf } from "./error";
import type { RunData, WorkspaceData } from "./model";
import { lockedBy } from "./plan";
import type { Stack } from "./stacks";
import { digestIn, isCurrent, uploadBehind, uploadOf } from "./upload";
import { differences } from "./archive";
import { RELEASE_FILE } from "../constructs/contract/names";

export interface StackStatus {
  readonly stack: string;
  readonly workspace: string;
  /** The newest run that can be or was applied. */
  readonly run?: string;
  readonly status?: string;
  readonly link?: string;
  readonly locked?: string;
  /** Whether the workspace's state came from what lies here. */
  readonly upload: "current" | "stale" | "none" | "unknown" | "no workspace";
  /** Files that differ from what lies here. */
  readonly differing?: readonly string[];
  /** Versions by variable, in the configuration that the state came from. */
  readonly releases: Readonly<Record<string, string>>;
  readonly problem?: string;
}

export async function statusOf(stack: Stack, client: Client): Promise<StackStatus> {
  const base = { stack: stack.name, workspace: client.place.workspace, releases: {} };
  try {
    const workspace = await client.workspace();
    const runs = await client.runs(workspace.id, (found) => found.some(isCurrent));
    const newest = runs.find(({ attributes }) => attributes["plan-only"] !== true);
    return {
      ...base,
      ...(newest && { run: newest.id, status: newest.attributes.status, link: client.page("runs", newest.id) }),
      ...(workspace.attributes.locked && { locked: lockedBy(workspace).replace("the workspace is locked by ", "") }),
      ...(await compared(stack, client, workspace, runs.find(isCurrent))),
    };
  } catch (error) {
    if (!(error instanceof HcpError)) throw error;
    // Before a first deployment that is no problem.
    if (error.status === 404) return { ...base, upload: "no workspace" };
    return { ...base, upload: "unknown", problem: reasonOf(error) };
  }
}

type Compared = Pick<StackStatus, "upload" | "differing" | "releases">;

/** Compares what lies here with what the workspace's state came from, whoever uploaded that. */
async function compared(
  stack: Stack,
  client: Client,
  workspace: WorkspaceData,
  current: RunData | undefined,
): Promise<Compared> {
  if (!current) return { upload: "none", releases: {} };
  const mine = uploadOf(stack);
  const theirs = await uploadBehind(client, workspace, current);
  if (!theirs) {
    const digest = digestIn(current);
    return { upload: digest === undefined ? "unknown" : digest === mine.digest ? "current" : "stale", releases: {} };
  }
  const differing = differences(theirs.files, mine.files);
  const release = theirs.files.find(({ path }) => path === RELEASE_FILE)?.bytes.toString("utf8");
  return {
    upload: differing.length === 0 ? "current" : "stale",
    ...(differing.length > 0 && { differing }),
    releases: release === undefined ? {} : versionsIn(release),
  };
}

function versionsIn(release: string): Record<string, string> {
  let values: unknown;
  try {
    values = JSON.parse(release);
  } catch {
    return {};
  }
  return Object.fromEntries(
    Object.entries((values ?? {}) as Record<string, { version?: unknown } | null>).flatMap(([name, value]) =>
      typeof value?.version === "string" ? [[name, value.version]] : [],
    ),
  );
}
