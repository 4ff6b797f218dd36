/** How groups keep themselves: machines that die, zones that go, load that grows. */
import { zoneForNew, victim } from "../../../local-cloud/running/mechanics/choice";
import { judged, UNKNOWN } from "../../../local-cloud/running/mechanics/verdict";
import type { Healing } from "../../../local-cloud/running/model";
import { asking, check, entry, gate, group, playing, pool, until } from "./topology";

let played: ReturnType<typeof playing>;
const play = (behaviours?: Parameters<typeof playing>[0]) => (played = playing(behaviours));
afterEach(() => played?.world.close());

const healing: Healing = {
  ...{ by: "pools", graceSec: 5, graceEndsEarly: true, reaction: [0, 0], order: "launch-first", share: 0.1 },
};
const machines = () => played.world.status().groups.flatMap((one) => one.machines);
const serving = () => machines().filter(({ healthy, state }) => healthy && state === "serving");
const said = (what: string) => played.log.since(0).filter((event) => event.what === what);

/** A group with an entry, once all its machines are healthy. */
async function standing(more: Parameters<typeof group>[1], behaviour = {}) {
  const { apply, world } = play({ "image-g": behaviour });
  const one = group("g", more);
  await apply({ entries: [entry({ p: 1 })], pools: [pool("p", ["g"])], groups: [one], gates: [gate("g", one.size)] });
  await world.gate("g", "create");
}

test("thresholds: one pass is enough for a new target, then it takes as many in a row as the check says", () => {
  const row = [true, false, true, false, false, true, true].reduce(
    (before, passed) => [...before, judged(before.at(-1) ?? UNKNOWN, passed, check)],
    [] as ReturnType<typeof judged>[],
  );
  expect(row.map(({ state }) => state)).toEqual([
    ...["healthy", "healthy", "healthy", "healthy", "unhealthy", "unhealthy", "healthy"],
  ]);
});

test("zones stay even, without those that are down, and the order of scale-in is the group's", () => {
  const placed = ["a", "b", "a", "c"].map((zone, number) => ({ zone, number }));
  expect(zoneForNew(["a", "b", "c"], placed, new Set())).toBe("b");
  expect(zoneForNew(["a", "b"], placed, new Set(["b"]))).toBe("a");
  expect(zoneForNew(["a"], placed, new Set(["a"]))).toBeUndefined();
  const orders = ["oldest", "newest", "zone-balance-oldest", "zone-balance-newest"] as const;
  expect(orders.map((order) => victim(order, placed)?.number)).toEqual([0, 3, 0, 2]);
});

test("a machine that is killed costs what was on its way to it, and is replaced", async () => {
  await standing({ size: 3, healing });
  const stop = asking(played.get);
  // Eight longer ones are on their way when this one is answered.
  await played.get("/?ms=2000");
  const [first] = machines();
  played.world.drill({ kill: first!.instance });
  await until(() => said("machine-gone").length >= 1 && serving().length === 3);
  const answers = await stop();
  expect(machines().map(({ instance }) => instance)).not.toContain(first!.instance);
  expect(answers.filter(({ status }) => status === 502).length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  expect(() => played.world.drill({ kill: "nobody" })).toThrow('there is no machine "nobody": there are g-');
});

test("a zone that is gone is made up for in the others, and comes back", async () => {
  await standing({ size: 3, healing });
  played.world.drill({ zoneDown: "b" });
  await until(() => said("machine-gone").length > 0 && serving().length === 3 && machines().length === 3);
  expect(machines().map(({ zone }) => zone).sort()).toEqual(expect.not.arrayContaining(["b"])); // prettier-ignore
  played.world.drill({ zoneBack: "b" });
  const [grown] = [group("g", { size: 4, healing })];
  await played.apply({ groups: [grown] });
  await until(() => serving().length === 4);
  expect(machines().map(({ zone }) => zone)).toContain("b");
  expect(() => played.world.drill({ zoneDown: "z" })).toThrow('there is no zone "z": there are a, b, c');
});

test("a machine that dies under its requests gets its successor before it goes", async () => {
  await standing({ size: 2, healing }, { dieAfterRequests: 3 });
  const answers = await Promise.all(Array.from({ length: 6 }, () => played.get()));
  expect(answers.filter(({ status }) => status === 502).length).toBe(2);
  await until(() => said("machine-replaced").length >= 2 && said("machine-gone").length >= 2);
  const gone = said("machine-gone")[0]!.number;
  expect(said("machine-launched")[2]!.number).toBeLessThan(gone);
});

test("what ran before the session began serves at once, and its checks go on", async () => {
  const { apply, world, get } = play();
  await apply({ entries: [entry({ p: 1 })], pools: [pool("p", ["g"])], groups: [group("g")] }, true);
  await world.settled();
  expect(await get()).toMatchObject({ status: 200, version: "g" });
  expect(said("machine-healthy")).toEqual([]);
  await until(() => serving().length === 2);
  expect(said("machine-unhealthy")).toEqual([]);
});

test("load changes the size, within its limits", async () => {
  const scaling = { min: 1, max: 3, targetPercent: 50, lowPercent: 20, warmupSec: 0 } as const;
  const pace = { outAfterSec: 5, inAfterSec: 20, cooldownSec: 5 } as const;
  await standing({ size: 1, scaling: { ...scaling, ...pace } }, { capacity: 5 });
  const stop = asking(played.get, "/", 4);
  await until(() => serving().length === 3);
  await stop();
  await until(() => serving().length === 1 && machines().length === 1);
  expect(said("group-resized").length).toBeGreaterThan(1);
});
