/** The machinery, by topologies that no vendor has: what it does follows from the data alone. */
import { Agent } from "node:http";
import type { Pool } from "../../../local-cloud/running/model";
import { asking, drain, entry, gate, group, playing, pool, until } from "./topology";

type Playing = ReturnType<typeof playing>;
let played: Playing;
const play = (behaviours?: Parameters<typeof playing>[0]) => (played = playing(behaviours));
afterEach(() => played.world.close());

const healthy = (id: string) =>
  played.world
    .status()
    .groups.filter((one) => one.id === id)
    .flatMap(({ machines }) => machines)
    .filter(({ healthy, state }) => healthy && state === "serving");
const statuses = (answers: readonly { status: number }[]) => [...new Set(answers.map(({ status }) => status))].sort();
const count = <T>(items: readonly T[], is: (item: T) => boolean) => items.filter(is).length;

test("a gate opens when every machine is healthy in its pool, and from then on the entry serves", async () => {
  const { apply, get, world } = play();
  await apply({ entries: [entry({ p: 1 })], pools: [pool("p", ["g"])], groups: [group("g")], gates: [gate("g", 2)] });
  expect(await get()).toMatchObject({ status: 503, version: "" });
  expect(await world.gate("g", "create")).toBeUndefined();
  expect(healthy("g").map(({ zone }) => zone)).toEqual(["a", "b"]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => get()));
  expect(statuses(answers)).toEqual([200]);
  expect(new Set(answers.map(({ instance }) => instance)).size).toBe(2);
});

test("a gate says what it had when its time is over, and ends when terraform is stopped", async () => {
  const { apply, world } = play({ "image-g": { neverHealthy: true }, "image-crash": { crashAtBoot: true } });
  const groups = [group("g"), group("crash")];
  const gates = [gate("g", 2, { timeoutSec: 10 }), gate("crash", 1, { counts: "answers" })];
  await apply({ entries: [entry({ p: 1 })], pools: [pool("p", ["g"])], groups, gates });
  expect(await world.gate("g", "create")).toBe("want 2 healthy, have 0");
  expect(await world.gate("g", "update")).toBeUndefined();
  const terraform = new AbortController();
  const waiting = world.gate("crash", "create", terraform.signal);
  terraform.abort();
  expect(await waiting).toBe("context canceled");
});

test("shares are those of the weights, and a request that asks for a slot gets it", async () => {
  const { apply, get, world } = play();
  const preview = {
    conditions: [{ kind: "header", name: "X-Slot", values: ["new"] }] as const,
    action: { kind: "forward", targets: [{ pool: "new", weight: 1 }] } as const,
  };
  const routes = [preview, ...entry({ old: 75, new: 25 }).routes];
  const groups = [group("old"), group("new")];
  const gates = groups.map(({ id }) => gate(id, 2));
  await apply({ entries: [entry({}, { routes })], pools: [pool("old", ["old"]), pool("new", ["new"])], groups, gates });
  await Promise.all([world.gate("old", "create"), world.gate("new", "create")]);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const answers = await Promise.all(Array.from({ length: 400 }, () => get("/", { agent })));
  agent.destroy();
  expect(statuses(answers)).toEqual([200]);
  expect(Math.abs(count(answers, ({ version }) => version === "new") - 100)).toBeLessThanOrEqual(4);
  expect(await get("/", { headers: { "x-slot": "new" } })).toMatchObject({ version: "new" });
});

test("a weight stays with a pool that has nobody", async () => {
  const { apply, get, world } = play();
  const pools = [pool("old", ["old"]), pool("new", [])];
  await apply({ entries: [entry({ old: 1, new: 1 })], pools, groups: [group("old")], gates: [gate("old", 2)] });
  await world.gate("old", "create");
  const answers = await Promise.all(Array.from({ length: 20 }, () => get()));
  expect(count(answers, ({ status }) => status === 503)).toBe(10);
});

/** A group of the pool is replaced by another one under requests that take a while; what clients got. */
async function replaced(retiring: Parameters<typeof group>[1], drained = drain) {
  const { apply, get, world } = play();
  const swap = (groups: string[]) => [pool("p", groups, { drain: drained, detach: drained })];
  const old = group("old", retiring);
  await apply({ entries: [entry({ p: 1 })], pools: swap(["old"]), groups: [old], gates: [gate("old", 2)] });
  await world.gate("old", "create");
  const stop = asking(get);
  await apply({ pools: swap(["old", "new"]), groups: [old, group("new")], gates: [gate("new", 2)] });
  await world.gate("new", "create");
  await world.empty("old");
  await apply({ pools: swap(["new"]), groups: [group("new")] });
  await until(() => world.status().groups.length === 1);
  return stop();
}

test("a group that drains before it goes loses no request", async () => {
  const answers = await replaced({});
  expect(statuses(answers)).toEqual([200]);
  expect([...new Set(answers.map(({ version }) => version))].sort()).toEqual(["new", "old"]);
});

test("without the drain, requests in flight are lost", async () => {
  expect(statuses(await replaced({}, { ...drain, seconds: 0 }))).toEqual([200, 502]);
});

test("machines that go while their pool still sends to them lose requests", async () => {
  const answers = await replaced({ retirement: { pools: "none", margin: [0, 0], end: "killed" } });
  expect(statuses(answers)).toEqual([200, 502]);
});

test("a machine that is told fails its health path, finishes what it has and consents, together with the others", async () => {
  const notice = { seconds: 600, latency: [0, 0], consent: true, collective: true } as const;
  const answers = await replaced({
    ...{ userData: "DRAIN_SEC=90\n" },
    retirement: { pools: "none", notice, margin: [0, 0], end: "killed" },
  });
  expect(statuses(answers)).toEqual([200]);
  const told = played.log.since(0).filter(({ what }) => what === "machine-told" || what === "machine-gone");
  expect(told.map(({ what }) => what)).toEqual(["machine-told", "machine-told", "machine-gone", "machine-gone"]);
});

test("proxies that learn late go on sending to a group that is gone", async () => {
  const { apply, get, world } = play();
  const late = { proxies: 3, routes: [0, 0], joined: [0, 0], left: [20, 40], health: [0, 0] } as const;
  const entries = [entry({ p: 1 }, { propagation: late })];
  const groups = [group("old"), group("new")];
  await apply({ entries, pools: [pool("p", ["old", "new"])], groups, gates: groups.map(({ id }) => gate(id, 2)) });
  await Promise.all([world.gate("old", "create"), world.gate("new", "create")]);
  await apply({ pools: [pool("p", ["new"], { detach: { ...drain, seconds: 0 } })] });
  const stop = asking(get, "/", 2);
  await apply({ groups: [group("new")] });
  await until(() => world.status().groups.length === 1);
  const answers = await stop();
  expect(count(answers, ({ version }) => version === "old") + count(answers, ({ status }) => status === 502)).toBeGreaterThan(0); // prettier-ignore
});

test("a proxy that has not learned of a new route still knows the machines of the old one, which nothing checks any more", async () => {
  const { apply, get, world } = play();
  const propagation = { proxies: 3, routes: [100, 150], joined: [0, 0], left: [0, 0], health: [0, 0] } as const;
  const to = (id: string) => [entry({ [id]: 1 }, { propagation })];
  const groups = [group("old"), group("new")];
  const pools = [pool("old", ["old"]), pool("new", ["new"])];
  await apply({ entries: to("old"), pools, groups, gates: groups.map(({ id }) => gate(id, 2)) });
  await Promise.all([world.gate("old", "create"), world.gate("new", "create")]);
  await apply({ entries: to("new"), pools: [pool("old", ["old"], { checked: false }), pool("new", ["new"])] });
  await until(() => healthy("old").length === 0);
  const answers = [];
  do answers.push(await get());
  while (count(answers.slice(-6), ({ version }) => version === "new") < 6);
  expect(statuses(answers)).toEqual([200]);
  expect(answers[0]).toMatchObject({ version: "old" });
});

test("a flow stays with its machine, and a failing check stops new ones only", async () => {
  const { apply, get, world } = play();
  const entries = [entry({ p: 1 }, { style: "flows" })];
  const groups = [group("old", { size: 1 }), group("new", { size: 1 })];
  const flows = { empty: { kind: "reset" } } as const;
  await apply({ entries, pools: [pool("p", ["old"], flows)], groups, gates: [gate("old", 1), gate("new", 1)] });
  await world.gate("old", "create");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const kept = () => get("/", { agent });
  expect(await kept()).toMatchObject({ version: "old" });
  const staying = { ...drain, seconds: 0, end: { kind: "continue" } } as const;
  await apply({ pools: [pool("p", ["new"], { ...flows, detach: staying })] });
  await world.gate("new", "create");
  expect(await kept()).toMatchObject({ version: "old" });
  expect(await get()).toMatchObject({ version: "new" });
  await apply({ pools: [pool("p", [], flows)] });
  expect(await get()).toMatchObject({ status: 0 });
  await world.empty("old");
  expect(await kept()).toMatchObject({ status: 0 });
  agent.destroy();
});

test("a new flow that nobody takes up is asked for again, as TCP does, and a pool without a rule is not known to be well", async () => {
  const { apply, get, world } = play();
  const entries = [entry({ p: 1 }, { style: "flows" })];
  const silent = { empty: { kind: "silence" } } as const;
  const unchecked = { ...pool("p", ["new"], { ...silent, checked: false }), check: undefined } as unknown as Pool;
  await apply({ entries, pools: [unchecked], groups: [group("new")], gates: [gate("new", 2, { counts: "launched" })] });
  await world.gate("new", "create");
  await world.settled();
  const answer = get();
  expect(world.status().groups[0]?.machines.map(({ healthy }) => healthy)).toEqual([false, false]);
  await apply({ pools: [pool("p", ["new"], silent)] });
  expect(await answer).toMatchObject({ status: 200, version: "new" });
});
