/**
 * The states of a run as data: what a user may do in each, and where it goes from there.
 * https://developer.hashicorp.com/terraform/cloud-docs/api-docs/run#run-states
 */

export type Action = "apply" | "discard" | "cancel" | "override";

interface State {
  /** What a user may do. */
  readonly actions: readonly Action[];
  readonly next: readonly RunStatus[];
  /** The stand-in itself works on it: after a kill nobody would. */
  readonly busy?: true;
}

export type RunStatus =
  | "pending"
  | "plan_queued"
  | "planning"
  | "planned"
  | "post_plan_running"
  | "post_plan_completed"
  | "policy_checking"
  | "policy_checked"
  | "policy_override"
  | "policy_soft_failed"
  | "planned_and_saved"
  | "planned_and_finished"
  | "confirmed"
  | "apply_queued"
  | "applying"
  | "applied"
  | "errored"
  | "canceled"
  | "force_canceled"
  | "discarded";

const STOPPED = ["errored", "canceled", "force_canceled"] as const;
const SETTLED = ["planned_and_finished", "planned_and_saved", "confirmed", "discarded"] as const;
const FINAL: State = { actions: [], next: [] };

export const RUN_STATES: Record<RunStatus, State> = {
  pending: { actions: ["cancel", "discard"], next: ["plan_queued", "canceled", "discarded"] },
  plan_queued: { actions: ["cancel"], next: ["planning", ...STOPPED], busy: true },
  planning: { actions: ["cancel"], next: ["planned", ...STOPPED], busy: true },
  planned: { actions: ["apply", "discard"], next: ["post_plan_running", "policy_checking", ...SETTLED] },
  post_plan_running: { actions: ["cancel"], next: ["post_plan_completed", ...STOPPED], busy: true },
  post_plan_completed: { actions: ["apply", "discard"], next: ["policy_checking", ...SETTLED] },
  policy_checking: {
    actions: ["cancel"],
    next: ["policy_checked", "policy_override", "policy_soft_failed", ...STOPPED],
    busy: true,
  },
  policy_checked: { actions: ["apply", "discard"], next: [...SETTLED] },
  policy_override: { actions: ["override", "discard"], next: ["policy_checked", "discarded"] },
  planned_and_saved: { actions: ["apply", "discard"], next: ["confirmed", "discarded"] },
  confirmed: { actions: ["cancel"], next: ["apply_queued", "discarded", ...STOPPED] },
  apply_queued: { actions: ["cancel"], next: ["applying", ...STOPPED], busy: true },
  applying: { actions: ["cancel"], next: ["applied", ...STOPPED], busy: true },
  policy_soft_failed: FINAL,
  planned_and_finished: FINAL,
  applied: FINAL,
  errored: FINAL,
  canceled: FINAL,
  force_canceled: FINAL,
  discarded: FINAL,
};

export const isFinal = (status: RunStatus): boolean => RUN_STATES[status].next.length === 0;

export const allows = (status: RunStatus, action: Action): boolean => RUN_STATES[status].actions.includes(action);

/** What the API answers where an action is not allowed. */
export const REFUSALS: Record<Action | "force-cancel", string> = {
  apply: "Run was not paused for confirmation; apply not allowed.",
  discard: "Run was not paused for confirmation; discard not allowed.",
  cancel: "Run was not planning or applying; cancel not allowed.",
  override: "Policy check was not paused for an override; override not allowed.",
  "force-cancel":
    "Run was not planning or applying, has not been canceled non-forcefully, or the cool-off period has not yet passed.",
};

/** What decides where a run goes once its plan and checks are done. */
export interface Settling {
  readonly planOnly: boolean;
  readonly savePlan: boolean;
  readonly autoApply: boolean;
  readonly allowEmptyApply: boolean;
  readonly hasChanges: boolean;
}

/** The next state, or undefined when the run waits for a user. */
export function settle(run: Settling): RunStatus | undefined {
  if (run.planOnly || !(run.hasChanges || run.allowEmptyApply)) return "planned_and_finished";
  if (run.savePlan) return "planned_and_saved";
  return run.autoApply ? "confirmed" : undefined;
}
