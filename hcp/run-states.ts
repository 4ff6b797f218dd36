/**
 * What a run's status means to somebody who waits for it.
 * https://developer.hashicorp.com/terraform/cloud-docs/api-docs/run#run-states
 */

export type Meaning =
  /** It goes on by itself. */
  | "working"
  /** The plan is there, and waits for somebody to apply it. */
  | "planned"
  /** The plan is there, and there is nothing to apply. */
  | "finished"
  /** A policy failed that a person may override. */
  | "held"
  | "applying"
  | "applied"
  | "failed"
  | "stopped";

const MEANINGS: Readonly<Record<string, Meaning>> = {
  planned_and_saved: "planned",
  planned_and_finished: "finished",
  policy_override: "held",
  policy_soft_failed: "held",
  confirmed: "applying",
  pre_apply_running: "applying",
  pre_apply_completed: "applying",
  apply_queued: "applying",
  applying: "applying",
  applied: "applied",
  post_apply_running: "applied",
  post_apply_completed: "applied",
  errored: "failed",
  canceled: "stopped",
  force_canceled: "stopped",
  discarded: "stopped",
};

/** Where a run stops that is neither plan-only nor saved, before somebody confirms it. */
const CONFIRMABLE: readonly string[] = ["planned", "cost_estimated", "policy_checked", "post_plan_completed"];

/** @param actions what the server says can be done with the run now */
export const meaningOf = (status: string, actions: { readonly "is-confirmable"?: boolean | undefined }): Meaning =>
  MEANINGS[status] ?? (CONFIRMABLE.includes(status) && actions["is-confirmable"] === true ? "planned" : "working");

/** The run holds nothing and will never do anything again. */
export const isOver = (meaning: Meaning): boolean => ["finished", "applied", "failed", "stopped"].includes(meaning);
