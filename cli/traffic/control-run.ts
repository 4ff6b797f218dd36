/** Plays a step with and without a protection, under load, and says what became of clients and machines. */
import type { Cloud, FleetSpec } from "../../constructs/contract/spec";
import type { Status } from "../../local-cloud/running/live";
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
  /** Healthy machines before the step and after it. */
  readonly machines: readonly [before: number, after: number];
  /** What the cloud refused, in terraform's words. */
  readonly refused: string | undefined;
}

/** Machines that boot slowly, so that nobody takes one for ready by luck. */
const SLOW = { bootSec: 240 };
const BEHAVIOURS = { aws: { image: "ami-", ...SLOW }, google: { image: "/images/", ...SLOW }, azure: { image: "/images/", ...SLOW } }; // prettier-ignore

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
  const behaviours = { [cloud]: BEHAVIOURS[cloud] };
  const stage = await Stage.open({ fleet, speed, service: story.service, clouds: [cloud], behaviours }, story.before);
  try {
    await mustApply(stage, before ? { ...story.before, edit } : story.before, "first deployment");
    if (story.grown !== undefined) await grow(stage, story.grown);
    const seen = await observe(stage, options);
    const machines = healthy(stage.running.status());
    await pause(options);
    const applied = (await stage.deploy({ ...story.after, edit })).get(cloud)!;
    await pause(options);
    const run = await seen.end(story.service);
    const { outcomes } = run.entries[0]!;
    return {
      requests: tally(outcomes),
      causes: causes({ outcomes }),
      machines: [machines, healthy(stage.running.status())],
      refused: applied.ok ? undefined : (/Error: (.*)/.exec(applied.text)?.[1] ?? applied.text),
    };
  } finally {
    await stage.close();
  }
}

const healthy = ({ groups }: Status): number =>
  groups.flatMap(({ machines }) => machines).filter(({ healthy: well }) => well).length;

async function grow(stage: Stage, size: number): Promise<void> {
  stage.scale(size);
  while (healthy(stage.running.status()) < size) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** How the protection's absence showed; undefined where it did not. */
export function shows({ requests, machines: [before, after], refused }: Shown): Shows | undefined {
  if (failed(requests) > 0) return "failed requests";
  if (after < before) return "too few machines";
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
