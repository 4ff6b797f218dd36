/** Ways back and the end of an old release: abort, rollback, retire, renew. Pure, like rollout.ts. */
import { idleSec } from "../constructs/contract/times";
import { stamp } from "../images/clock";
import { refuse } from "../images/refuse";
import { commandFor } from "./command-for";
import { OPEN_GATE } from "./compile";
import { freeEpoch, newEpoch } from "./epoch";
import { COLOURS, otherThan, type Colour, type OneSlot, type TwoSlots } from "./file";
import { freeFrom } from "./idle";
import { isSame, stepAt, withFailed, type OpenRollout, type Placed, type Step } from "./record";
import {
  again,
  begin,
  isFresh,
  liveOf,
  named,
  openOf,
  opened,
  refuseImage,
  refuseOpen,
  retried,
  stepped,
  written,
  type Edit,
  type Situation,
} from "./rollout";

/** Whether the machines of the new release are being built and are not known to be there. */
export const isBuilding = (open: OpenRollout): boolean =>
  open.applied === null && !open.outcome && ["fill", "bump"].includes(stepAt(open).contract.step);

/**
 * All traffic back to where it was. What was revoked meanwhile takes none, so a way back to it is given up: nothing is open then,
 * and `start` says how to leave what runs.
 * @throws InvalidInputError when nothing can be taken back
 */
export function abort(at: Situation): Edit {
  const open = openOf(at);
  if (leadsNowhere(at, open)) return { file: again(at, open).file, record: { ...at.record, rollout: null } };
  if (open.outcome) return again(at, open);
  if (open.kind === "retire" || (open.kind === "rollback" && !at.refusal(open.to.version)))
    refuse(at.name, `has an open ${open.kind}, which moves no traffic to a new release; deploy it, then ${commandFor(at.name, "next")}`); // prettier-ignore
  written(at, open);
  const record = isBuilding(open) ? withFailed(at.record, open.to, stamp(at.now)) : at.record;
  if ("traffic" in at.file) return backToSlot({ ...at, record }, open, at.file);
  // A crash kept the new version out of the release file.
  if (isSame(at.file.slots.live, open.from)) return { file: at.file, record: { ...at.record, rollout: null } };
  return backToVersion({ ...at, record }, open);
}

/** The failed slot stays filled, for a look at what went wrong. */
function backToSlot(at: Situation, open: OpenRollout, file: TwoSlots): Edit {
  const [from, to] = [open.from.slot as Colour, open.to.slot as Colour];
  if (open.kind === "break-glass") {
    const change = { ...file, slots: { ...file.slots, [to]: null } };
    return aborting(at, open, { id: "abort", change, contract: { step: "retire", slot: to }, gate: OPEN_GATE });
  }
  // Nothing to take back, so nothing to wait for.
  if (file.traffic[to] === 0) {
    const isThere = file.slots[to]?.version === open.to.version && open.kind !== "rollback";
    const idle = isThere ? { slot: to, since: stamp(at.now), holds: "untouched" as const } : at.record.idle;
    return { file, record: { ...at.record, idle, rollout: null } };
  }
  refuseImage(at, open.from.version, `${at.name} abort`);
  const change = { ...file, traffic: { [from]: 100, [to]: 0 } as TwoSlots["traffic"] };
  return aborting(at, open, { id: "abort", change, contract: { step: "shift", slot: to }, gate: OPEN_GATE });
}

function backToVersion(at: Situation, open: OpenRollout): Edit {
  const { version, epoch: old, capacity } = open.from;
  refuseImage(at, version, `${at.name} abort`);
  const epoch = at.wayBackNeedsEpoch ? newEpoch(version, at.file, at.record, at.now) : old;
  const change = { slots: { live: { version, epoch, capacity } } };
  return aborting(at, open, { id: "abort", change, contract: { step: "bump", slot: "live" }, gate: OPEN_GATE });
}

const aborting = (at: Situation, open: OpenRollout, step: Step): Edit =>
  stepped(at, open, { steps: [...open.steps.slice(0, open.at + 1), step], at: open.at + 1, outcome: "aborted" });

/** Whether the step at hand is the way back, or the end of an old release, and what keeps the traffic must not run. */
function leadsNowhere({ refusal }: Situation, { from, to, kind, outcome }: OpenRollout): boolean {
  const mayRun = ({ version }: Placed) => refusal(version) === undefined;
  return !mayRun(from) && (outcome !== undefined || kind === "retire" || (kind === "rollback" && !mayRun(to)));
}

/**
 * Back to the release before: the traffic to the slot that still holds it, or, with one slot, the version before.
 * @throws InvalidInputError when there is none to go back to
 */
export function rollback(at: Situation): Edit {
  const open = at.record.rollout;
  if (open?.kind === "rollback" && !open.outcome && open.applied === null) return again(at, open);
  if (open && !open.outcome && open.kind !== "retire" && open.kind !== "rollback")
    refuse(at.name, `has an open ${open.kind}; ${commandFor(at.name, "abort")} takes it back`);
  refuseOpen(at);
  return "traffic" in at.file ? rollbackSlot(at, at.file) : rollbackVersion(at, at.file);
}

function rollbackSlot(at: Situation, file: TwoSlots): Edit {
  const live = liveOf(file).slot as Colour;
  const slot = otherThan(live);
  const release = file.slots[slot];
  const { idle } = at.record;
  if (!release)
    refuse(at.name, `has nothing in slot ${slot} to go back to; release the version again with ${commandFor(at.name, "start --version V")}`); // prettier-ignore
  if (idle?.slot !== slot || idle.holds !== "previous")
    refuse(at.name, `holds ${named(release)} in slot ${slot}, which was not the release before; ${commandFor(at.name, "start --version V")} releases a version`); // prettier-ignore
  refuseImage(at, release.version, `${at.name} rollback`);
  const change = { ...file, traffic: { [slot]: 100, [live]: 0 } as TwoSlots["traffic"] };
  const step: Step = { id: "rollback", change, contract: { step: "shift", slot }, gate: OPEN_GATE };
  return opened(at, "rollback", { slot, ...release }, [step]);
}

function rollbackVersion(at: Situation, file: OneSlot): Edit {
  const { live } = file.slots;
  // What was live before people were let in may be the same version.
  const isOther = ({ version, epoch }: { version: string; epoch: string }) =>
    live.breakGlass ? !isSame(live, { version, epoch }) : version !== live.version;
  const before = at.record.history.find((entry) => isOther(entry) && !entry.rolledBack && !entry.breakGlass);
  if (!before)
    refuse(at.name, `has no earlier release on record; ${commandFor(at.name, "start --version V")} releases a version`);
  refuseImage(at, before.version, `${at.name} rollback`);
  const epoch = freeEpoch(before.version, before.epoch, file, at.record, at.now);
  const to = { version: before.version, epoch, capacity: live.capacity };
  const step: Step = { id: "rollback", change: { slots: { live: to } }, contract: { step: "bump", slot: "live" }, gate: OPEN_GATE }; // prettier-ignore
  return opened(at, "rollback", { slot: "live", ...to }, [step]);
}

/** What came of a wish to retire a slot. */
export interface Retired extends Edit {
  /** When the slot may be emptied, where nobody had recorded since when it is idle: counted from now. */
  readonly notBefore?: Date;
}

/**
 * Empties the idle slot.
 * @throws InvalidInputError when it has traffic, is empty, drains, or is kept for a rollback
 */
export function retire(at: Situation, wanted: string | undefined): Retired {
  const { file, name } = at;
  if (!("traffic" in file)) return refuse(name, 'has strategy "replace", whose only slot is always filled');
  const open = at.record.rollout;
  if (open && open.kind !== "retire") refuseOpen(at);
  const slot = wanted === undefined ? otherThan(liveOf(file).slot as Colour) : colour(wanted);
  if (open?.kind === "retire" && open.applied === null && stepAt(open).contract.slot === slot) return again(at, open);
  if (file.traffic[slot] > 0)
    refuse("--slot", `${slot} takes ${file.traffic[slot]} % of the traffic of ${name} and must not be emptied`);
  refuseOpen(at);
  const release = file.slots[slot];
  if (!release) return refuse(name, `has nothing in slot ${slot}`);
  const free = freeFrom(at.service, at.record.idle, slot);
  if (free === undefined) {
    const idle = { slot, since: stamp(at.now), holds: "previous" as const };
    return { file, record: { ...at.record, idle }, notBefore: freeFrom(at.service, idle, slot)! };
  }
  if (free > at.now) refuse(name, whyKept(at, slot, named(release), free));
  const change = { ...file, slots: { ...file.slots, [slot]: null } };
  return opened(at, "retire", liveOf(file), [
    { id: `retire-${slot}`, change, contract: { step: "retire", slot }, gate: OPEN_GATE },
  ]);
}

function whyKept({ record, service }: Situation, slot: Colour, release: string, free: Date): string {
  const drainSec = idleSec(service);
  const { since, holds } = record.idle!;
  const keeps =
    holds === "previous" && service.rollout.keepPreviousSec > drainSec
      ? `is kept for a rollback for ${service.rollout.keepPreviousSec} s`
      : `drains for ${drainSec} s`;
  return `slot ${slot} with ${release} lost its traffic at ${since} and ${keeps}; retire it after ${stamp(free)}`;
}

const colour = (name: string): Colour =>
  COLOURS.find((known) => known === name) ?? refuse("--slot", `must be one of ${COLOURS.join(", ")}, got "${name}"`);

/** The live version anew, or, while a new release is being built and does not get healthy, that one under a new name. */
export function renew(at: Situation, options: { readonly dropPrevious: boolean }): Edit {
  const open = at.record.rollout;
  if (open && isBuilding(open)) {
    const isNew = open.kind === "renew" || at.record.failed[0]?.at === open.written;
    return isNew && isFresh(at, open) ? again(at, open) : retried(at, open);
  }
  refuseOpen(at);
  const live: Placed = liveOf(at.file);
  const epoch = newEpoch(live.version, at.file, at.record, at.now);
  return begin(at, "renew", { version: live.version, epoch }, options);
}
