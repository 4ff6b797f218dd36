/** The versions of a workspace's state. */
import { readFileSync } from "node:fs";
import type { StateOutput, StateVersion } from "./model";
import { newId, type Store, writeFile } from "./store";

export const stateFile = (store: Store, id: string): string => store.path("states", `${id}.tfstate`);

interface StateJson {
  readonly serial: number;
  readonly lineage: string;
  readonly terraform_version: string;
  readonly outputs?: Readonly<Record<string, { value: unknown; type: unknown; sensitive?: boolean }>>;
}

function describe(content: Buffer) {
  const state = JSON.parse(content.toString("utf8")) as StateJson;
  const outputs = Object.entries(state.outputs ?? {}).map(
    ([name, { value, type, sensitive = false }]): StateOutput => ({ id: newId("wsout"), name, sensitive, type, value }),
  );
  return {
    stateSerial: state.serial,
    lineage: state.lineage,
    terraformVersion: state.terraform_version,
    outputs,
    status: "finalized" as const,
  };
}

/** A kill in the middle of a write leaves half a file. */
function isWhole(content: Buffer): boolean {
  try {
    JSON.parse(content.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Adds a state that a run made, unless it is the one that the workspace has. */
export function addStateVersion(store: Store, workspaceId: string, content: Buffer, runId: string): void {
  const current = store.need("workspace", workspaceId).stateVersionId;
  if (current !== undefined && readFileSync(stateFile(store, current)).equals(content)) return;
  if (!isWhole(content)) return;
  const version = store.create("stateVersion", { workspaceId, runId, ...describe(content) });
  writeFile(stateFile(store, version.id), content);
  store.update("workspace", workspaceId, { stateVersionId: version.id });
}

/** Takes the content of a version that terraform announced before. */
export function fillStateVersion(store: Store, version: StateVersion, content: Buffer): void {
  const described = describe(content);
  writeFile(stateFile(store, version.id), content);
  store.update("stateVersion", version.id, described);
  store.update("workspace", version.workspaceId, { stateVersionId: version.id });
}
