/**
 * What clients see while the real terraform replaces a group, on each cloud: nothing; and with one protection taken away
 * they do, or the numbers above would prove nothing. Counts only: how long it takes is the machine's. The other
 * protections are in `npm run bench -- --traffic`.
 */
import { type Edit, noGate, noNotice } from "../../cli/traffic/edits";
import { mustApply, observe, pause } from "../../cli/traffic/play";
import { Stage } from "../../cli/traffic/stage";
import { NEW, OLD, release } from "../../cli/traffic/walks";
import { FAILURES, type Outcomes } from "../../local-cloud/running/load/outcomes";
import type { Step } from "../../local-cloud/running/load/run";
import { failed, sent, tally, versionsSeen } from "../../local-cloud/running/load/tally";
import { CLOUDS, type Cloud } from "../../constructs/contract/spec";
import { fleet } from "../../fleet";

/** A protection of the group that the way back makes or takes away, so that the way there is not touched by its absence. */
const CONTROL: Record<Cloud, Edit> = { aws: noGate.aws, google: noGate.google, azure: noNotice };

/** The three clouds at the same time: nearly all of it is waiting. */
const seen = new Map<Cloud, Promise<{ outcomes: Outcomes; steps: readonly Step[] }>>();
beforeAll(() => {
  for (const cloud of CLOUDS) seen.set(cloud, play(cloud));
  return Promise.allSettled(seen.values());
}, 300_000);

async function play(cloud: Cloud): Promise<{ outcomes: Outcomes; steps: readonly Step[] }> {
  const first = release.live(OLD);
  // On Google Cloud longer than the hold before traffic moves, which a missing gate would hide behind.
  const behaviours = { slow: { image: cloud === "aws" ? "ami-" : "/images/", bootSec: cloud === "google" ? 240 : 60 } };
  const stage = await Stage.open({ fleet, service: "web", clouds: [cloud], speed: 20, behaviours }, first);
  try {
    await mustApply(stage, first, "first deployment");
    const options = { load: { rate: 15 }, long: { share: 0.5, seconds: 20 }, afterMs: 500 };
    const observation = await observe(stage, options);
    observation.step("bump");
    // On Azure the set that the bump makes is the one that goes on the way back.
    await mustApply(stage, { ...release.live(NEW), edit: cloud === "azure" ? CONTROL.azure : undefined }, "bump");
    await pause(options);
    observation.step("way back");
    await mustApply(stage, { ...first, edit: CONTROL[cloud] }, "way back");
    await pause(options);
    const { entries, steps } = await observation.end("web");
    return { outcomes: entries[0]!.outcomes, steps };
  } finally {
    await stage.close();
  }
}

describe.each(CLOUDS)("%s", (cloud) => {
  test("nobody notices a bump, over kept and over new connections", async () => {
    const { outcomes, steps } = await seen.get(cloud)!;
    const bump = tally(outcomes, steps[0]);
    expect(FAILURES.map((cause) => [cause, failed(bump, cause)]).filter(([, count]) => count)).toEqual([]);
    expect(versionsSeen(bump)).toEqual(["1.0.0", "1.1.0"]);
    for (const kept of [true, false]) expect(sent(tally(outcomes, { ...steps[0], kept }))).toBeGreaterThan(0);
  });

  test("without a protection the way back is noticed", async () => {
    const { outcomes, steps } = await seen.get(cloud)!;
    expect(failed(tally(outcomes, steps[1]))).toBeGreaterThan(0);
  });
});
