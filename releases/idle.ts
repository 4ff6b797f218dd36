/** The slot without traffic: since when, and how long it must stay as it is. Pure. */
import type { Service } from "../constructs/contract/spec";
import { idleSec } from "../constructs/contract/times";
import { COLOURS, type Colour, type ReleaseFile, type TwoSlots } from "./file";
import type { RolloutRecord } from "./record";

type Idle = RolloutRecord["idle"];

/** Which slot is known to be without traffic after a change of the file. */
export function idleAfter(
  idle: Idle,
  before: ReleaseFile,
  after: ReleaseFile,
  since: string,
  holds: NonNullable<Idle>["holds"],
): Idle {
  if (!("traffic" in before) || !("traffic" in after)) return null;
  const lost = COLOURS.find((slot) => before.traffic[slot] > 0 && after.traffic[slot] === 0);
  if (lost) return { slot: lost, since, holds };
  return idle && after.traffic[idle.slot] === 0 && keyIn(before, idle.slot) === keyIn(after, idle.slot) ? idle : null;
}

const keyIn = ({ slots }: TwoSlots, slot: Colour): string => `${slots[slot]?.version} ${slots[slot]?.epoch}`;

/**
 * When the slot may be emptied or filled anew: once it has drained, and is not kept any more. What never had traffic has nothing to
 * drain. Undefined when nobody recorded since when it is idle.
 *
 * @param dropPrevious whether the release before the live one is given up, so that only draining counts
 */
export function freeFrom(service: Service, idle: Idle, slot: Colour, dropPrevious = false): Date | undefined {
  if (idle?.slot !== slot) return undefined;
  if (idle.holds === "untouched") return new Date(idle.since);
  const keepSec = idle.holds === "previous" && !dropPrevious ? service.rollout.keepPreviousSec : 0;
  return new Date(Date.parse(idle.since) + 1000 * Math.max(idleSec(service), keepSec));
}
