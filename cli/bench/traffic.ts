/**
 * `npm run bench -- --traffic`: every strategy on every cloud under load, shares, and what each protection is good for. It
 * measures and explains; nothing here is asserted.
 */
import { CLOUDS, type Cloud, type FleetSpec } from "../../constructs/contract/spec";
import { startLoad } from "../../local-cloud/running/load/load";
import { USUAL_LOAD } from "../../local-cloud/running/load/observe";
import { causes, failedIn, sentIn } from "../../local-cloud/running/load/report";
import { type Run, thousands } from "../../local-cloud/running/load/run";
import { answered, failed, sent, tally } from "../../local-cloud/running/load/tally";
import { table } from "../table";
import { playControl, shows, shownText, storyOf } from "../traffic/control-run";
import { CONTROLS, STORIES } from "../traffic/controls";
import { mustApply, playWalk } from "../traffic/play";
import { Stage } from "../traffic/stage";
import { sharedCanary, walksOn } from "../traffic/walks";

export interface TrafficBenchOptions {
  readonly fleet: FleetSpec;
  /** Requests each second through each entry. */
  readonly rate: number;
  readonly speed: number;
  /** The walks are walked again until so many requests were sent. */
  readonly requests: number;
  readonly say: (text: string) => void;
}

export async function trafficBench(options: TrafficBenchOptions): Promise<void> {
  const { say } = options;
  say(await strategies(options));
  say(await shares(options));
  say(await controls(options));
}

/** Requests, failures and latencies of each strategy on each cloud. */
async function strategies({ fleet, rate, speed, requests, say }: TrafficBenchOptions): Promise<string> {
  const runs: { cloud: Cloud; strategy: string; run: Run }[] = [];
  const all = () => runs.reduce((sum, { run }) => sum + sentIn(run), 0);
  for (let round = 0; round === 0 || all() < requests; round++)
    for (const index of walksOn("aws").keys()) {
      const played = CLOUDS.map(async (cloud) => {
        const walk = walksOn(cloud)[index]!;
        const stage = await Stage.open({ fleet, service: walk.service, clouds: [cloud], speed }, walk.first);
        try {
          const run = await playWalk(stage, walk, {
            load: { rate, seed: round + 1 },
            long: { share: 0.02, seconds: 20 },
          });
          runs.push({ cloud, strategy: walk.strategy, run });
        } finally {
          await stage.close();
        }
      });
      await Promise.all(played);
      say(
        `${thousands(all())} requests sent, ${thousands(runs.reduce((sum, { run }) => sum + failedIn(run), 0))} failed`,
      );
    }
  return table(
    ["strategy", "cloud", "requests", "failed", "kept", "new", "p50 ms", "p99 ms", "why"],
    walksOn("aws").flatMap(({ strategy }) =>
      CLOUDS.map((cloud) =>
        strategyRow(
          strategy,
          cloud,
          runs.filter((one) => one.strategy === strategy && one.cloud === cloud).map(({ run }) => run),
        ),
      ),
    ),
  );
}

function strategyRow(strategy: string, cloud: Cloud, runs: readonly Run[]): string[] {
  const entries = runs.flatMap((run) => run.entries);
  const sum = (of: (entry: (typeof entries)[number]) => number) =>
    entries.reduce((total, entry) => total + of(entry), 0);
  const most = (of: (entry: (typeof entries)[number]) => number) => Math.max(...entries.map(of)).toFixed(0);
  return [
    strategy,
    cloud,
    thousands(sum(({ outcomes }) => sent(tally(outcomes)))),
    ...[{}, { kept: true }, { kept: false }].map((which) =>
      thousands(sum(({ outcomes }) => failed(tally(outcomes, which)))),
    ),
    most(({ outcomes }) => tally(outcomes).p50),
    most(({ outcomes }) => tally(outcomes).p99),
    [...new Set(entries.flatMap(causes))].join(", "),
  ];
}

const SHARE_REQUESTS = 20_000;

/** A canary of 25 %: requests on AWS and Google, and flows on Azure, where each request here is one. */
async function shares({ fleet, rate, speed }: TrafficBenchOptions): Promise<string> {
  const rows = CLOUDS.map(async (cloud) => {
    const { service, first, quarter } = sharedCanary(cloud);
    const stage = await Stage.open({ fleet, service, clouds: [cloud], speed }, first);
    try {
      await mustApply(stage, first, "first deployment");
      await mustApply(stage, quarter, "25 %");
      const entries = stage.running.status().entries.map(({ url }) => ({ name: cloud, origin: url }));
      const load = {
        ...USUAL_LOAD,
        idleMs: 1000,
        rate,
        kept: cloud === "azure" ? 0 : 0.5,
        long: { share: 0, path: "/" },
      };
      const { outcomes } = await (await startLoad({ ...load, entries, requests: SHARE_REQUESTS })).done;
      const all = tally(outcomes.get(cloud)!);
      const share = (100 * answered(all, "1.1.0")) / sent(all);
      return [
        cloud,
        thousands(sent(all)),
        thousands(failed(all)),
        thousands(answered(all, "1.1.0")),
        `${share.toFixed(2)} %`,
      ];
    } finally {
      await stage.close();
    }
  });
  return table(["weight 25", "requests", "failed", "to the new version", "share"], await Promise.all(rows));
}

/** Each step with all its protections, and with one of them taken away. */
async function controls({ fleet, speed, say }: TrafficBenchOptions): Promise<string> {
  const options = { fleet, speed, long: { share: 0.3, seconds: 20 } };
  const whole = Object.entries(STORIES).map(([name, story]) => ({ name, story, control: undefined }));
  const without = CONTROLS.map((control) => ({ name: control.name, story: storyOf(control), control }));
  const rows: string[][] = [];
  for (const { name, story, control } of [...whole, ...without]) {
    const cells = CLOUDS.map(async (cloud) => {
      const on = control?.on[cloud];
      if (typeof on === "string") return "-";
      const shown = await playControl(cloud, story, { ...(on && { edit: on.edit }), before: control?.before }, options);
      const asSaid = on === undefined || shows(shown) === on.shows;
      return `${shownText(shown)}${asSaid ? "" : " (!)"}`;
    });
    rows.push([control ? `  without: ${name}` : name, ...(await Promise.all(cells))]);
    say(rows.at(-1)!.join("  "));
  }
  return table(["step", ...CLOUDS], rows);
}
