/**
 * Takes runs through their states. One run at a time holds a workspace; plan-only runs and saved plans plan beside it,
 * and a saved plan takes the workspace when it is confirmed.
 */
import { Children } from "./child";
import type { Executor } from "./executor";
import type { Faults } from "./faults";
import { ApiError, conflict } from "./json-api";
import type { ConfigurationVersion, Phase, PhaseStatus, Run, RunOptions, Workspace } from "./model";
import { type Action, allows, isFinal, REFUSALS, RUN_STATES, type RunStatus, settle } from "./run-states";
import { newId, type Store } from "./store";
import type { TaskRunner } from "./task-runner";

/** Runs that work at a time: each is a terraform process. */
const AT_ONCE = 2;
const IDLE = { additions: 0, changes: 0, destructions: 0, imports: 0, timestamps: {} };

export interface EngineOptions {
  readonly store: Store;
  readonly executor: Executor;
  readonly faults: Faults;
  readonly tasks: TaskRunner;
}

/** A run that is being worked on. */
interface Job {
  readonly children: Children;
  readonly abort: AbortController;
  stopped?: "canceled" | "force_canceled" | "errored";
  done: Promise<void>;
}

export class Engine {
  readonly #store: Store;
  readonly #executor: Executor;
  readonly #faults: Faults;
  readonly #tasks: TaskRunner;
  readonly #jobs = new Map<string, Job>();
  /** Those that wait for a place to run terraform. */
  readonly #queue: (() => void)[] = [];
  #working = 0;
  #closed = false;

  constructor({ store, executor, faults, tasks }: EngineOptions) {
    this.#store = store;
    this.#executor = executor;
    this.#faults = faults;
    this.#tasks = tasks;
    this.#recover();
  }

  create(workspace: Workspace, version: ConfigurationVersion, options: RunOptions, createdBy: string): Run {
    const { id } = this.#store.create("run", {
      workspaceId: workspace.id,
      configurationVersionId: version.id,
      createdBy,
      status: "pending",
      timestamps: {},
      options,
      plan: { ...IDLE, id: newId("plan"), status: "pending", hasChanges: false },
      apply: { ...IDLE, id: newId("apply"), status: "pending" },
      stages: this.#tasks.stagesFor(workspace),
      events: [],
    });
    this.#event(id, "created");
    this.tick();
    return this.#run(id);
  }

  /** Starts whatever can start now. */
  tick(): void {
    for (const run of this.#store.all("run")) {
      if (this.#closed) return;
      if (!this.#jobs.has(run.id)) this.#startIfPossible(run);
    }
  }

  /** @throws ApiError 409 when the run is in no state for it */
  act(id: string, action: Action, comment = ""): void {
    const { status } = this.#run(id);
    if (!allows(status, action)) throw conflict(REFUSALS[action]);
    this.#event(id, action, comment);
    const ACTIONS: Record<Action, () => void> = {
      apply: () => this.#move(id, "confirmed"),
      discard: () => this.#move(id, "discarded"),
      cancel: () => this.#stop(id, "canceled"),
      override: () => this.#override(id),
    };
    ACTIONS[action]();
    this.tick();
  }

  /** @throws ApiError 409 before an ordinary cancel was asked for */
  forceCancel(id: string): void {
    const run = this.#run(id);
    if (!run.cancelRequested || isFinal(run.status)) throw conflict(REFUSALS["force-cancel"]);
    this.#stop(id, "force_canceled");
  }

  /** A workspace has a new state: plans that were saved on the old one can never be applied. */
  stateMoved(workspaceId: string): void {
    const { stateVersionId } = this.#store.need("workspace", workspaceId);
    for (const run of this.#store.all("run")) {
      const saved = run.options.savePlan && ["planned_and_saved", "confirmed"].includes(run.status);
      if (saved && run.workspaceId === workspaceId && run.planStateVersionId !== stateVersionId)
        this.#move(run.id, "discarded", "the state has moved since the plan");
    }
  }

  /** Ends all work; runs under way are errored. */
  async close(): Promise<void> {
    this.#closed = true;
    const jobs = [...this.#jobs];
    for (const [id] of jobs) this.#stop(id, "errored");
    await Promise.all(jobs.map(([, job]) => job.done));
  }

  /** After a kill nobody works on what was under way. What an apply had written by then is kept. */
  #recover(): void {
    for (const run of this.#store.all("run").filter(({ status }) => RUN_STATES[status].busy)) {
      this.#executor.endLeftOver(run);
      if (run.status === "applying") this.#executor.keepState(run);
      this.#finish(run.id, "errored", "the stand-in was stopped while the run was under way");
      this.stateMoved(run.workspaceId);
    }
  }

  #run(id: string): Run {
    return this.#store.need("run", id);
  }

  #workspaceOf(id: string): Workspace {
    return this.#store.need("workspace", this.#run(id).workspaceId);
  }

  #startIfPossible(run: Run): void {
    if (run.status === "confirmed") {
      if (this.#hold(run)) this.#work(run.id, (job) => this.#apply(run.id, job));
    } else if (run.status === "pending" && (run.options.planOnly || run.options.savePlan || this.#hold(run)))
      this.#work(run.id, (job) => this.#plan(run.id, job));
  }

  /** Takes the workspace for a run; runs that came earlier go first. */
  #hold(run: Run): boolean {
    const { lock } = this.#store.need("workspace", run.workspaceId);
    if (lock) return lock.kind === "run" && lock.by === run.id;
    this.#store.update("workspace", run.workspaceId, {
      lock: { kind: "run", by: run.id, reason: "" },
      currentRunId: run.id,
    });
    return true;
  }

  #work(id: string, steps: (job: Job) => Promise<void>): void {
    const job: Job = { children: new Children(), abort: new AbortController(), done: Promise.resolve() };
    this.#jobs.set(id, job);
    job.done = steps(job)
      .catch((error: unknown) => {
        if (!job.stopped) this.#event(id, "errored", (error as Error).message);
        job.stopped ??= "errored";
      })
      .then(() => {
        this.#jobs.delete(id);
        if (job.stopped && !isFinal(this.#run(id).status)) this.#finish(id, job.stopped);
        this.tick();
      });
  }

  async #plan(id: string, job: Job): Promise<void> {
    this.#move(id, "plan_queued");
    const { name } = this.#workspaceOf(id);
    const outcome = await this.#inTurn(job, () => {
      this.#move(id, "planning");
      this.#store.update("run", id, { planStateVersionId: this.#workspaceOf(id).stateVersionId });
      this.#phase(id, "plan", "running");
      return this.#executor.plan(this.#run(id), job.children, this.#faults.take("run-error", name));
    });
    if (!outcome || job.stopped) return;
    if (!outcome.ok) {
      this.#phase(id, "plan", "errored");
      return this.#move(id, "errored");
    }
    this.#store.update("run", id, { plan: { ...this.#run(id).plan, ...outcome.found } });
    this.#phase(id, "plan", "finished");
    this.#move(id, "planned");
    if (!(await this.#postPlan(id, job))) return;
    if (this.#policies(id, name)) this.#settle(id, name);
  }

  /** @returns whether the run goes on */
  async #postPlan(id: string, job: Job): Promise<boolean> {
    const [stage] = this.#run(id).stages;
    if (!stage) return true;
    this.#move(id, "post_plan_running");
    const passed = await this.#tasks.run(id, stage.id, job.abort.signal);
    if (job.stopped) return false;
    this.#move(id, passed ? "post_plan_completed" : "errored");
    return passed;
  }

  #policies(id: string, workspace: string): boolean {
    const soft = this.#faults.take("policy-soft", workspace);
    const hard = !soft && this.#faults.take("policy-hard", workspace);
    if (!soft && !hard) return true;
    this.#move(id, "policy_checking");
    const policyCheck = { id: newId("polchk"), status: soft ? "soft_failed" : "hard_failed" };
    this.#store.update("run", id, { policyCheck });
    const softly = this.#run(id).options.planOnly ? "policy_soft_failed" : "policy_override";
    this.#move(id, soft ? softly : "errored");
    return false;
  }

  #override(id: string): void {
    const { policyCheck } = this.#run(id);
    this.#store.update("run", id, { policyCheck: { ...policyCheck!, status: "overridden" } });
    this.#move(id, "policy_checked");
    this.#settle(id, this.#workspaceOf(id).name);
  }

  #settle(id: string, workspace: string): void {
    const { options, plan } = this.#run(id);
    const waits = options.autoApply && this.#faults.take("needs-confirmation", workspace);
    const next = settle({ ...options, hasChanges: plan.hasChanges, autoApply: options.autoApply && !waits });
    if (next) this.#move(id, next);
    // It may have moved while a plan was made that does not hold the workspace.
    this.stateMoved(this.#workspaceOf(id).id);
  }

  async #apply(id: string, job: Job): Promise<void> {
    const run = this.#run(id);
    this.#move(id, "apply_queued");
    const outcome = await this.#inTurn(job, () => {
      this.#move(id, "applying");
      this.#phase(id, "apply", "running");
      return this.#executor.apply(run, job.children);
    });
    if (!outcome) return;
    const { ok, counts } = outcome;
    this.#store.update("run", id, { apply: { ...this.#run(id).apply, ...counts } });
    if (!job.stopped) {
      this.#phase(id, "apply", ok ? "finished" : "errored");
      if (ok) this.#store.update("workspace", run.workspaceId, { configurationVersionId: run.configurationVersionId });
      this.#move(id, ok ? "applied" : "errored");
    }
    this.stateMoved(run.workspaceId);
  }

  /** Runs terraform when a place is free; does nothing when the job is stopped before. */
  async #inTurn<T>(job: Job, work: () => Promise<T>): Promise<T | undefined> {
    while (this.#working >= AT_ONCE && !job.stopped)
      await new Promise<void>((wake) => {
        this.#queue.push(wake);
      });
    if (job.stopped) return undefined;
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
      this.#queue.shift()?.();
    }
  }

  #stop(id: string, status: NonNullable<Job["stopped"]>): void {
    this.#store.update("run", id, { cancelRequested: true });
    const job = this.#jobs.get(id);
    if (!job) return this.#finish(id, status);
    job.stopped = status;
    job.children.stop(status === "force_canceled");
    job.abort.abort();
    for (const wake of this.#queue.splice(0)) wake();
  }

  /** Ends a run that was stopped from outside. */
  #finish(id: string, status: "canceled" | "force_canceled" | "errored", why = ""): void {
    const phase = status === "errored" ? "errored" : "canceled";
    for (const name of ["plan", "apply"] as const)
      if (["queued", "running"].includes(this.#run(id)[name].status)) this.#phase(id, name, phase);
    this.#tasks.cancel(id);
    this.#move(id, status, why);
  }

  #move(id: string, status: RunStatus, why = ""): void {
    const run = this.#run(id);
    if (!RUN_STATES[run.status].next.includes(status))
      throw new ApiError(500, "internal error", `a run cannot go from ${run.status} to ${status}`);
    this.#store.update("run", id, {
      status,
      timestamps: { ...run.timestamps, [`${status.replaceAll("_", "-")}-at`]: this.#store.now() },
    });
    this.#event(id, status, why);
    if (isFinal(status)) this.#release(id);
  }

  /** Gives the workspace back and forgets what only the run needed. */
  #release(id: string): void {
    for (const name of ["plan", "apply"] as const)
      if (this.#run(id)[name].status === "pending") this.#phase(id, name, "unreachable");
    const run = this.#run(id);
    const { lock } = this.#store.need("workspace", run.workspaceId);
    if (lock?.kind === "run" && lock.by === id) this.#store.update("workspace", run.workspaceId, { lock: undefined });
    this.#executor.clean(run);
  }

  #phase(id: string, name: "plan" | "apply", status: PhaseStatus): void {
    const phase = this.#run(id)[name];
    const at = status === "running" ? "started-at" : `${status}-at`;
    const changed: Phase = { ...phase, status, timestamps: { ...phase.timestamps, [at]: this.#store.now() } };
    this.#store.update("run", id, { [name]: changed } as Partial<Run>);
  }

  #event(id: string, action: string, description = ""): void {
    const event = { id: newId("re"), at: this.#store.now(), action, description };
    this.#store.update("run", id, { events: [...this.#run(id).events, event] });
  }
}
