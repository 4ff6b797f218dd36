/** What goes wrong while clients are served: each drill plays on one cloud, under load. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../constructs/contract/spec";
import type { Behaviour } from "../../local-cloud/running/behaviour";
import type { Running, RunningMachine } from "../../local-cloud/running/live";
import type { Observation } from "../../local-cloud/running/load/observe";
import { PROJECT } from "../project-copy";
import { mustApply } from "./play";
import type { Applied, Deploy, Stage } from "./stage";
import { NEW, OLD, release, sharedCanary } from "./walks";

/** What a drill works with. */
export interface Place {
  readonly stage: Stage;
  readonly seen: Observation;
  readonly cloud: Cloud;
  /** Requests each second. */
  readonly rate: number;
}

export interface Drill {
  readonly name: string;
  readonly service: "web" | "shop";
  first(cloud: Cloud): Deploy;
  /** How machines of the new version's image behave. */
  readonly bad?: Omit<Behaviour, "image">;
  /** How all machines behave. */
  readonly all?: (rate: number) => Omit<Behaviour, "image">;
  /** Begins steps of the observation, and says in words what came of it. */
  play(place: Place): Promise<string>;
}

const LIVE = { ...OLD, capacity: 3 };
const web = { service: "web", first: () => release.live(LIVE) } as const;
const bumped = release.live({ ...NEW, capacity: 3 });
const WAIT_MS = 120_000;

const machines = (running: Running): RunningMachine[] => running.status().groups.flatMap((group) => group.machines);
const serving = (running: Running): RunningMachine[] =>
  machines(running).filter(({ healthy, state }) => healthy && state === "serving");

/** Whether it came to be in time; a cloud that does not do it is no error of the drill. */
async function comes(holds: () => boolean): Promise<boolean> {
  const last = Date.now() + WAIT_MS;
  while (!holds() && Date.now() < last) await new Promise((resolve) => setTimeout(resolve, 100));
  return holds();
}

/** Breaks something, and waits until as many machines serve as before. */
async function recovers({ stage: { running }, seen }: Place, what: (one: RunningMachine) => void): Promise<string> {
  const before = serving(running);
  seen.step("failure");
  what(before[0]!);
  await comes(() => serving(running).length < before.length);
  const back = await comes(() => serving(running).length >= before.length);
  return `${before.length} machines, ${back ? "replaced by others" : `${serving(running).length} after all`}`;
}

const wordsOf = ({ ok, text }: Applied): string =>
  ok ? "applied" : (/Error: ([^\n]*)/.exec(text)?.[1] ?? "killed").slice(0, 60);

export const DRILLS: readonly Drill[] = [
  {
    ...{ name: "a machine is killed", ...web },
    play: (place) => recovers(place, ({ instance }) => place.stage.running.drill({ kill: instance })),
  },
  {
    ...{ name: "a zone is gone", ...web },
    play: (place) => recovers(place, ({ zone }) => place.stage.running.drill({ zoneDown: zone })),
  },
  {
    ...{ name: "a new image never gets healthy", ...web, bad: { neverHealthy: true } },
    async play({ stage, seen, cloud }) {
      seen.step("bump");
      const words = wordsOf((await stage.deploy(bumped)).get(cloud)!);
      return `${words}; serves: ${[...new Set(serving(stage.running).map(({ version }) => version))].join(", ")}`;
    },
  },
  {
    name: "a new image fails 20 %, as a canary of 25 %",
    ...{ service: "shop", first: (cloud) => sharedCanary(cloud).first, bad: { failShare: 0.2 } },
    async play({ stage, seen, cloud }) {
      const { quarter, abort } = sharedCanary(cloud);
      seen.step("25 %");
      await mustApply(stage, quarter, "25 %");
      await new Promise((resolve) => setTimeout(resolve, 5000));
      seen.step("taken back");
      await mustApply(stage, abort, "abort");
      seen.step("after it");
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return "no share of it is left";
    },
  },
  {
    ...{ name: "the apply is killed with -9, three times, and run again", ...web },
    async play({ stage, seen, cloud }) {
      const said: string[] = [];
      for (const killAfterMs of [1500, 3000, 6000]) {
        seen.step(`killed after ${killAfterMs} ms`);
        said.push(wordsOf((await stage.deploy({ ...bumped, killAfterMs })).get(cloud)!));
      }
      seen.step("run again");
      const again = (await stage.deploy(bumped)).get(cloud)!;
      said.push(wordsOf(again));
      // What terraform was not told of holds an exact name: another epoch is another name.
      if (!again.ok) {
        seen.step("another epoch");
        said.push(wordsOf((await stage.deploy(release.live({ ...NEW, capacity: 3, epoch: "again" }))).get(cloud)!));
      }
      const versions = [...new Set(serving(stage.running).map(({ version }) => version))];
      return `${said.join(", ")}; serves: ${versions.join(", ")}`;
    },
  },
  {
    ...{ name: "two people deploy at once", ...web },
    async play({ stage, seen, cloud }) {
      seen.step("both");
      const both = await Promise.all([stage.deploy(bumped), stage.deploy(bumped)]);
      return both.map((applied) => wordsOf(applied.get(cloud)!)).join(", ");
    },
  },
  {
    name: "load doubles while a group is replaced",
    // Half of what three machines carry, and then all of it.
    ...{ ...web, all: (rate) => ({ capacity: (2 * rate) / 3 }) },
    async play({ stage, seen, rate }) {
      seen.step("bump, twice the load");
      seen.rate(rate * 2);
      await mustApply(stage, bumped, "bump");
      const grown = await comes(() => serving(stage.running).length > 3);
      return `${grown ? "grew to" : "stayed at"} ${serving(stage.running).length} machines`;
    },
  },
];

/** Behaviour files for a drill, by name. */
export function behavioursOf({ bad, all }: Drill, cloud: Cloud, rate: number): Record<string, Behaviour> {
  const file = join(PROJECT, "images/catalog/web", `${NEW.version}.json`);
  const { artifacts } = JSON.parse(readFileSync(file, "utf8")) as { artifacts: { cloud: Cloud; id: string }[] };
  const ids = artifacts.filter((artifact) => artifact.cloud === cloud).map(({ id }) => id);
  return {
    ...(all && { all: { image: EVERY[cloud], ...all(rate) } }),
    ...Object.fromEntries(bad ? ids.map((image, index) => [`bad-${index}`, { image, ...bad }]) : []),
  };
}
const EVERY: Record<Cloud, string> = { aws: "ami-", google: "/images/", azure: "/images/" };
