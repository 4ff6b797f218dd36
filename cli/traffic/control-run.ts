/** Plays a step with and without a protection, under load, and says what became of clients and machines. */
import type { Cloud, FleetSpec } from "../../constructs/contract/spec";
import type { Status } from "../../local-cloud/running/live";
import { USUAL_LOAD } from "../../local-cloud/running/load/observe";
import { causes } from "../../local-cloud/running/load/report";
import { failed, sent, tally, type Tally } from "../../local-cloud/running/load/tally";
import type { Edit } from "./edits";
import { observe, mustApply, pause, type PlayOptions } from "./play";
import { type Control, type Shows, STORIES, type Story } from "./controls";
import { Stage } from "./stage";

/** What a step did. */
export interface Shown {
  readonly requests: Tally;
  /** Why requests failed. */
  readonly causes: readonly string[];
  /** Healthy machines before the step, and the fewest at any moment from then on. */
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
    await pause(options);
    const run = await seen.end(story.service);
    const { outcomes, samples } = run.entries[0]!;
    const during = samples.filter(({ at }) => at >= run.steps[0]!.from);
    const each = during.map(({ groups }) => groups.reduce((sum, group) => sum + group.healthy, 0));
    return {
      requests: tally(outcomes),
      causes: causes({ outcomes }),
      machines: [machines, Math.min(machines, ...each)],
      refused: applied.ok ? undefined : (/Error: (.*)/.exec(applied.text)?.[1] ?? applied.text),
    };
  } finally {
    await stage.close();
  }
}

const healthy = ({ groups }: Status): number =>
  groups.flatMap(({ machines }) => machines).filter(({ healthy: well }) => well).length;

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
