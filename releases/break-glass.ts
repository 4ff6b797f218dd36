/**
 * A break-glass release: machines of their own that people may get into, until a time and for a reason. They are never the
 * machines that were there before, and are replaced when it is over. Pure.
 */
import type { BreakGlass } from "../constructs/contract/release";
import type { Problem } from "../constructs/contract/validate";
import { stamp } from "../images/clock";
import { newEpoch } from "./epoch";
import { begin, liveOf, refuseOpen, type Edit, type Situation } from "./rollout";

/** Longest time that a way in stays open, in hours. */
export const LONGEST_HOURS = 24;

/** Why a way in must not be deployed now. */
export function breakGlassProblems(path: string, { until }: BreakGlass, now: Date): readonly Problem[] {
  const left = Date.parse(until) - now.getTime();
  if (left <= 0)
    return [
      {
        path: `${path}.until`,
        message: `is over since ${until}; replace the machines: npx fleet release renew, or retire where they stand in an idle slot`,
      },
    ];
  if (left > LONGEST_HOURS * 3_600_000)
    return [
      {
        path: `${path}.until`,
        message: `must be within ${LONGEST_HOURS} hours, by ${stamp(new Date(now.getTime() + LONGEST_HOURS * 3_600_000))}, got ${until}`,
      },
    ];
  return [];
}

export interface Wanted extends BreakGlass {
  /** Version with the way in. @default - the live one */
  readonly version?: string | undefined;
}

/**
 * Machines with a way in: in place of the live ones, or, with two slots, in the idle one and without traffic.
 * @throws InvalidInputError when a rollout is open, and when the idle slot is still needed
 */
export function breakGlass(
  at: Situation,
  { version, until, reason }: Wanted,
  options: { readonly dropPrevious: boolean },
): Edit {
  refuseOpen(at);
  const wanted = version ?? liveOf(at.file).version;
  const epoch = newEpoch(wanted, at.file, at.record, at.now);
  return begin(at, "break-glass", { version: wanted, epoch, breakGlass: { until, reason } }, options);
}
