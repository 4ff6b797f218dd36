/**
 * A break-glass release: machines of their own that people may get into, until a time and for a reason. They are never the
 * machines that were there before, and are replaced when it is over. Pure.
 */
import type { Problem } from "../constructs/contract/problem";
import { BREAK_GLASS_HOURS, type BreakGlass } from "../constructs/contract/release";
import { stamp } from "../images/clock";
import { refuse } from "../images/refuse";
import { newEpoch } from "./epoch";
import { begin, liveOf, refuseOpen, type Edit, type Situation } from "./rollout";

/**
 * Why what a file says of a way in must not be deployed. That one is over is for the plan of its own stack to refuse: here it
 * would stop the whole fleet, and the change that ends it.
 */
export function breakGlassProblems(path: string, { until }: BreakGlass, now: Date): readonly Problem[] {
  const latest = new Date(now.getTime() + BREAK_GLASS_HOURS * 3_600_000);
  return Date.parse(until) <= latest.getTime()
    ? []
    : [{ path: `${path}.until`, message: `must be within ${BREAK_GLASS_HOURS} hours, by ${stamp(latest)}, got ${until}` }]; // prettier-ignore
}

export interface Wanted extends BreakGlass {
  /** Version with the way in. @default - the live one */
  readonly version?: string | undefined;
  /** Fewest machines. @default - those of the live release */
  readonly capacity?: number | undefined;
}

/**
 * Machines with a way in: in place of the live ones, or, with two slots, in the idle one and without traffic.
 * @throws InvalidInputError when its end has passed, a rollout is open, or the idle slot is still needed
 */
export function breakGlass(
  at: Situation,
  { version, until, reason, capacity }: Wanted,
  options: { readonly dropPrevious: boolean },
): Edit {
  refuseOpen(at);
  if (Date.parse(until) <= at.now.getTime())
    refuse("--until", `must be a time to come, got ${until} at ${stamp(at.now)}`);
  const wanted = version ?? liveOf(at.file).version;
  const epoch = newEpoch(wanted, at.file, at.record, at.now);
  return begin(at, "break-glass", { version: wanted, epoch, capacity, breakGlass: { until, reason } }, options);
}
