/** What a row of health checks says. Pure. */
import type { HealthCheck } from "../model";

export interface Verdict {
  readonly state: "initial" | "healthy" | "unhealthy";
  /** Equal results in a row, and which they were. */
  readonly passed: boolean;
  readonly row: number;
}

export const UNKNOWN: Verdict = { state: "initial", passed: false, row: 0 };
export const WELL: Verdict = { state: "healthy", passed: true, row: 1 };

type Thresholds = Pick<HealthCheck, "firstPasses" | "healthyAfter" | "unhealthyAfter">;

/** The verdict after one more check. */
export function judged(before: Verdict, passed: boolean, check: Thresholds): Verdict {
  const row = before.passed === passed ? before.row + 1 : 1;
  const passes = before.state === "initial" ? check.firstPasses : check.healthyAfter;
  if (passed && row >= passes) return { state: "healthy", passed, row };
  if (!passed && row >= check.unhealthyAfter) return { state: "unhealthy", passed, row };
  return { state: before.state, passed, row };
}
