import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { changes, type Plan } from "../../constructs/contract/plan";
import { violations } from "../../constructs/contract/plan-contract";
import { keyOf } from "../../constructs/contract/release";
import type { Cloud } from "../../constructs/contract/spec";
import { judged } from "../review/lab";
import { Deployment, summary } from "../support/deployment";

const UNTIL = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
const WAY_IN = { until: UNTIL, reason: "INC-42" };

/** What a way in adds to a bump; on Azure it is always there. */
const ADDED: Readonly<Record<Cloud, readonly string[]>> = {
  aws: ["aws_iam_role_policy.live_break_glass_session[0]"],
  google: ["google_compute_firewall.live_break_glass_ssh[0]"],
  azure: [],
};

test.each(["aws", "google", "azure"] as const)(
  "%s: a way in builds machines of their own, and goes with them",
  async (cloud) => {
    const deployment = await Deployment.start(cloud);
    const synth = (live: object) => {
      deployment.workspace.writeRelease({ slots: { live } });
      deployment.workspace.synth();
    };
    const others = (plan: Plan) => violations(cloud, "bump", plan).map(({ address }) => address);
    const reviewed = (plan: Plan) => {
      const { folder } = deployment.service;
      const file = join(folder, "plan.json");
      writeFileSync(file, JSON.stringify(plan));
      return judged(file, join(folder, "cdk.tf.json"), { now: new Date() });
    };
    try {
      await deployment.take("first");
      const configuration = deployment.configuration();
      const [before] = deployment.groups();

      synth({ version: "1.0.0", breakGlass: WAY_IN });
      const opening = await deployment.service.plan();
      expect(others(opening)).toEqual(ADDED[cloud]);
      for (const address of ADDED[cloud]) expect(summary(opening)).toContain(`${address} create`);
      const { result, about } = reviewed(opening);
      expect([result, about("break-glass")]).toEqual([
        "needs a human",
        expect.stringContaining(`people may get into the machines of slot live until ${UNTIL}. Reason: INC-42.`),
      ]);
      await deployment.service.applyPlan();
      await deployment.expectNoChange();
      const [entered] = deployment.groups();
      expect(entered!.name).not.toBe(before!.name);
      if (cloud === "aws")
        expect(await deployment.service.run("show", "-json")).toContain(
          JSON.stringify(JSON.stringify({ DateLessThan: { "aws:CurrentTime": UNTIL } })).slice(1, -1),
        );

      synth({ version: "1.0.0" });
      const closing = await deployment.service.plan();
      expect(others(closing)).toEqual([]);
      for (const address of ADDED[cloud]) expect(summary(closing)).toContain(`${address} delete`);
      expect(reviewed(closing)).toMatchObject({ result: "contract held", hard: [] });
      await deployment.service.applyPlan();
      expect(changes(await deployment.service.plan())).toEqual([]);
      expect(deployment.groups().map(({ name }) => name.slice(0, 18))).toEqual([before!.name.slice(0, 18)]);
      expect(deployment.configuration()).toBe(configuration);
    } finally {
      await deployment.stop();
    }
  },
);

test("a way in that is over, or too long, is not planned; what ends it is, and so are drift and destruction", async () => {
  const deployment = await Deployment.start("azure");
  const at = (seconds: number) => `${new Date(Date.now() + 1000 * seconds).toISOString().slice(0, 19)}Z`;
  const { service } = deployment;
  const plan = (...args: string[]) => service.attempt("plan", "-input=false", "-no-color", "-lock=false", ...args);
  const until = (end: string) => {
    deployment.workspace.writeRelease({ slots: { live: { version: "1.0.0", breakGlass: { ...WAY_IN, until: end } } } });
    deployment.workspace.synth();
  };
  try {
    until(at(3600));
    await deployment.take("first");
    const variables = deployment.variables();
    for (const end of [at(-1), at(25 * 3600)]) {
      deployment.overrideVariables({ release: { ...variables.release, break_glass: { ...WAY_IN, until: end } } });
      const { code, text } = await plan();
      expect([code, text]).toEqual([1, expect.stringContaining("is not planned after its end: replace its machines.")]);
      expect((await plan("-refresh-only")).code).toBe(0);
      expect((await plan("-destroy")).code).toBe(0);
    }
    deployment.overrideVariables({ release: { ...variables.release, break_glass: { ...WAY_IN, until: "tonight" } } });
    expect((await plan()).text).toContain("break_glass.until must be a time in UTC");
    // The synth goes on, or it would keep what ends it from being planned.
    until(at(-1));
    deployment.workspace.writeRelease({ slots: { live: { version: "1.0.0" } } });
    deployment.workspace.synth();
    expect((await plan()).code).toBe(0);
  } finally {
    await deployment.stop();
  }
});

test("the key that is computed here is the one that Terraform computes", async () => {
  const deployment = await Deployment.start("azure");
  try {
    const [, fingerprint] = /\\"([0-9a-f]{8})\\"\]\)\)/.exec(deployment.configuration())!;
    for (const [epoch, break_glass] of [
      ["", undefined],
      ["again", undefined],
      ["", WAY_IN],
      ["again", WAY_IN],
    ] as const) {
      deployment.workspace.writeRelease({ slots: { live: { version: "1.0.0", epoch, breakGlass: break_glass } } });
      deployment.workspace.synth();
      const plan = JSON.stringify(await deployment.service.plan());
      expect(plan).toContain(keyOf({ image_id: deployment.imageId("1.0.0"), epoch, break_glass }, fingerprint!));
    }
  } finally {
    await deployment.stop();
  }
});
