/** What the stand-in keeps: one record for each object of the API, as plain data. */
import type { RunStatus } from "./run-states";

/** What every record has. */
export interface Base {
  readonly id: string;
  /** Order of creation, over all kinds. */
  readonly serial: number;
  readonly createdAt: string;
}

export interface Project extends Base {
  readonly organization: string;
  readonly name: string;
}

export interface Lock {
  readonly kind: "user" | "run";
  /** Name of the token, or id of the run. */
  readonly by: string;
  readonly reason: string;
}

export interface Workspace extends Base {
  readonly organization: string;
  readonly name: string;
  readonly description: string;
  readonly projectId: string;
  readonly autoApply: boolean;
  readonly executionMode: string;
  readonly workingDirectory: string;
  readonly terraformVersion: string;
  readonly globalRemoteState: boolean;
  /** Ids of workspaces whose runs may read this one's state. */
  readonly remoteStateConsumers: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly lock?: Lock | undefined;
  readonly currentRunId?: string | undefined;
  readonly configurationVersionId?: string | undefined;
  readonly stateVersionId?: string | undefined;
}

export interface ConfigurationVersion extends Base {
  readonly workspaceId: string;
  readonly speculative: boolean;
  readonly provisional: boolean;
  readonly autoQueueRuns: boolean;
  readonly status: "pending" | "uploaded" | "errored";
  readonly errorMessage?: string | undefined;
}

/** What a run was asked to do. */
export interface RunOptions {
  readonly message: string;
  readonly source: "tfe-api" | "tfe-configuration-version";
  readonly planOnly: boolean;
  readonly savePlan: boolean;
  readonly refresh: boolean;
  readonly refreshOnly: boolean;
  readonly isDestroy: boolean;
  readonly autoApply: boolean;
  readonly allowEmptyApply: boolean;
  /** Values are HCL literals. */
  readonly variables: readonly { readonly key: string; readonly value: string }[];
  readonly targetAddrs: readonly string[];
  readonly replaceAddrs: readonly string[];
}

export type PhaseStatus = "pending" | "queued" | "running" | "finished" | "errored" | "canceled" | "unreachable";

/** Counts of what a plan would do or an apply did. */
export interface Counts {
  readonly additions: number;
  readonly changes: number;
  readonly destructions: number;
  readonly imports: number;
}

/** The plan or the apply of a run. */
export interface Phase extends Counts {
  readonly id: string;
  readonly status: PhaseStatus;
  readonly timestamps: Readonly<Record<string, string>>;
}

export interface TaskOutcome {
  readonly id: string;
  /** Markdown. */
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type TaskStatus = "pending" | "running" | "passed" | "failed" | "errored" | "canceled" | "unreachable";

export interface TaskResult {
  readonly id: string;
  readonly workspaceTaskId: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly taskUrl: string;
  readonly enforcement: Enforcement;
  readonly status: TaskStatus;
  readonly message: string;
  readonly url: string;
  readonly outcomes: readonly TaskOutcome[];
}

export interface TaskStage {
  readonly id: string;
  readonly stage: "post_plan";
  readonly status: TaskStatus;
  readonly results: readonly TaskResult[];
}

export interface RunEvent {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly description: string;
}

export interface Run extends Base {
  readonly workspaceId: string;
  readonly configurationVersionId: string;
  readonly createdBy: string;
  readonly status: RunStatus;
  readonly timestamps: Readonly<Record<string, string>>;
  readonly options: RunOptions;
  readonly plan: Phase & { readonly hasChanges: boolean };
  readonly apply: Phase;
  readonly policyCheck?: { readonly id: string; readonly status: string } | undefined;
  readonly stages: readonly TaskStage[];
  /** Version of the state that the plan was made on; absent before there is a state. */
  readonly planStateVersionId?: string | undefined;
  /** A cancel was asked for, so that a forced one is allowed. */
  readonly cancelRequested?: boolean | undefined;
  readonly events: readonly RunEvent[];
}

export interface StateOutput {
  readonly id: string;
  readonly name: string;
  readonly sensitive: boolean;
  readonly type: unknown;
  readonly value: unknown;
}

export interface StateVersion extends Base {
  readonly workspaceId: string;
  readonly runId?: string | undefined;
  readonly status: "pending" | "finalized";
  readonly stateSerial: number;
  readonly lineage: string;
  readonly terraformVersion: string;
  readonly outputs: readonly StateOutput[];
}

/** A variable of a workspace or of a variable set. */
export interface Variable extends Base {
  /** Id of the workspace or of the variable set. */
  readonly ownerId: string;
  readonly key: string;
  readonly value: string;
  readonly description: string;
  readonly category: "terraform" | "env";
  readonly hcl: boolean;
  readonly sensitive: boolean;
}

export interface VariableSet extends Base {
  readonly organization: string;
  readonly name: string;
  readonly description: string;
  readonly global: boolean;
  readonly priority: boolean;
  readonly workspaceIds: readonly string[];
  readonly projectIds: readonly string[];
}

export interface Task extends Base {
  readonly organization: string;
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly hmacKey: string;
  readonly enabled: boolean;
}

export type Enforcement = "advisory" | "mandatory";

export interface WorkspaceTask extends Base {
  readonly workspaceId: string;
  readonly taskId: string;
  readonly enforcement: Enforcement;
  readonly stages: readonly string[];
}

export interface Records {
  project: Project;
  workspace: Workspace;
  configurationVersion: ConfigurationVersion;
  run: Run;
  stateVersion: StateVersion;
  variable: Variable;
  variableSet: VariableSet;
  task: Task;
  workspaceTask: WorkspaceTask;
}
export type Kind = keyof Records;

/** The prefixes of real ids. */
export const ID_PREFIXES: Record<Kind, string> = {
  project: "prj",
  workspace: "ws",
  configurationVersion: "cv",
  run: "run",
  stateVersion: "sv",
  variable: "var",
  variableSet: "varset",
  task: "task",
  workspaceTask: "wstask",
};
