/** `npm run bench -- --drills`: what clients see while something goes wrong. It measures and explains; nothing is asserted. */
import { CLOUDS, type Cloud, type FleetSpec } from "../../constructs/contract/spec";
import { causes } from "../../local-cloud/running/load/report";
import { rows } from "../../local-cloud/running/load/run";
import { table } from "../table";
import { mustApply, observe, pause } from "../traffic/play";
import { behavioursOf, type Drill, DRILLS } from "../traffic/drills";
import { Stage } from "../traffic/stage";

export interface DrillBenchOptions {
  readonly fleet: FleetSpec;
  readonly rate: number;
  readonly speed: number;
  readonly say: (text: string) => void;
}

export async function drillBench(options: DrillBenchOptions, drills: readonly Drill[] = DRILLS): Promise<void> {
  const told: string[][] = [];
  for (const drill of drills) {
    const each = await Promise.all(CLOUDS.map((cloud) => playDrill(cloud, drill, options)));
    told.push(...each.flat());
    options.say(each.flat().map((row) => row.join("  ")).join("\n")); // prettier-ignore
  }
  options.say(table(["drill", "cloud", "step", "requests", "failed", "why", "what came of it"], told));
}

/** Seconds until every proxy knows of a first deployment. */
const KNOWN_SEC = 200;

/** A row for each of its steps. */
async function playDrill(cloud: Cloud, drill: Drill, { fleet, rate, speed }: DrillBenchOptions): Promise<string[][]> {
  const first = drill.first(cloud);
  const behaviours = behavioursOf(drill, cloud, rate);
  const stage = await Stage.open({ fleet, service: drill.service, clouds: [cloud], speed, behaviours }, first);
  try {
    await mustApply(stage, first, "first deployment");
    await pause({ afterMs: (KNOWN_SEC * 1000) / speed });
    const seen = await observe(stage, { load: { rate } });
    try {
      seen.step("serves");
      await pause({});
      const came = await drill.play({ stage, seen, cloud, rate });
      await pause({});
      const run = await seen.end(drill.name);
      const why = causes(run.entries[0]!).join(", ");
      return rows(run).map(([, step = "", requests = "", failed = ""], index, all) => {
        const isLast = index === all.length - 1;
        return [drill.name, cloud, step, requests, failed, isLast ? why : "", isLast ? came : ""];
      });
    } catch (error) {
      seen.kill();
      throw error;
    }
  } finally {
    await stage.close();
  }
}
