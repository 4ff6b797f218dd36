/** The calls of HCP Terraform that are used here, on one workspace. */
import type { z } from "zod";
import type { About, Api } from "./api";
import { HcpError } from "./error";
import { pageOf } from "./host";
import {
  anything,
  namedDocument,
  namedEntry,
  phaseDocument,
  runDocument,
  runEntry,
  variableEntry,
  variableSetEntry,
  versionDocument,
  workspaceDocument,
  type RunData,
  type VersionData,
  type WorkspaceData,
} from "./model";
import { RIGHTS } from "./rights";
import type { Place } from "./stacks";

export interface RunRequest {
  readonly version: string;
  readonly message: string;
  /** Speculative: can never be applied. Saved: is applied as it is, or not at all. Refresh: speculative, and only says what drifted. */
  readonly kind: "speculative" | "saved" | "refresh";
}

export interface NamedVariable {
  readonly key: string;
  readonly category: string;
  /** Name of its variable set; undefined for the workspace's own. */
  readonly set?: string;
}

const MOST_RUNS = 200;

export class Client {
  readonly api: Api;
  readonly place: Place;

  constructor(api: Api, place: Place) {
    this.api = api;
    this.place = place;
  }

  /** The same for calls that nothing ends. */
  withoutSignal(): Client {
    return new Client(this.api.withoutSignal(), this.place);
  }

  /** Where a person looks at the workspace, or at something in it. */
  page(...rest: string[]): string {
    return pageOf(this.api.host, this.place.organization, this.place.workspace, ...rest);
  }

  private about(right: keyof typeof RIGHTS): About {
    const { organization, workspace } = this.place;
    const { at } = RIGHTS[right];
    return {
      right: RIGHTS[right],
      what: `workspace "${workspace}" in organization "${organization}"`,
      settings:
        at === "workspace"
          ? this.page("settings", "access")
          : `https://${this.api.host.hostname}/app/${organization}/settings/teams`,
    };
  }

  private get byName(): string {
    const { organization, workspace } = this.place;
    return `/organizations/${encodeURIComponent(organization)}/workspaces/${encodeURIComponent(workspace)}`;
  }

  async workspace(): Promise<WorkspaceData> {
    return (await this.api.get(this.byName, workspaceDocument, this.about("workspace"))).data;
  }

  /** The workspace as terraform makes it, unless it is there. */
  async ensureWorkspace(): Promise<{ readonly workspace: WorkspaceData; readonly isNew: boolean }> {
    try {
      return { workspace: await this.workspace(), isNew: false };
    } catch (error) {
      if (!(error instanceof HcpError) || error.status !== 404) throw error;
    }
    const { organization, workspace: name, project } = this.place;
    const relationships = project && { project: { data: { type: "projects", id: await this.projectId(project) } } };
    const document = {
      data: {
        type: "workspaces",
        attributes: { name, "execution-mode": "remote" },
        ...(relationships && { relationships }),
      },
    };
    const path = `/organizations/${encodeURIComponent(organization)}/workspaces`;
    const made = await this.api.send("POST", path, document, workspaceDocument, this.about("create"));
    return { workspace: made.data, isNew: true };
  }

  /** The project as terraform makes it, unless it is there; another stack may be making it at the same time. */
  private async projectId(name: string): Promise<string> {
    const path = `/organizations/${encodeURIComponent(this.place.organization)}/projects`;
    const about = this.about("create");
    const find = async () => {
      const found = await this.api.list(`${path}?filter%5Bnames%5D=${encodeURIComponent(name)}`, namedEntry, about);
      return found.find(({ attributes }) => attributes.name === name)?.id;
    };
    const document = { data: { type: "projects", attributes: { name } } };
    const make = async () => (await this.api.send("POST", path, document, namedDocument, about)).data.id;
    return (
      (await find()) ??
      make().catch(async (error: unknown) => {
        const found = error instanceof HcpError && error.status === 422 ? await find() : undefined;
        if (found === undefined) throw error;
        return found;
      })
    );
  }

  /** Makes room for an upload. Nothing runs by itself once it is there. */
  async createVersion(workspaceId: string, kind: RunRequest["kind"]): Promise<VersionData> {
    const attributes = { "auto-queue-runs": false, speculative: kind !== "saved", provisional: kind === "saved" };
    const document = { data: { type: "configuration-versions", attributes } };
    const path = `/workspaces/${workspaceId}/configuration-versions`;
    // One too many is never used.
    return (await this.api.send("POST", path, document, versionDocument, this.about("upload"), true)).data;
  }

  async version(id: string): Promise<VersionData> {
    return (await this.api.get(`/configuration-versions/${id}`, versionDocument, this.about("configuration"))).data;
  }

  /** Writes the archive that was uploaded to a file; false when it is gone, or the token may not have it. */
  downloadVersion(id: string, file: string): Promise<boolean> {
    return this.api.download(`/configuration-versions/${id}/download`, file);
  }

  /** Starts a run, and finds it again when the answer got lost: no other run has this configuration. */
  async createRun(workspaceId: string, { version, message, kind }: RunRequest): Promise<RunData> {
    const isSaved = kind === "saved";
    const attributes = { message, "plan-only": !isSaved, "save-plan": isSaved, "refresh-only": kind === "refresh" };
    const relationships = {
      workspace: { data: { type: "workspaces", id: workspaceId } },
      "configuration-version": { data: { type: "configuration-versions", id: version } },
    };
    const document = { data: { type: "runs", attributes, relationships } };
    const create = () => this.api.send("POST", "/runs", document, runDocument, this.about("plan"));
    try {
      return (await create()).data;
    } catch (error) {
      if (!isUncertain(error)) throw error;
      const found = (await this.runs(workspaceId)).find(
        (run) => run.relationships["configuration-version"]?.data?.id === version,
      );
      return found ?? (await create()).data;
    }
  }

  async run(id: string): Promise<RunData> {
    return (await this.api.get(`/runs/${encodeURIComponent(id)}`, runDocument, this.about("run"))).data;
  }

  /** Runs of the workspace, newest first; as many as anybody looks back. */
  runs(workspaceId: string, enough: (runs: readonly RunData[]) => boolean = () => false): Promise<RunData[]> {
    const done = (runs: readonly RunData[]) => runs.length >= MOST_RUNS || enough(runs);
    return this.api.list(`/workspaces/${workspaceId}/runs`, runEntry, this.about("run"), done);
  }

  /** Confirms a run. Asking twice does no harm: the second time it is refused. */
  async apply(id: string, comment: string): Promise<void> {
    const ask = () => this.api.send("POST", `/runs/${id}/actions/apply`, { comment }, anything, this.about("apply"));
    try {
      await ask();
    } catch (error) {
      if (!isUncertain(error)) throw error;
      if ((await this.run(id)).attributes.actions["is-confirmable"] !== false) await ask();
    }
  }

  async end(id: string, how: "cancel" | "discard", comment: string): Promise<void> {
    await this.api.send("POST", `/runs/${id}/actions/${how}`, { comment }, anything, this.about("plan"), true);
  }

  /** Where the log of a run's plan or apply is read; undefined before it begins. */
  async logUrl(run: RunData, phase: "plan" | "apply"): Promise<string | undefined> {
    const id = run.relationships[phase]?.data?.id;
    if (id === undefined) return undefined;
    const path = phase === "plan" ? `/plans/${id}` : `/applies/${id}`;
    const { attributes } = (await this.api.get(path, phaseDocument, this.about("run"))).data;
    return attributes["log-read-url"] ?? undefined;
  }

  /** Writes a run's plan as JSON to a file; false when there is none, or the token may not have it. */
  async downloadPlan(run: RunData, file: string, form: "whole" | "redacted"): Promise<boolean> {
    const id = run.relationships.plan?.data?.id;
    if (id === undefined) return false;
    return this.api.download(`/plans/${id}/${form === "whole" ? "json-output" : "json-output-redacted"}`, file);
  }

  /** Names of the variables of the workspace and of the sets that reach it. */
  async variables(workspaceId: string): Promise<NamedVariable[]> {
    const about = this.about("variables");
    const named = (entries: readonly z.output<typeof variableEntry>[], set?: string): NamedVariable[] =>
      entries.map(({ attributes }) => ({ ...attributes, ...(set !== undefined && { set }) }));
    const own = named(await this.api.list(`/workspaces/${workspaceId}/vars`, variableEntry, about));
    const sets = await this.api.list(`/workspaces/${workspaceId}/varsets`, variableSetEntry, about);
    const shared: NamedVariable[] = [];
    for (const { id, attributes } of sets)
      shared.push(
        ...named(await this.api.list(`/varsets/${id}/relationships/vars`, variableEntry, about), attributes.name),
      );
    return [...own, ...shared];
  }
}

/** Whether the server may have done what it was asked for, though it did not say so. */
const isUncertain = (error: unknown): boolean =>
  error instanceof HcpError && (error.status === undefined || error.status >= 500);
