import fc from "fast-check";
import { Arrivals } from "../../local-cloud/running/load/arrivals";
import { lateness, startLoad } from "../../local-cloud/running/load/load";
import { FAILURES, FIRST, KEPT, LONG, type Outcomes, Recorder, RESULTS } from "../../local-cloud/running/load/outcomes";
import { checkLoad, type LoadSettings } from "../../local-cloud/running/load/settings";
import { answered, failed, perSecond, sent, tally, versionsSeen } from "../../local-cloud/running/load/tally";
import { service, type Service } from "./service";

const LOAD: LoadSettings = {
  entries: [],
  rate: 200,
  seed: 7,
  kept: 0.5,
  clients: 4,
  idleMs: 10_000,
  path: "/",
  long: { share: 0, path: "/long" },
  timeoutMs: 20_000,
  versionHeader: "x-version",
};

const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach((each) => each.close()));

async function serves(...listener: Parameters<typeof service>): Promise<Service> {
  const made = await service(...listener);
  open.push(made);
  return made;
}

/** The whole load through one entry. */
async function went(origin: string, settings: Partial<LoadSettings>): Promise<Outcomes> {
  const load = await startLoad({ ...LOAD, requests: 100, ...settings, entries: [{ name: "entry", origin }] });
  return (await load.done).outcomes.get("entry")!;
}

const causes = (outcomes: Outcomes) =>
  Object.fromEntries(FAILURES.map((cause) => [cause, failed(tally(outcomes), cause)]).filter(([, count]) => count));

describe("arrival times", () => {
  const taken = (count: number, seed: number, rate = 100) => {
    const arrivals = new Arrivals({ ...LOAD, seed, rate, long: { share: 0.1 } });
    return Array.from({ length: count }, () => arrivals.take());
  };

  test("are those of the seed, in order, with the rate's number in every second", () => {
    const first = taken(1000, 1);
    expect(taken(1000, 1)).toEqual(first);
    expect(taken(1000, 2)).not.toEqual(first);
    expect(first.map(({ at }) => at)).toEqual(first.map(({ at }) => at).sort((a, b) => a - b));
    for (let second = 0; second < 10; second++)
      expect(first.filter(({ at }) => Math.floor(at / 1000) === second)).toHaveLength(100);
  });

  test("keep the shares of long requests and of kept connections", () => {
    const some = taken(20_000, 3);
    expect(some.filter(({ long }) => long).length / 20_000).toBeCloseTo(0.1, 2);
    expect(some.filter(({ client }) => client !== undefined).length / 20_000).toBeCloseTo(0.5, 2);
    expect(new Set(some.map(({ client }) => client))).toEqual(new Set([undefined, 0, 1, 2, 3]));
  });

  test("go on with another rate from a moment on", () => {
    const arrivals = new Arrivals({ ...LOAD, rate: 10 });
    while (arrivals.next.at < 1000) arrivals.take();
    arrivals.change(1000, 1000);
    const faster = Array.from({ length: 1000 }, () => arrivals.take());
    expect(faster[0]!.index).toBe(10);
    expect(faster[0]!.at).toBeGreaterThanOrEqual(1000);
    expect(faster.at(-1)!.at).toBeLessThan(2000);
  });
});

test("every request that was due is in exactly one place of every sum", () => {
  const end = fc.record({
    result: fc.constantFrom(...RESULTS),
    version: fc.constantFrom("", "1.0.0", "1.1.0"),
    first: fc.boolean(),
  });
  const request = fc.record({ at: fc.nat({ max: 9999 }), kind: fc.constantFrom(0, KEPT, LONG, KEPT | LONG), ends: fc.array(end, { maxLength: 3 }) }); // prettier-ignore
  fc.assert(
    fc.property(fc.array(request, { maxLength: 60 }), fc.nat({ max: 9999 }), (requests, middle) => {
      const recorder = new Recorder();
      const due = [...requests].sort((a, b) => a.at - b.at);
      // Settled in any order, more than once, or never.
      const lines = due.map(({ at, kind, ends }) => [recorder.open(at, 0, kind), ends] as const);
      for (const [line, ends] of [...lines].reverse()) for (const one of ends) recorder.settle(line, 1, one);
      const outcomes = recorder.outcomes();
      const all = tally(outcomes);
      expect(sent(all)).toBe(requests.length);
      expect(answered(all) + failed(all)).toBe(requests.length);
      expect(FAILURES.reduce((sum, cause) => sum + failed(all, cause), 0)).toBe(failed(all));
      expect(recorder.failed + recorder.pending).toBe(failed(all));
      for (const [one, other] of [
        [{ to: middle }, { from: middle }],
        [{ kept: true }, { kept: false }],
        [{ long: true }, { long: false }],
        [{ first: true }, { first: false }],
      ])
        expect(sent(tally(outcomes, one)) + sent(tally(outcomes, other))).toBe(requests.length);
      expect(perSecond(outcomes, 10).reduce((sum, second) => sum + sent(second), 0)).toBe(requests.length);
    }),
  );
});

describe("a load through an entry", () => {
  test("counts what was answered, by version, over kept and new connections", async () => {
    let turn = 0;
    const { origin, connections } = await serves((_, response) => {
      response.setHeader("X-Version", turn++ % 4 === 0 ? "1.1.0" : "1.0.0");
      response.end("hello");
    });
    // Slow enough for a busy machine to answer one before the next is due.
    const outcomes = await went(origin, { rate: 40 });
    const all = tally(outcomes);
    expect(causes(outcomes)).toEqual({});
    expect([sent(all), answered(all, "1.0.0"), answered(all, "1.1.0")]).toEqual([100, 75, 25]);
    expect(versionsSeen(all)).toEqual(["1.0.0", "1.1.0"]);
    const alone = tally(outcomes, { kept: false });
    expect(sent(tally(outcomes, { first: true }))).toBe(connections());
    expect(connections()).toBeGreaterThan(sent(alone));
    expect(connections()).toBeLessThan(100);
    expect(sent(tally(outcomes, { kept: false, first: true }))).toBe(sent(alone));
  });

  test("closes a connection that it does not use", async () => {
    const { origin, server } = await serves((_, response) => response.end());
    const open = new Set<unknown>();
    const closed = new Promise<void>((resolve) =>
      server.on("connection", (socket) => {
        open.add(socket);
        socket.once("close", () => open.delete(socket) && open.size === 0 && resolve());
      }),
    );
    const load = await startLoad({ ...LOAD, entries: [{ name: "entry", origin }], rate: 100, kept: 1, idleMs: 100 });
    await new Promise((resolve) => server.once("request", resolve));
    load.rate(0.1);
    await closed;
    expect(causes((await load.stop()).outcomes.get("entry")!)).toEqual({});
  });

  test("counts a stall against every request that should have gone out in it", async () => {
    // It answers nothing before it has 60 requests, which a load that waits for answers would never send.
    const waiting: (() => void)[] = [];
    const { origin } = await serves((_, response) => {
      waiting.push(() => response.end());
      if (waiting.length >= 60) waiting.splice(0).forEach((answer) => answer());
    });
    const outcomes = await went(origin, { requests: 60 });
    expect(answered(tally(outcomes))).toBe(60);
    // The first one waited for the last one to be due.
    const [first, last] = [outcomes.at[0]!, outcomes.at[59]!];
    expect(outcomes.latency[0]).toBeGreaterThanOrEqual(last - first);
  });

  test("counts each failure by its cause, and none twice", async () => {
    let turn = 0;
    const { origin } = await serves((request, response) => {
      const ways = [
        () => response.end("fine"),
        () => request.socket.resetAndDestroy(),
        () => request.socket.end(),
        () => response.writeHead(503).end("no healthy upstream"),
        () => undefined,
        () => response.writeHead(404).end(),
        () => {
          response.writeHead(200, { "content-length": 100 }).write("half");
          setTimeout(() => request.socket.destroy(), 20);
        },
        () => request.socket.end("what is this\r\n\r\n"),
        () => response.writeHead(302).end(),
        () => response.end("fine"),
      ];
      ways[turn++ % ways.length]!();
    });
    const outcomes = await went(origin, { timeoutMs: 8000, kept: 0 });
    expect(sent(tally(outcomes))).toBe(100);
    expect(answered(tally(outcomes))).toBe(30);
    expect(causes(outcomes)).toEqual({ reset: 30, "timed out": 10, "5xx": 10, other: 20 });
    expect(outcomes.details).toMatchObject({ "HTTP 404": 10, "HTTP 503": 10 });
  });

  test("counts what is refused", async () => {
    const gone = await service(() => undefined);
    gone.close();
    expect(causes(await went(gone.origin, { requests: 20 }))).toEqual({ refused: 20 });
  });

  test("waits for what is under way when it is stopped, and counts what gets no answer", async () => {
    const { origin, server } = await serves(() => undefined);
    const asked = new Promise<void>((resolve) => server.once("request", () => resolve()));
    const load = await startLoad({ ...LOAD, entries: [{ name: "silent", origin }], timeoutMs: 300 });
    await asked;
    const outcomes = (await load.stop()).outcomes.get("silent")!;
    expect(sent(tally(outcomes))).toBeGreaterThan(0);
    expect(causes(outcomes)).toEqual({ "timed out": sent(tally(outcomes)) });
  });

  test("says how late it was itself", async () => {
    const { origin } = await serves((_, response) => response.end());
    const outcomes = await went(origin, { requests: 20 });
    expect(lateness([outcomes]).of).toBe(20);
    const recorder = new Recorder();
    for (const lag of [0, 49, 51, 80]) recorder.open(0, lag, 0);
    expect(lateness([recorder.outcomes()])).toEqual({ late: 2, of: 4, most: 80 });
  });

  test("tells how it goes, takes another rate, and is lost with an error when it is killed", async () => {
    const { origin } = await serves((_, response) => response.setHeader("X-Version", "1.0.0").end());
    const load = await startLoad({ ...LOAD, rate: 1, entries: [{ name: "entry", origin }] }, (news) => {
      const { sent: count, second } = news.get("entry")!;
      if (count > 20 && versionsSeen(second).includes("1.0.0")) load.kill();
    });
    load.rate(100);
    await expect(load.done).rejects.toThrow("its counts are lost");
    await expect(load.stop()).rejects.toThrow("its counts are lost");
  });
});

test("a long request takes the long path", async () => {
  const seen: string[] = [];
  const { origin } = await serves((request, response) => {
    seen.push(request.url!);
    response.end();
  });
  const outcomes = await went(origin, { long: { share: 0.5, path: "/long?ms=1" } });
  expect(seen.filter((url) => url === "/long?ms=1")).toHaveLength(sent(tally(outcomes, { long: true })));
  expect(new Set(seen)).toEqual(new Set(["/", "/long?ms=1"]));
  expect([...outcomes.kind].some((kind) => (kind & FIRST) === 0)).toBe(true);
});

test("settings that no load can have are refused together, with what they take", () => {
  const entries = [
    { name: "a", origin: "https://example.com" },
    { name: "a", origin: "http://127.0.0.1:1" },
  ];
  expect(() => checkLoad({ ...LOAD, entries, rate: 0, kept: 2, seed: 1.5, requests: 0 })).toThrow(
    new Error(
      "The load cannot be: rate is 0, it takes a number from 0.1 to 20000; " +
        "seed is 1.5, it takes a whole number from 0 to 4294967295; kept is 2, it takes a number from 0 to 1; " +
        "requests is 0, it takes a whole number from 1 to 100000000; " +
        'entry "a" is at https://example.com, it takes http:// and a loopback address; ' +
        'entries has "a" twice; each needs a name of its own',
    ),
  );
});
