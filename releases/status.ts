/** How services stand: a row for each slot, and the rollout that is open. */
import type { BreakGlass } from "../constructs/contract/release";
import { COLOURS, releaseFile, type ReleaseFile, type SlotRelease } from "./file";
import { healthOf, type Health, type Missing } from "./evidence";
import { resolveSlots } from "./resolve";
import { isSame, type OpenRollout, type Placed, type RolloutRecord } from "./record";
import { waitingFor, weightOf, type Waiting } from "./rollout";
import { judge, nameOf, stacksOf, type Stored, type Subject, type Surroundings } from "./subject";

export type Role = "live" | "candidate" | "idle" | "empty";

export interface SlotRow {
  readonly slot: Placed["slot"];
  readonly role: Role;
  readonly version: string | null;
  readonly epoch: string | null;
  readonly capacity: number | null;
  /** State in the catalog. */
  readonly state: string | null;
  readonly weight: number;
  readonly health: Health | null;
  /** When it became live; null when it is not, or nobody recorded it. */
  readonly since: string | null;
  /** Until when people may get into its machines, and why; null where nobody may. */
  readonly breakGlass: BreakGlass | null;
  /** What it still is until the step at hand is deployed; null where that changes neither. */
  readonly deployed: { readonly version: string | null; readonly weight: number } | null;
}

export interface Status {
  readonly name: string;
  readonly strategy: string;
  readonly stacks: readonly string[];
  readonly slots: readonly SlotRow[];
  readonly rollout: OpenRollout | null;
  readonly waiting: Waiting | null;
  /** Why stacks are not known to run what the file says, by stack; only those with a plan. */
  readonly missing: Readonly<Record<string, string>>;
  /** Why the step at hand must not be deployed any more, and which command leads on; null where it may be. */
  readonly refused: { readonly why: readonly string[]; readonly command: "abort" | "next" | null } | null;
}

export function statusOf(subject: Subject, { file, record }: Stored, missed: Missing, around: Surroundings): Status {
  const waiting = (record.rollout && waitingFor(record.rollout, around.now)) ?? null;
  const isPending = waiting?.for === "apply";
  const row = (slot: Placed["slot"], release: SlotRelease | null, content: ReleaseFile): SlotRow => {
    const weight = weightOf(content, slot);
    const deployed = isPending ? deployedIn(record.rollout!.previous, slot) : null;
    const version = release?.version ?? null;
    return {
      slot,
      role: roleOf(slot, release, deployed?.weight ?? weight, record.rollout),
      version,
      epoch: release?.epoch ?? null,
      capacity: release?.capacity ?? null,
      state: release && stateOf(subject, release.version, around),
      weight,
      health: release && healthOf(subject, missed),
      since: release && weight > 0 ? sinceOf(record, release) : null,
      breakGlass: release?.breakGlass ?? null,
      deployed: deployed && (deployed.version !== version || deployed.weight !== weight) ? deployed : null,
    };
  };
  return {
    name: nameOf(subject),
    strategy: subject.service.strategy,
    stacks: stacksOf(subject),
    slots:
      file === null
        ? []
        : "traffic" in file
          ? COLOURS.map((slot) => row(slot, file.slots[slot], file))
          : [row("live", file.slots.live, file)],
    rollout: record.rollout,
    waiting,
    missing: Object.fromEntries([...missed].flatMap(([stack, why]) => (why === undefined ? [] : [[stack, why]]))),
    refused: file && isPending ? refusedBy(subject, file, record.rollout!, around) : null,
  };
}

const deployedIn = (file: ReleaseFile, slot: Placed["slot"]) => ({
  version: ("traffic" in file ? file.slots[slot as "blue" | "green"]?.version : file.slots.live.version) ?? null,
  weight: weightOf(file, slot),
});

/** The catalog and the fleet may have changed since the step was written. */
function refusedBy(subject: Subject, file: ReleaseFile, open: OpenRollout, around: Surroundings): Status["refused"] {
  const { environment, service } = subject;
  const path = releaseFile(around.releases, environment.name, service.name);
  const { problems } = resolveSlots({ environment, service, sources: around, file: path }, file);
  const refusal = (version: string) => judge(subject, version, around).value?.refusal;
  const isWayBack = open.outcome !== undefined || open.kind === "retire" || open.kind === "rollback";
  // The synth lets a revoked version stand in a slot without traffic, because it may be on its way out. Here it comes in.
  const comesIn = isWayBack ? undefined : refusal(open.to.version);
  if (comesIn !== undefined) return { why: [comesIn], command: "abort" };
  if (problems.length === 0) return null;
  const why = problems.map(({ message }) => message);
  if (refusal((isWayBack && !open.outcome ? open.to : open.from).version) === undefined) return { why, command: null };
  if (isWayBack) return { why, command: "abort" };
  // Before any traffic moved the rollout goes back; after that, the step that follows moves all of it.
  return { why, command: open.at === 0 ? "abort" : "next" };
}

function roleOf(slot: Placed["slot"], release: SlotRelease | null, weight: number, open: OpenRollout | null): Role {
  if (release === null) return "empty";
  const comesIn = open && !open.outcome && ["release", "renew"].includes(open.kind) && open.to.slot === slot;
  if (comesIn && weight < 100) return "candidate";
  return weight > 0 ? "live" : "idle";
}

function stateOf(subject: Subject, version: string, around: Surroundings): string {
  const judged = judge(subject, version, around);
  return judged.problems ? "not in the catalog" : judged.value.state;
}

/** When a release became live; null when nobody recorded it. */
export function sinceOf({ history }: RolloutRecord, release: Pick<Placed, "version" | "epoch">): string | null {
  const newest = history[0];
  return newest && isSame(newest, release) ? newest.since : null;
}
