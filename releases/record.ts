/**
 * releases/<environment>/<service>.rollout.json: what was released, and the rollout that is under way. In version control
 * beside the release file, so that whoever goes on knows where the last one stopped.
 */
import { z } from "zod";
import { join } from "node:path";
import { gateSchema } from "../constructs/contract/rollout-spec";
import { time } from "../images/catalog";
import { anyRelease, epoch } from "./file";

const text = z.string().min(1);
const colour = z.enum(["blue", "green"]);
const anySlot = z.enum(["live", "blue", "green"]);
/** An earlier file of either form; a union would hide which field is wrong, and nobody writes these by hand. */
const content = anyRelease;

/** What a plan of a step may be: names of constructs/contract/plan-contract.ts. */
const contract = z.strictObject({
  step: z.enum(["fill", "bump", "shift", "scale", "limits", "retire"]),
  /** Slot that the step is about. */
  slot: anySlot,
});

const step = z.strictObject({
  id: text,
  /** The whole release file as the step leaves it. */
  change: content,
  contract,
  /** What must hold before the next step. */
  gate: gateSchema,
});

const placed = z.strictObject({ slot: anySlot, version: text, epoch, capacity: z.int().min(1).nullable() });

const run = z.strictObject({
  result: z.enum(["passed", "failed", "inconclusive"]),
  /** Exit code, or why there is none. */
  exit: z.union([z.int(), text]),
});

const analysisResult = z.strictObject({
  step: text,
  result: z.enum(["passed", "failed", "inconclusive"]),
  at: time,
  runs: z.array(run),
});

const rollout = z.strictObject({
  /**
   * `renew` is a release of the same version, `break-glass` one that people may get into, `rollback` moves back to the
   * previous one, `retire` empties the idle slot.
   */
  kind: z.enum(["release", "renew", "break-glass", "rollback", "retire"]),
  /** What was live when it began. */
  from: placed,
  /** What is live when it ends. */
  to: placed,
  started: time,
  by: text,
  /** Pinned when it began: an edit of fleet.ts does not change a rollout that is under way. */
  steps: z.array(step).min(1),
  /** Index of the step at hand. */
  at: z.int().min(0),
  /** When that step was written into the release file. */
  written: time,
  /** When it was first known to be applied; null until then. */
  applied: time.nullable(),
  /** The release file before that step: whether a crash came between the writes of this file and of that one. */
  previous: content,
  /** Set once the traffic is on its way back; the step at hand is then the last one. */
  outcome: z.literal("aborted").optional(),
  approvals: z.array(z.strictObject({ step: text, by: text, at: time })),
  analyses: z.array(analysisResult),
});

export const recordSchema = z
  .strictObject({
    schema: z.literal(1),
    /** Releases that were live, newest first. */
    history: z
      .array(
        z.strictObject({
          version: text,
          epoch,
          /** When it became live; null when nobody recorded it. */
          since: time.nullable(),
          /** Whether it was left by a rollback, and is therefore not a release to go back to. */
          rolledBack: z.literal(true).optional(),
          /** Whether people could get into its machines: no release to go back to either. */
          breakGlass: z.literal(true).optional(),
        }),
      )
      .max(20),
    /** Releases whose groups may have been left behind, newest first: their names are taken on Google Cloud and Azure. */
    failed: z.array(z.strictObject({ version: text, epoch, at: time })).max(20),
    /** The slot that lost its traffic, or never got it. */
    idle: z
      .strictObject({
        slot: colour,
        /** When it was known to be without traffic. */
        since: time,
        /** Whether it holds the release before the live one, for a rollback, one that is not wanted, or one that never had traffic. */
        holds: z.enum(["previous", "unwanted", "untouched"]),
      })
      .nullable(),
    rollout: rollout.nullable(),
  })
  .superRefine(({ rollout: open }, context) => {
    if (open && open.at >= open.steps.length)
      context.addIssue({
        code: "custom",
        path: ["rollout", "at"],
        message: `must be the index of one of ${open.steps.length} steps, got ${open.at}`,
      });
  });

export type RolloutRecord = z.output<typeof recordSchema>;
export type OpenRollout = NonNullable<RolloutRecord["rollout"]>;
export type Step = z.output<typeof step>;
export type Placed = z.output<typeof placed>;
export type AnalysisRun = z.output<typeof run>;

/** The record of a service that was never released with these commands. */
export const NEW_RECORD: RolloutRecord = { schema: 1, history: [], failed: [], idle: null, rollout: null };

const KEPT = 20;

export const recordFile = (folder: string, environment: string, service: string): string =>
  join(folder, environment, `${service}.rollout.json`);

export const stepAt = ({ steps, at }: OpenRollout): Step => steps[at]!;

type Live = Pick<Placed, "version" | "epoch">;
export const isSame = (a: Live, b: Live): boolean => a.version === b.version && a.epoch === b.epoch;

/** The history with what is live at its head. */
export const remember = (
  history: RolloutRecord["history"],
  { version, epoch: at }: Live,
  since: string | null,
): RolloutRecord["history"] =>
  history[0] && isSame(history[0], { version, epoch: at })
    ? history
    : [{ version, epoch: at, since }, ...history].slice(0, KEPT);

/** The record with a release whose groups may have been left behind. */
export const withFailed = (record: RolloutRecord, { version, epoch: at }: Live, time: string): RolloutRecord => ({
  ...record,
  failed: [{ version, epoch: at, at: time }, ...record.failed].slice(0, KEPT),
});
