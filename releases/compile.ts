/**
 * From what runs and what is to run to the steps between: each the whole next release file, the contract that its plan
 * must keep, and the gate before the step after it. Pure, so that a rollout can be pinned when it begins.
 */
import type { Gate, RolloutStep } from "../constructs/contract/rollout-spec";
import type { Service } from "../constructs/contract/spec";
import {
  fullSlot,
  otherThan,
  type Colour,
  type OneSlot,
  type ReleaseFile,
  type SlotRelease,
  type TwoSlots,
} from "./file";
import type { Step } from "./record";
import { machinesFor, nearestShare } from "./shares";
import { refuse } from "../images/refuse";

export interface Target {
  readonly version: string;
  readonly epoch: string;
  /** Fewest machines of the new release while it comes in. @default - those of the live one */
  readonly capacity?: number | undefined;
  /** A way in for people. @default - none */
  readonly breakGlass?: SlotRelease["breakGlass"];
}

/** What a service's file, environment and strategy say that its spec does not. */
export interface Facts {
  /** Whether weights must be shares of machines; see shares.ts. */
  readonly byMachines: boolean;
}

export const OPEN_GATE: Gate = { bakeSec: 0, approve: false };

const BAKED: Gate = { bakeSec: 300, approve: false };

/** @throws InvalidInputError when the target cannot be reached from what the file says */
export const compile = (service: Service, file: ReleaseFile, target: Target, facts: Facts): readonly Step[] =>
  "traffic" in file ? throughIdleSlot(service, file, target, facts) : bump(file, target);

function bump({ slots }: OneSlot, { version, epoch, capacity, breakGlass }: Target): readonly Step[] {
  const live = { version, epoch, capacity: capacity ?? slots.live.capacity, breakGlass };
  return [{ id: "bump", change: { slots: { live } }, contract: { step: "bump", slot: "live" }, gate: OPEN_GATE }];
}

/** The slot with all the traffic. @throws InvalidInputError while two share it */
export function liveSlot(file: TwoSlots): Colour {
  const { blue, green } = file.traffic;
  return (
    fullSlot(file) ??
    refuse(
      "traffic",
      `is split ${blue} to ${green} and no rollout is open; put it back with npx fleet release set --traffic blue=${blue < green ? 0 : 100}`,
    )
  );
}

function throughIdleSlot(service: Service, file: TwoSlots, target: Target, { byMachines }: Facts): readonly Step[] {
  const live = liveSlot(file);
  const slot = otherThan(live);
  const stable = file.slots[live]!;
  const fewest = (capacity: number | null) => capacity ?? service.capacity.min;
  const others = fewest(stable.capacity);
  const weights = weightSteps(service, byMachines ? others : undefined);
  const isMixed = ({ weight }: RolloutStep) => weight > 0 && weight < 100;
  const hasShares = byMachines && weights.some(isMixed);
  if (byMachines && target.capacity !== undefined)
    refuse("--capacity", "is decided by the shares of the traffic on Azure; leave it out");

  let capacity = hasShares
    ? machinesFor(weights.find(isMixed)!.weight, others, service.capacity.max)
    : (target.capacity ?? stable.capacity);
  const with_ = (weight: number): TwoSlots => ({
    slots: {
      ...file.slots,
      [slot]: { version: target.version, epoch: target.epoch, capacity, breakGlass: target.breakGlass },
    },
    traffic: { [slot]: weight, [live]: 100 - weight } as TwoSlots["traffic"],
  });

  const fill = file.slots[slot] === null ? "fill" : "bump";
  const steps: Step[] = [
    { id: `${fill}-${slot}`, change: with_(0), contract: { step: fill, slot }, gate: gateOf(weights[0]!, 0) },
  ];
  // People get in there, and not the traffic.
  if (target.breakGlass) return steps;
  for (const step of weights.filter(({ weight }) => weight > 0)) {
    const before = fewest(capacity);
    if (hasShares && isMixed(step)) capacity = machinesFor(step.weight, others, service.capacity.max);
    // The same number of machines, in the words that the live slot has.
    if (step.weight === 100 && fewest(capacity) === others) capacity = stable.capacity;
    const grows = fewest(capacity) !== before;
    const gate = gateOf(step, step.weight);
    steps.push({
      id: `shift-${step.weight}`,
      change: with_(step.weight),
      contract: { step: grows ? "scale" : "shift", slot },
      // The share is only true, and more traffic only safe, once the added machines have booted.
      gate: grows ? { ...gate, bakeSec: Math.max(gate.bakeSec, service.health.bootSec) } : gate,
    });
  }
  if (fewest(capacity) !== others) {
    capacity = stable.capacity;
    steps.push({ id: "settle", change: with_(100), contract: { step: "limits", slot }, gate: OPEN_GATE });
  }
  return steps;
}

const gateOf = ({ weight, ...gate }: RolloutStep, wanted: number): Gate => (weight === wanted ? gate : OPEN_GATE);

/**
 * The service's steps or those of its strategy.
 *
 * @param others machines of the live slot, where machines give the share. The new slot must then have as many before it
 * gets all the traffic, so a step of 50 comes before 100 when there is no greater one.
 */
function weightSteps({ strategy, rollout, capacity: { max } }: Service, others?: number): readonly RolloutStep[] {
  const all: RolloutStep = { weight: 100, ...OPEN_GATE };
  if (strategy !== "canary") return rollout.steps ?? [all];
  const shares = [5, 25].map((weight) => (others === undefined ? weight : nearestShare(weight, others, max)));
  const steps = rollout.steps ?? [...[...new Set(shares)].map((weight) => ({ weight, ...BAKED })), all];
  const greatest = Math.max(...steps.map(({ weight }) => weight).filter((weight) => weight < 100));
  if (others === undefined || greatest <= 0 || greatest >= 50) return steps;
  return [...steps.slice(0, -1), { weight: 50, ...OPEN_GATE }, steps.at(-1)!];
}
