/**
 * A rollout from step to step. Pure: what there is and a clock go in, the next release file and record come out.
 *
 * The record is written before the release file. When the second write never happened, the file still is what the record
 * calls `previous`, and the same command finishes the work instead of taking a step more.
 */
import type { Service } from "../constructs/contract/spec";
import { stamp } from "../images/clock";
import { refuse } from "../images/refuse";
import { commandFor } from "./command-for";
import { compile, liveSlot, type Target } from "./compile";
import { freeEpoch } from "./epoch";
import { COLOURS, sameRelease, type Colour, type ReleaseFile, type TwoSlots } from "./file";
import { freeFrom, idleAfter } from "./idle";
import {
  isSame,
  remember,
  stepAt,
  withFailed,
  type OpenRollout,
  type Placed,
  type RolloutRecord,
  type Step,
} from "./record";

/** One service as it stands, and who acts when. */
export interface Situation {
  /** `prod/web`. */
  readonly name: string;
  readonly service: Service;
  /** See shares.ts. */
  readonly byMachines: boolean;
  /** Whether a group that failed keeps its name taken for the way back: Google Cloud. */
  readonly wayBackNeedsEpoch: boolean;
  readonly file: ReleaseFile;
  readonly record: RolloutRecord;
  readonly now: Date;
  /** Who acts; asked only where it is written down. */
  by(): string;
  /** Why a version must not get traffic; undefined when it may. */
  refusal(version: string): string | undefined;
}

/** What is to be written. */
export interface Edit {
  readonly file: ReleaseFile;
  readonly record: RolloutRecord;
}

/** What takes the traffic. @throws InvalidInputError while two slots share it */
export function liveOf(file: ReleaseFile): Placed {
  const slot = "traffic" in file ? liveSlot(file) : "live";
  const { version, epoch, capacity } = "traffic" in file ? file.slots[slot as Colour]! : file.slots.live;
  return { slot, version, epoch, capacity };
}

/** The rollout that is open. @throws InvalidInputError when none is */
export const openOf = ({ name, record }: Situation): OpenRollout =>
  record.rollout ?? refuse(name, `has no open rollout; ${commandFor(name, "start --version V")} begins one`);

/** @throws InvalidInputError while a rollout is open */
export function refuseOpen({ name, record }: Situation): void {
  const open = record.rollout;
  if (open === null) return;
  const waits =
    open.applied === null
      ? `; when ${stepAt(open).id} is deployed, ${commandFor(name, "next")} says so`
      : `; go on with ${commandFor(name, "next")}`;
  const way =
    open.outcome || open.kind === "retire" || open.kind === "rollback" ? "" : `, or ${commandFor(name, "abort")}`;
  refuse(name, `has an open ${open.kind}${open.outcome ? ` that was ${open.outcome}` : ""}, ${named(open.from)} → ${named(open.to)}${waits}${way}`); // prettier-ignore
}

export const named = ({ version, epoch }: Pick<Placed, "version" | "epoch">): string =>
  epoch === "" ? version : `${version} (${epoch})`;

/** Whether the release file has what the record says that it has; a crash between the two writes leaves the one before. */
export function written({ name, file }: Situation, open: OpenRollout): boolean {
  const { change, id } = stepAt(open);
  if (sameRelease(file, change)) return true;
  if (sameRelease(file, open.previous)) return false;
  return refuse(
    name,
    `has a release file that is not what step ${id} wrote; put it back with git, or write what you want once the rollout is over`,
  );
}

/** Begins with the first step. */
export function opened(at: Situation, kind: OpenRollout["kind"], to: Placed, steps: readonly Step[]): Edit {
  const from = liveOf(at.file);
  const rollout: OpenRollout = {
    kind,
    from,
    to,
    started: stamp(at.now),
    by: at.by(),
    steps: [...steps],
    at: 0,
    written: stamp(at.now),
    applied: null,
    previous: at.file,
    approvals: [],
    analyses: [],
  };
  return { file: steps[0]!.change, record: { ...at.record, rollout } };
}

/**
 * Begins the release of a version.
 * @throws InvalidInputError when one is open, when the version must not run, and when the idle slot is still needed
 */
export function start(at: Situation, wanted: Target, options: { readonly dropPrevious: boolean }): Edit {
  const open = at.record.rollout;
  const isAgain = open?.kind === "release" && open.to.version === wanted.version && open.at === 0 && open.applied === null; // prettier-ignore
  if (isAgain && !open.outcome) return again(at, open);
  refuseOpen(at);
  const live = liveOf(at.file);
  if (live.version === wanted.version && live.epoch === wanted.epoch)
    refuse("--version", `${named(live)} is live already; ${commandFor(at.name, "renew")} builds it anew`);
  return begin(at, "release", wanted, options);
}

/** Begins a release of whatever kind through the idle slot, or in the only one. */
export function begin(
  at: Situation,
  kind: "release" | "renew" | "break-glass",
  wanted: Target,
  { dropPrevious }: { readonly dropPrevious: boolean },
): Edit {
  const live = liveOf(at.file);
  refuseImage(at, wanted.version, "--version");
  if ("traffic" in at.file) {
    const revoked = at.refusal(live.version);
    const idle = COLOURS.find((slot) => slot !== live.slot)!;
    if (revoked)
      refuse(
        at.name,
        `runs what must not take traffic (${revoked}), so terraform refuses every step in which it does; fill and move in one deployment: ${commandFor(at.name, `set --slot ${idle} --version ${wanted.version} --traffic ${idle}=100`)}`,
      );
    refuseWhileNeeded(at, idle, dropPrevious);
  }
  const epoch = freeEpoch(wanted.version, wanted.epoch, at.file, at.record, at.now);
  const steps = compile(at.service, at.file, { ...wanted, epoch }, { byMachines: at.byMachines });
  const slot = steps[0]!.contract.slot;
  return opened(at, kind, { slot, version: wanted.version, epoch, capacity: live.capacity }, steps);
}

export function refuseImage({ refusal }: Situation, version: string, path: string): void {
  const reason = refusal(version);
  if (reason) refuse(path, reason);
}

function refuseWhileNeeded(at: Situation, slot: Colour, dropPrevious: boolean): void {
  const release = (at.file as TwoSlots).slots[slot];
  const free = release && freeFrom(at.service, at.record.idle, slot, dropPrevious);
  if (!free || free <= at.now) return;
  const keeps = at.record.idle?.holds === "previous" && !dropPrevious;
  refuse(
    at.name,
    keeps
      ? `keeps ${named(release)} in slot ${slot} for a rollback until ${stamp(free)}; wait, or give that up with --drop-previous`
      : `drains slot ${slot} until ${stamp(free)}; wait`,
  );
}

/** The same again, for a command that was interrupted, or given twice. */
export function again(at: Situation, open: OpenRollout): Edit {
  written(at, open);
  return { file: stepAt(open).change, record: at.record };
}

/** No deployment is faster: whoever comes back sooner gave the same command twice. */
export const DEPLOYMENT_SEC = 5;
export const isFresh = ({ now }: Situation, open: OpenRollout): boolean =>
  now.getTime() - Date.parse(open.written) < 1000 * DEPLOYMENT_SEC;

/** The step at hand is known to be applied. */
export function confirmed({ record, now }: Situation, open: OpenRollout): RolloutRecord {
  if (open.applied !== null) return record;
  const applied = stamp(now);
  const holds = open.outcome || open.kind === "rollback" ? "unwanted" : "previous";
  const { slot } = open.to;
  const idle =
    open.kind === "break-glass" && !open.outcome && slot !== "live"
      ? { slot, since: applied, holds: "untouched" as const }
      : idleAfter(record.idle, open.previous, stepAt(open).change, applied, holds);
  return { ...record, idle, rollout: { ...open, applied } };
}

/** What the next step waits for. */
export type Waiting =
  | { readonly for: "apply" }
  | { readonly for: "bake"; readonly until: string }
  | { readonly for: "analysis" }
  | { readonly for: "approval" };

export function waitingFor(open: OpenRollout, now: Date): Waiting | undefined {
  const { id, gate } = stepAt(open);
  if (open.applied === null) return { for: "apply" };
  const baked = Date.parse(open.applied) + 1000 * gate.bakeSec;
  if (now.getTime() < baked) return { for: "bake", until: stamp(new Date(baked)) };
  const judged = open.analyses.filter(({ step }) => step === id).at(-1);
  if (gate.analysis && judged?.result !== "passed") return { for: "analysis" };
  if (gate.approve && !open.approvals.some(({ step }) => step === id)) return { for: "approval" };
  return undefined;
}

/** The step after the one at hand, or the end. @throws InvalidInputError when its image must not get more traffic */
export function advanced(at: Situation, open: OpenRollout): Edit {
  const index = indexOfNext(at, open);
  const next = open.steps[index];
  if (!next || open.outcome) return { file: at.file, record: closed(at, open) };
  if (weightOf(next.change, open.to.slot) > weightOf(at.file, open.to.slot))
    refuseImage(at, open.to.version, `${at.name} step ${next.id}`);
  // A leap over steps may change the slot's size too.
  const leap = { ...next, contract: { ...next.contract, step: "scale" as const } };
  const steps = open.steps.map((step, i) => (i === index && i > open.at + 1 ? leap : step));
  return stepped(at, open, { steps, at: index });
}

/**
 * Whether the release that is being left was revoked on the way. Terraform refuses every plan in which it takes traffic, so
 * the steps between cannot be taken: all traffic moves at once.
 */
export function leavesRevoked(at: Situation, open: OpenRollout): boolean {
  const { from, kind, outcome } = open;
  if (outcome || kind === "retire" || kind === "rollback" || !("traffic" in at.file)) return false;
  if (weightOf(at.file, from.slot) === 0) return false;
  const reason = at.refusal(from.version);
  if (reason && open.at === 0 && open.applied === null)
    refuse(at.name, `runs what must not take traffic (${reason}), so terraform refuses this step; ${commandFor(at.name, "abort")}, then start says how to leave it`); // prettier-ignore
  return reason !== undefined;
}

function indexOfNext(at: Situation, open: OpenRollout): number {
  const next = open.at + 1;
  if (!leavesRevoked(at, open)) return next;
  return open.steps.findIndex(({ change }, index) => index >= next && weightOf(change, open.from.slot) === 0);
}

export const weightOf = (file: ReleaseFile, slot: Placed["slot"]): number =>
  "traffic" in file ? file.traffic[slot as Colour] : 100;

/** The rollout with another step at hand, written now. */
export const stepped = (
  at: Situation,
  open: OpenRollout,
  change: Pick<OpenRollout, "steps" | "at"> & Partial<OpenRollout>,
): Edit => ({
  file: change.steps[change.at]!.change,
  record: {
    ...at.record,
    rollout: { ...open, ...change, written: stamp(at.now), applied: null, previous: at.file },
  },
});

/** The record once the last step is applied and its gate is open. */
export function closed({ record, file }: Situation, open: OpenRollout): RolloutRecord {
  const live = liveOf(file);
  const known = remember(record.history, open.from, null);
  const [newest, ...older] = remember(
    open.kind === "rollback" && !open.outcome ? known.map((entry) => (isSame(entry, open.from) ? { ...entry, rolledBack: true } : entry)) : known,
    live,
    open.applied,
  ); // prettier-ignore
  const entered = open.kind === "break-glass" && !open.outcome && isSame(live, open.to);
  const history = [{ ...newest!, ...(entered && { breakGlass: true as const }) }, ...older];
  return { ...record, history, rollout: null };
}

/** A new epoch for the group that is being built and does not get there. */
export function retried(at: Situation, open: OpenRollout): Edit {
  if (!written(at, open)) return again(at, open);
  const { version, slot, epoch } = open.to;
  const record = withFailed(at.record, { version, epoch }, stamp(at.now));
  const fresh = freeEpoch(version, epoch, at.file, record, at.now);
  const steps = open.steps.map((step) => ({ ...step, change: withEpoch(step.change, slot, fresh) }));
  return stepped({ ...at, record }, open, { steps, at: open.at, to: { ...open.to, epoch: fresh } });
}

function withEpoch(file: ReleaseFile, slot: Placed["slot"], epoch: string): ReleaseFile {
  if (!("traffic" in file)) return { slots: { live: { ...file.slots.live, epoch } } };
  const colour = slot as Colour;
  return { ...file, slots: { ...file.slots, [colour]: { ...file.slots[colour]!, epoch } } };
}
