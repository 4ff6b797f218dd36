/** How services stand: a row for each slot, and the rollout that is open. */
import type { BreakGlass } from "../constructs/contract/release";
import { COLOURS, type ReleaseFile, type SlotRelease } from "./file";
import { healthOf, type Health, type Missing } from "./evidence";
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
}

export function statusOf(subject: Subject, { file, record }: Stored, missed: Missing, around: Surroundings): Status {
  const row = (slot: Placed["slot"], release: SlotRelease | null, content: ReleaseFile): SlotRow => {
    const weight = weightOf(content, slot);
    return {
      slot,
      role: roleOf(slot, release, weight, record.rollout),
      version: release?.version ?? null,
      epoch: release?.epoch ?? null,
      capacity: release?.capacity ?? null,
      state: release && stateOf(subject, release.version, around),
      weight,
      health: release && healthOf(subject, missed),
      since: release && weight > 0 ? sinceOf(record, release) : null,
      breakGlass: release?.breakGlass ?? null,
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
    waiting: (record.rollout && waitingFor(record.rollout, around.now)) ?? null,
    missing: Object.fromEntries([...missed].flatMap(([stack, why]) => (why === undefined ? [] : [[stack, why]]))),
  };
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
