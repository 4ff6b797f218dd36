import fc from "fast-check";
import { changes } from "../../constructs/contract/plan";
import { violations } from "../../constructs/contract/plan-contract";
import type { Cloud } from "../../constructs/contract/spec";
import { Deployment, STACKS, summary } from "./deployment";
import { serviceWith } from "./fleet";
import { launchChanges, settingNames } from "./launch-changes";

export interface Expected {
  /** What a bump plans, one line for each object, `replace_paths` included. */
  readonly bump: readonly string[];
  /** Causes that an epoch does not have, because the image stays. */
  readonly imageCauses: readonly string[];
  /** What a change of capacity limits plans. */
  readonly limits: readonly string[];
  /** What terraform says when the new machines never get healthy. */
  readonly gateError: RegExp;
  /** What terraform says when the same release is tried again as it is. */
  readonly retryError: RegExp;
  /** What the failed group leaves in the next plan of the same release. */
  readonly afterFailure: readonly string[];
  /** Whether the failed group stays behind unknown to terraform. */
  readonly leavesOrphan: boolean;
  /** Whether going back needs a new epoch. */
  readonly backNeedsEpoch: boolean;
}

/** The life of a service on one cloud, each step planned and applied by the real terraform. */
export function describeLife(cloud: Cloud, expected: Expected): void {
  const { service } = STACKS[cloud];
  let deployment: Deployment;
  let configuration: string;
  const groups = () => deployment.groups().map(({ image, healthy }) => ({ image: image.slice(-5), healthy }));
  const idOf = (version: string) =>
    deployment.catalog(version).artifacts.find((artifact) => artifact.cloud === cloud)!.id;
  const imageOf = (version: string) => idOf(version).slice(-5);

  beforeAll(async () => {
    deployment = await Deployment.start(cloud);
    configuration = deployment.configuration();
  });
  afterAll(() => (deployment as Deployment | undefined)?.stop());

  test("every stack is valid", async () => {
    await deployment.foundation.run("validate");
    await deployment.service.run("validate");
  });

  test("the first deployment only creates, and the plan after it is empty", async () => {
    const plan = await deployment.take("first");
    await deployment.expectNoChange();
    expect(changes(plan).length).toBeGreaterThan(8);
    expect(groups()).toEqual([{ image: imageOf("1.0.0"), healthy: 2 }]);
  });

  test("a bump replaces exactly the compute plane, new before old", async () => {
    deployment.release({ version: "1.1.0" });
    expect(deployment.configuration()).toBe(configuration);
    expect(summary(await deployment.take("bump"))).toEqual(expected.bump);
    await deployment.expectNoChange();
    expect(groups()).toEqual([{ image: imageOf("1.1.0"), healthy: 2 }]);
  });

  test("an epoch does the same with the same image", async () => {
    deployment.release({ version: "1.1.0", epoch: "2026-w47" });
    const withoutImage = expected.bump.map((line) =>
      expected.imageCauses.reduce((text, cause) => text.replace(` ${cause}`, ""), line),
    );
    expect(summary(await deployment.take("bump"))).toEqual(withoutImage);
  });

  test("a rollback is a bump to the old version", async () => {
    deployment.release({ version: "1.0.0" });
    expect(summary(await deployment.take("bump"))).toEqual(expected.bump);
    expect(groups()).toEqual([{ image: imageOf("1.0.0"), healthy: 2 }]);
  });

  test("what the autoscaler does is no difference, and a new group starts warm", async () => {
    const [before] = deployment.groups();
    deployment.scale(before!.name, 5);
    await deployment.expectNoChange();
    deployment.release({ version: "1.1.0" });
    await deployment.take("bump");
    expect(groups()).toEqual([{ image: imageOf("1.1.0"), healthy: 5 }]);
    deployment.scale(deployment.groups()[0]!.name, 2);
    deployment.release({ version: "1.0.0" });
    await deployment.take("bump");
    expect(groups()).toEqual([{ image: imageOf("1.0.0"), healthy: 2 }]);
  });

  test("capacity limits change in place", async () => {
    const limits = serviceWith((draft) => (draft.capacity = { min: 3, max: 12, cpuTargetPercent: 50 }));
    deployment.release({ version: "1.0.0" }, limits);
    expect(summary(await deployment.take("limits"))).toEqual(expected.limits);
    await deployment.expectNoChange();
    deployment.release({ version: "1.0.0" });
    await deployment.take("limits");
    // As an autoscaler does later: a group that grew for a limit keeps its size when the limit goes.
    deployment.scale(deployment.groups()[0]!.name, 2);
  });

  test("a change of any launch setting is a replacement, new before old, and nothing in the compute plane is updated", async () => {
    const seed = Date.now();
    const drawn = fc.sample(launchChanges(cloud), { numRuns: 100, seed });
    expect([...new Set(drawn.flatMap(({ settings }) => Object.keys(settings)))].sort()).toEqual(
      settingNames(cloud).sort(),
    );
    const plans = await deployment.plansOf(drawn.map(({ fleet }) => fleet));
    const wrong = drawn.flatMap(({ settings }, index) => {
      const broken = violations(cloud, "launch", plans[index]!);
      return broken.length > 0 ? [{ seed, settings, broken }] : [];
    });
    expect(wrong).toEqual([]);
  }, 600_000);

  test("a new port and a new health check are applied without a gap", async () => {
    const changed = serviceWith((draft) => Object.assign(draft, { port: 9090, health: { path: "/ready" } }));
    deployment.release({ version: "1.0.0" }, changed);
    await deployment.take("launch");
    await deployment.expectNoChange();
    deployment.release({ version: "1.0.0" });
    await deployment.take("launch");
    await deployment.expectNoChange();
  });

  describe("refused before anything is planned", () => {
    const release = { version: "1.1.0", epoch: "", capacity: null, state: "approved", not_after: null };
    const other = {
      aws: "projects/p/global/images/web",
      google: "ami-0123456789abcdef0",
      azure: "ami-0123456789abcdef0",
    }[cloud];
    const cases: [string, () => object, RegExp][] = [
      ["another cloud's image id", () => ({ ...release, image_id: other }), /must be a pinned .* image id/],
      ["an image id that moves", () => ({ ...release, image_id: "latest" }), /must be a pinned .* image id/],
      [
        "a revoked image",
        () => ({ ...release, image_id: idOf("1.1.0"), state: "revoked" }),
        /revoked or deleted and must not take traffic/,
      ],
      [
        "a version that is none",
        () => ({ ...release, image_id: idOf("1.1.0"), version: "new" }),
        /version must be MAJOR.MINOR.PATCH/,
      ],
      [
        "half a machine",
        () => ({ ...release, image_id: idOf("1.1.0"), capacity: 1.5 }),
        /capacity must be a whole number/,
      ],
    ];
    test.each(cases)("%s", async (_name, variable, message) => {
      deployment.overrideVariables({ release: variable() });
      const { code, text } = await deployment.service.attempt("plan", "-input=false", "-no-color");
      expect(code).toBe(1);
      expect(text).toMatch(message);
    });
  });

  describe("a new image that never gets healthy", () => {
    beforeAll(() => deployment.restart(idOf("1.1.0")));

    test("fails the deployment with a reason, and the old group still serves", async () => {
      deployment.release({ version: "1.1.0" });
      const { code, text } = await deployment.service.apply();
      expect(code).toBe(1);
      expect(text).toMatch(expected.gateError);
      expect(groups()).toContainEqual({ image: imageOf("1.0.0"), healthy: 2 });
      expect(deployment.groups().filter(({ leftover }) => leftover).length).toBe(expected.leavesOrphan ? 1 : 0);
    });

    test("leaves a plan that still brings the new before the old", async () => {
      const plan = await deployment.service.plan();
      expect(violations(cloud, "bump", plan)).toEqual([]);
      expect(summary(plan)).toEqual(expected.afterFailure);
    });

    test("meets what it left behind when it is tried again as it is", async () => {
      const { code, text } = await deployment.service.apply();
      expect(code).toBe(1);
      expect(text).toMatch(expected.retryError);
      expect(groups()).toContainEqual({ image: imageOf("1.0.0"), healthy: 2 });
    });

    test("lets the old version come back", async () => {
      deployment.release({ version: "1.0.0", ...(expected.backNeedsEpoch ? { epoch: "back" } : {}) });
      const { code, text } = await deployment.service.apply();
      expect({ code, text }).toMatchObject({ code: 0 });
      await deployment.expectNoChange();
      expect(groups()).toContainEqual({ image: imageOf("1.0.0"), healthy: 2 });
    });

    test("lets the next good version in", async () => {
      await deployment.restart();
      deployment.release({ version: "1.1.0", epoch: "retry" });
      await deployment.take("bump");
      await deployment.expectNoChange();
      expect(groups()).toContainEqual({ image: imageOf("1.1.0"), healthy: 2 });
    });
  });

  test(`${service} can be destroyed, and its network after it`, async () => {
    deployment.cleanUp();
    await deployment.service.run("destroy", "-auto-approve", "-input=false", "-no-color");
    await deployment.foundation.run("destroy", "-auto-approve", "-input=false", "-no-color");
    expect(deployment.groups()).toEqual([]);
  });
}
