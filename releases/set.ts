/** A direct edit of the release file, for who knows what follows: the checks of a rollout, without its steps. Pure. */
import { stamp } from "../images/clock";
import { refuse } from "../images/refuse";
import {
  COLOURS,
  fullSlot,
  type Colour,
  type OneSlot,
  type ReleaseFile,
  type SlotRelease,
  type TwoSlots,
} from "./file";
import { idleAfter } from "./idle";
import { isSame, remember, type RolloutRecord, type Step } from "./record";
import { liveOf, named, refuseOpen, type Edit, type Situation } from "./rollout";

export interface Wanted {
  readonly slot?: string | undefined;
  readonly version?: string | undefined;
  readonly epoch?: string | undefined;
  /** Fewest machines; null for the service's own fewest. */
  readonly capacity?: number | null | undefined;
  /** Share of the traffic of one slot; the other gets the rest. */
  readonly traffic?: { readonly slot: string; readonly weight: number } | undefined;
}

export interface DirectEdit extends Edit {
  /** What the plan may be: undefined where it is more than one step, or no change. */
  readonly contract?: Step["contract"] | "first" | undefined;
}

/** The first release of a service. @throws InvalidInputError without a version */
export function first(
  { service, record: old, now }: Pick<Situation, "service" | "record" | "now">,
  wanted: Wanted,
): DirectEdit {
  const { version } = wanted;
  if (version === undefined) return refuse("--version", "is needed for the first release");
  if (wanted.traffic) refuse("--traffic", "is all in the first release; leave it out");
  const release = { version, epoch: wanted.epoch ?? "", capacity: wanted.capacity ?? null };
  const record = { ...old, history: remember(old.history, release, stamp(now)) };
  if (service.strategy === "replace") {
    slotAmong(wanted.slot, ["live"]);
    return { file: { slots: { live: release } }, record, contract: "first" };
  }
  const slot = slotAmong(wanted.slot, COLOURS) ?? "blue";
  const empty = { blue: null, green: null };
  const none = { blue: 0, green: 0 };
  const file: TwoSlots = { slots: { ...empty, [slot]: release }, traffic: { ...none, [slot]: 100 } };
  return { file, record, contract: "first" };
}

/** @throws InvalidInputError when the edit breaks a rule of rollouts, or is none */
export function set(at: Situation, wanted: Wanted): DirectEdit {
  refuseOpen(at);
  if (Object.values({ ...wanted, slot: undefined }).every((value) => value === undefined))
    refuse("fleet release set", "needs what to set: --version, --epoch, --capacity or --traffic");
  return "traffic" in at.file ? setTwo(at, at.file, wanted) : setOne(at, at.file, wanted);
}

/** What a slot holds after the edit; a new version starts without the old one's epoch. */
function edited(release: SlotRelease | null, { version, epoch, capacity }: Wanted): SlotRelease | null {
  const to = version ?? release?.version;
  if (to === undefined) return refuse("--version", "is needed, because the slot is empty");
  const after = {
    version: to,
    epoch: epoch ?? (version === undefined || version === release?.version ? (release?.epoch ?? "") : ""),
    capacity: capacity === undefined ? (release?.capacity ?? null) : capacity,
  };
  // Other machines have no way in.
  return release && !differs(release, after) ? { ...after, breakGlass: release.breakGlass } : after;
}

function setOne(at: Situation, { slots }: OneSlot, wanted: Wanted): DirectEdit {
  slotAmong(wanted.slot, ["live"]);
  if (wanted.traffic) refuse("--traffic", 'is for two slots; strategy "replace" has one');
  const live = edited(slots.live, wanted)!;
  const contract = differs(slots.live, live) ? "bump" : ("limits" as const);
  return finished(at, { slots: { live } }, { step: contract, slot: "live" });
}

function setTwo(at: Situation, file: TwoSlots, wanted: Wanted): DirectEdit {
  const { traffic } = wanted;
  const changesSlot = [wanted.version, wanted.epoch, wanted.capacity].some((value) => value !== undefined);
  const slot = slotAmong(wanted.slot, COLOURS);
  if (changesSlot && slot === undefined)
    return refuse("--slot", `is needed, one of ${COLOURS.join(", ")}, to say whose version, epoch or capacity it is`);
  const before = slot === undefined ? null : file.slots[slot];
  const release = changesSlot ? edited(before, wanted) : before;
  const slots = slot === undefined ? file.slots : { ...file.slots, [slot]: release };
  const weights = traffic ? shared(traffic) : file.traffic;
  const after: TwoSlots = { slots, traffic: weights };
  const builds = changesSlot && (before === null || differs(before, release!));
  if (slot !== undefined && builds) refuseServing(at, file, weights, slot);
  const moves = weights.blue !== file.traffic.blue;
  const sizes = changesSlot && !builds && before?.capacity !== release?.capacity;
  const steps: Step["contract"]["step"][] = [
    ...(builds ? [before === null ? ("fill" as const) : ("bump" as const)] : []),
    ...(moves ? [sizes ? ("scale" as const) : ("shift" as const)] : sizes ? ["limits" as const] : []),
  ];
  const about = slot ?? COLOURS.find((name) => weights[name] > file.traffic[name]) ?? "blue";
  return finished(at, after, steps.length === 1 ? { step: steps[0]!, slot: about } : undefined);
}

/** Machines that serve are never rebuilt, and new ones get traffic only once they stand, but to leave a revoked image. */
function refuseServing(at: Situation, { slots, traffic }: TwoSlots, weights: TwoSlots["traffic"], slot: Colour): void {
  const release = slots[slot];
  if (release && traffic[slot] > 0)
    refuse("--slot", `${slot} takes ${traffic[slot]} % of the traffic of ${at.name} with ${named(release)} and must not be built anew; release through the other slot`); // prettier-ignore
  const serving = COLOURS.filter((name) => traffic[name] > 0).map((name) => slots[name]!);
  const leavesRevoked = weights[slot] === 100 && serving.some(({ version }) => at.refusal(version) !== undefined);
  if (weights[slot] > 0 && !leavesRevoked)
    refuse("--traffic", `must not go to slot ${slot} in the deployment that builds it; deploy it first, then move the traffic`); // prettier-ignore
}

const differs = (a: SlotRelease, b: SlotRelease): boolean => a.version !== b.version || a.epoch !== b.epoch;

function shared({ slot, weight }: NonNullable<Wanted["traffic"]>): TwoSlots["traffic"] {
  const name = slotAmong(slot, COLOURS, "--traffic")!;
  return name === "blue" ? { blue: weight, green: 100 - weight } : { blue: 100 - weight, green: weight };
}

function slotAmong<S extends string>(name: string | undefined, known: readonly S[], option = "--slot"): S | undefined {
  if (name === undefined) return undefined;
  return known.find((slot) => slot === name) ?? refuse(option, `must name one of ${known.join(", ")}, got "${name}"`);
}

/** History and idle slot as if the edit had been deployed: a direct edit asks for no confirmation. */
function finished(at: Situation, file: ReleaseFile, contract: Step["contract"] | undefined): DirectEdit {
  const idle = idleAfter(at.record.idle, at.file, file, stamp(at.now), "previous");
  const record: RolloutRecord = { ...at.record, idle, history: historyAfter(at, file) };
  return { file, record, contract };
}

function historyAfter({ file: before, record, now }: Situation, file: ReleaseFile): RolloutRecord["history"] {
  const isShared = (content: ReleaseFile) => "traffic" in content && fullSlot(content) === undefined;
  const { history } = record;
  // The record was written, and a crash kept the same edit out of the release file.
  if (!isShared(file) && history[0] && isSame(history[0], liveOf(file))) return history;
  const known = isShared(before) ? history : remember(history, liveOf(before), null);
  return isShared(file) ? known : remember(known, liveOf(file), stamp(now));
}
