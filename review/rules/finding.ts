/** What a rule finds, and how much it weighs. */
import type { Change } from "../facts";
import { say, type Text } from "../text";

/**
 * `error`: the plan cannot be applied or judged. `human`: the contract is broken, or cannot be shown to hold.
 * `warning`: it holds, and somebody should know this all the same. `note`: explains what the plan shows.
 */
export const LEVELS = ["error", "human", "warning", "note"] as const;
export type Level = (typeof LEVELS)[number];

export interface Finding {
  /** Name of the rule; docs/review.md explains each. */
  readonly rule: string;
  readonly level: Level;
  readonly address?: string;
  readonly reason: Text;
  readonly todo: Text;
}

export const finding = (rule: string, level: Level, on: Change | undefined, reason: Text, todo: Text): Finding => ({
  rule,
  level,
  ...(on ? { address: on.address } : {}),
  reason,
  todo,
});

export const NOTHING_TO_DO = say`Nothing to do.`;
