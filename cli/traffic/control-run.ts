/** Plays a step with and without a protection, under load, and says what became of clients and machines. */
import type { Cloud, FleetSpec } from "../../constructs/contract/spec";
import type { Status } from "../../local-cloud/running/live";
import { USUAL_LOAD } from "../../local-cloud/running/load/observe";
import { causes } from "../../local-cloud/running/load/report";
import type { EntryRun } from "../../local-cloud/running/load/run";
import { failed, perSecond, sent, tally, type Tally, versionsSeen } from "../../local-cloud/running/load/tally";
import type { Edit } from "./edits";
import { observe, mustApply, pause, type PlayOptions } from "./play";
import { type Control, type Shows, STORIES, type Story } from "./controls";
import { Stage } from "./stage";

/** What a step did. */
export interface Shown {
  readonly requests: Tally;
  /** Why requests failed. */
  readonly causes: readonly string[];
  /** Healthy machines before the step, and the fewest at any moment from then on, of groups whose version answers just then. */
  readonly machines: readonly [before: number, fewest: number];
  /** What the cloud refused, in terraform's words. */
  readonly refused: string | undefined;
}

/** Machines that boot slowly, so that nobody takes one for ready by luck. */
const SLOW = { bootSec: 240 };
/** So much of a machine's power is used that the autoscaler leaves a group of this size as it is. */
const busy = (machines: number) => ({ capacity: USUAL_LOAD.rate / machines / 0.6 });
const IMAGES: Record<Cloud, string> = { aws: "ami-", google: "/images/", azure: "/images/" };

export interface ControlRunOptions extends PlayOptions {
  readonly fleet: FleetSpec;
  readonly speed: number;
}

/** A step on one cloud, with all protections or without one of them. */
export async function playControl(
  cloud: Cloud,
  story: Story,
  { edit, before }: { readonly edit?: Edit; readonly before?: boolean | undefined },
  options: ControlRunOptions,
): Promise<Shown> {
  const { fleet, speed } = options;
  const how = story.grown === undefined ? SLOW : busy(story.grown);
  const behaviours = { [cloud]: { image: IMAGES[cloud], ...how } };
  const stage = await Stage.open({ fleet, speed, service: story.service, clouds: [cloud], behaviours }, story.before);
  try {
    await mustApply(stage, before ? { ...story.before, edit } : story.before, "first deployment");
    const seen = await observe(stage, options);
    if (story.grown !== undefined) await grow(stage, story.grown);
    const machines = healthy(stage.running.status());
    seen.step("step");
    await pause(options);
    const applied = (await stage.deploy({ ...story.after, edit })).get(cloud)!;
    await pause({ afterMs: (LATE_SEC * 1000) / speed });
    const run = await seen.end(story.service);
    const { outcomes } = run.entries[0]!;
    return {
      requests: tally(outcomes),
      causes: causes({ outcomes }),
      machines: [machines, fewest(run.entries[0]!, machines, run.steps[0]!.from)],
      refused: applied.ok ? undefined : (/Error: (.*)/.exec(applied.text)?.[1] ?? applied.text),
    };
  } finally {
    await stage.close();
  }
}

/** What is there but gets no request carries nothing. Where nobody answers, requests fail, and say so themselves. */
function fewest({ outcomes, samples }: EntryRun, most: number, from: number): number {
  const during = samples.filter(({ at }) => at >= from);
  const seconds = perSecond(outcomes, Math.ceil((samples.at(-1)?.at ?? 0) / 1000) + 1);
  const each = during.flatMap(({ at, groups }) => {
    const versions = versionsSeen(seconds[Math.floor(at / 1000)]!);
    const serving = groups.filter(({ version }) => versions.includes(version));
    return serving.length === 0 ? [] : [serving.reduce((sum, group) => sum + group.healthy, 0)];
  });
  return Math.min(most, ...each);
}

const healthy = ({ groups }: Status): number =>
  groups.flatMap(({ machines }) => machines).filter(({ healthy: well }) => well).length;

/** Seconds of the cloud after which every proxy has learned what was changed. */
const LATE_SEC = 90;
const GROWN_MS = 120_000;

async function grow(stage: Stage, size: number): Promise<void> {
  stage.scale(size);
  const last = Date.now() + GROWN_MS;
  while (healthy(stage.running.status()) < size) {
    if (Date.now() > last) throw new Error(`The group has not grown to ${size} healthy machines`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How the protection's absence showed; undefined where it did not. */
export function shows({ requests, machines: [before, fewest], refused }: Shown): Shows | undefined {
  if (failed(requests) > 0) return "failed requests";
  if (fewest < before) return "too few machines";
  return refused === undefined ? undefined : "refused by the cloud";
}

/** As a cell of a table. */
export const shownText = (shown: Shown): string => {
  const { requests, machines, refused } = shown;
  return [
    `${failed(requests)} of ${sent(requests)} failed`,
    ...(machines[1] < machines[0] ? [`${machines.join(" → ")} machines`] : []),
    ...(refused === undefined ? [] : ["refused"]),
  ].join(", ");
};

export const storyOf = ({ story }: Control): Story => STORIES[story];
