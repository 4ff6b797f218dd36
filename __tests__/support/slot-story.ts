import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changes, type Plan } from "../../constructs/contract/plan";
import type { Weights } from "../../constructs/contract/slots";
import type { Cloud } from "../../constructs/contract/spec";
import { Deployment, STACKS, summary } from "./deployment";
import { serviceWith } from "./fleet";
import type { Live } from "./synth";

export interface Expected {
  readonly strategy: "blueGreen" | "canary";
  /** Fewest machines of green when it is filled, where its share of the machines is its share of the traffic. */
  readonly capacity?: number;
  /** Weights of green on the way to 100; with a capacity, green gets as many machines in the same apply. */
  readonly shares: readonly {
    readonly weight: number;
    readonly capacity?: number;
    readonly plan: readonly string[];
  }[];
  /** Plans, one line for each object, as the real provider makes them: see provider-facts, scenarios *-slots. */
  readonly fill: readonly string[];
  readonly shift: readonly string[];
  readonly bumpBlue: readonly string[];
  readonly retireBlue: readonly string[];
}

const DOCS = readFileSync(join(__dirname, "../../docs/releases.md"), "utf8");

/** Holds a plan to what the real provider plans, and to what the documentation shows. */
function expectPlan(step: string, plan: Plan, lines: readonly string[]): void {
  expect(summary(plan)).toEqual(lines);
  expect(DOCS).toContain(`  ${[step, ...lines.map((line) => `  ${line}`)].join("\n  ")}\n`);
}

/** The life of a service with two slots on one cloud, each step planned and applied by the real terraform. */
export function describeSlots(cloud: Cloud, expected: Expected): void {
  const fleet = serviceWith((service) =>
    Object.assign(service, {
      strategy: expected.strategy,
      placements: [STACKS[cloud].foundation.replace("prod-foundation-", "")],
    }),
  );
  let old: Live = { version: "1.0.0" };
  let next: Live = { version: "1.1.0", ...(expected.capacity ? { capacity: expected.capacity } : {}) };
  let deployment: Deployment;
  let configuration: string;

  const release = (blue: Live | null, green: Live | null, greenWeight: number) => {
    const traffic: Weights = { blue: 100 - greenWeight, green: greenWeight };
    deployment.workspace.writeRelease({ slots: { blue, green }, traffic });
    deployment.workspace.synth(fleet);
  };
  const running = () =>
    deployment
      .groups()
      .map(({ image }) => (image.includes(deployment.imageId("1.0.0")) ? "1.0.0" : "1.1.0"))
      .sort();

  beforeAll(async () => {
    deployment = await Deployment.start(cloud, (made) => {
      made.workspace.writeRelease({ slots: { blue: old, green: null }, traffic: { blue: 100, green: 0 } });
      made.workspace.synth(fleet);
    });
    configuration = deployment.configuration();
  });
  afterAll(() => (deployment as Deployment | undefined)?.stop());
  afterEach(() => expect(deployment.configuration()).toBe(configuration));

  test("the first release fills one slot and leaves the other empty", async () => {
    await deployment.service.run("validate");
    const plan = await deployment.take("first");
    await deployment.expectNoChange();
    expect(changes(plan).some(({ address }) => address.includes("green_group"))).toBe(false);
    expect(running()).toEqual(["1.0.0"]);
  });

  test("the idle slot is filled, and the slot with the traffic is not touched", async () => {
    release(old, next, 0);
    expectPlan("fill green", await deployment.take("fill", "green"), expected.fill);
    await deployment.expectNoChange();
    expect(running()).toEqual(["1.0.0", "1.1.0"]);
  });

  test("every shift, the abort and the rollback are one update", async () => {
    const largest = Math.max(0, ...expected.shares.map(({ capacity = 0 }) => capacity));
    if (expected.capacity === undefined && largest > 0) {
      // Traffic goes back only to as many machines as carry it.
      old = { ...old, capacity: largest };
      release(old, next, 0);
      await deployment.take("limits");
    }
    for (const { weight, capacity, plan } of expected.shares) {
      if (capacity !== undefined) next = { ...next, capacity };
      release(old, next, weight);
      if (capacity === undefined) expectPlan("shift", await deployment.take("shift"), plan);
      else expectPlan("scale green, with its share of the traffic", await deployment.take("scale"), plan);
      // An abort at this step, and back to it.
      for (const back of [0, weight]) {
        release(old, next, back);
        expectPlan("shift", await deployment.take("shift"), expected.shift);
      }
    }
    for (const weight of [100, 0, 100]) {
      release(old, next, weight);
      expectPlan("shift", await deployment.take("shift"), expected.shift);
    }
    await deployment.expectNoChange();
  });

  test("the idle slot is bumped, new before old, and the slot with the traffic is not touched", async () => {
    release(next, next, 100);
    expectPlan("bump blue", await deployment.take("bump", "blue"), expected.bumpBlue);
  });

  test("a new epoch renews the idle slot", async () => {
    release({ ...next, epoch: "2026-w47" }, next, 100);
    await deployment.take("bump", "blue");
    await deployment.expectNoChange();
  });

  test("the idle slot is retired", async () => {
    release(null, next, 100);
    expectPlan("retire blue", await deployment.take("retire", "blue"), expected.retireBlue);
    await deployment.expectNoChange();
    expect(running()).toEqual(["1.1.0"]);
  });

  // Where machines give the share, a slot has as many as its share wants.
  if (expected.capacity === undefined)
    test("a slot is filled with as many machines as the other one runs", async () => {
      const [serving] = deployment.groups();
      deployment.scale(serving!.name, 5);
      await deployment.expectNoChange();
      release(old, next, 100);
      await deployment.take("fill", "blue");
      expect(deployment.groups().map(({ healthy }) => healthy)).toEqual([5, 5]);
      release(null, next, 100);
      await deployment.take("retire", "blue");
      await deployment.expectNoChange();
    });

  test("filling a slot and moving the traffic to it in one apply waits for its machines", async () => {
    release(old, next, 0);
    await deployment.restart(deployment.imageId("1.0.0"));
    const { code } = await deployment.service.apply();
    expect(code).toBe(1);
    // The traffic was not moved: it is still to do.
    expect(changes(await deployment.service.plan()).map(({ address }) => address)).toContain(
      expected.shift[0]!.split(" ")[0],
    );
    await deployment.restart();
    release({ ...old, epoch: "again" }, next, 0);
    expect((await deployment.service.apply()).code).toBe(0);
    await deployment.expectNoChange();
  });

  describe("refused before anything is planned", () => {
    const of = (version: string) => ({ version, image_id: deployment.imageId(version) });
    const cases: [string, () => object, RegExp][] = [
      [
        "weights that do not add up",
        () => ({ blue: of("1.0.0"), green: of("1.1.0"), traffic: { blue: 100, green: 100 } }),
        /Weights must add up to 100/,
      ],
      [
        "half a percent",
        () => ({ blue: of("1.0.0"), green: of("1.1.0"), traffic: { blue: 99.5, green: 0.5 } }),
        /whole numbers/,
      ],
      [
        "traffic to an empty slot",
        () => ({ blue: null, green: of("1.1.0"), traffic: { blue: 100, green: 0 } }),
        /empty slot must not get traffic/,
      ],
      [
        "traffic to a revoked image",
        () => ({ blue: { ...of("1.0.0"), state: "revoked" }, green: of("1.1.0"), traffic: { blue: 100, green: 0 } }),
        /revoked or deleted must not take traffic/,
      ],
      [
        "an image id that moves",
        () => ({
          blue: { version: "1.0.0", image_id: "latest" },
          green: of("1.1.0"),
          traffic: { blue: 0, green: 100 },
        }),
        /must be a pinned .* image id/,
      ],
    ];
    if (expected.strategy === "canary")
      cases.push(
        [
          "all the traffic to fewer machines than the service needs",
          () => ({
            blue: of("1.0.0"),
            green: { ...of("1.1.0"), capacity: 1 },
            traffic: { blue: 0, green: 100 },
          }),
          /needs a capacity of at least 2/,
        ],
        [
          "more machines than the service may have",
          () => ({
            blue: of("1.0.0"),
            green: { ...of("1.1.0"), capacity: 11 },
            traffic: { blue: 100, green: 0 },
          }),
          /capacity must be a whole number from 1 to 10/,
        ],
      );
    if (expected.capacity !== undefined)
      cases.push([
        "a share that the machines do not give",
        () => ({ blue: of("1.0.0"), green: { ...of("1.1.0"), capacity: 1 }, traffic: { blue: 95, green: 5 } }),
        /must be its share of the machines/,
      ]);
    test.each(cases)("%s", async (_name, variables, message) => {
      deployment.overrideVariables(variables());
      const { code, text } = await deployment.service.attempt("plan", "-input=false", "-no-color");
      expect(code).toBe(1);
      expect(text).toMatch(message);
    });
  });
}
