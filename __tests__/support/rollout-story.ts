import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectWorld, runRelease } from "../../cli/release/run";
import { violations } from "../../constructs/contract/plan-contract";
import type { Cloud, FleetSpec } from "../../constructs/contract/spec";
import type { RolloutRecord } from "../../releases/record";
import { Deployment, STACKS } from "./deployment";
import { serviceWith, type ServiceDraft } from "./fleet";

const RELEASE = { slots: { blue: { version: "1.0.0" }, green: null }, traffic: { blue: 100, green: 0 } };

/** A service of two slots, released by command lines and deployed by the real terraform. */
class Rollout {
  readonly deployment: Deployment;
  private readonly fleet: FleetSpec;
  private readonly configuration: string;
  private now = Date.parse("2026-11-21T10:00:00Z");

  private constructor(deployment: Deployment, fleet: FleetSpec) {
    this.deployment = deployment;
    this.fleet = fleet;
    this.configuration = deployment.configuration();
  }

  static async start(cloud: Cloud, settings: Partial<ServiceDraft>): Promise<Rollout> {
    const placements = [STACKS[cloud].foundation.replace("prod-foundation-", "")];
    const fleet = serviceWith((service) => Object.assign(service, { placements, ...settings }));
    const deployment = await Deployment.start(cloud, (made) => {
      made.workspace.writeRelease(RELEASE);
      made.workspace.synth(fleet);
    });
    try {
      await deployment.service.run("apply", "-input=false", "-no-color", "-auto-approve");
    } catch (error) {
      await deployment.stop();
      throw error;
    }
    return new Rollout(deployment, fleet);
  }

  /** Runs `fleet release`, an hour after the last time and again while a gate is closed, and synthesizes. */
  async command(line: string): Promise<string> {
    this.now += 3_600_000;
    const world = {
      ...projectWorld(this.deployment.workspace.folder, this.fleet),
      user: () => "on-call@example.com",
      now: () => new Date(this.now),
    };
    const { code, out, error } = await runRelease(line.split(" "), world);
    if (code === 1) throw new Error(`fleet release ${line}: ${error}`);
    if (code === 2) return this.command(line);
    this.deployment.workspace.synth(this.fleet);
    expect(this.deployment.configuration()).toBe(this.configuration);
    return out;
  }

  /** The step that is now in the release file, by its name; undefined when no rollout is open. */
  get step() {
    const file = join(this.deployment.workspace.folder, "releases/prod/web.rollout.json");
    const { rollout } = JSON.parse(readFileSync(file, "utf8")) as RolloutRecord;
    return rollout?.steps[rollout.at];
  }

  /** Plans the step at hand, holds it to its contract, and deploys it. */
  async deploy(): Promise<void> {
    const { deployment } = this;
    const { contract } = this.step!;
    const slot = contract.slot === "live" ? undefined : contract.slot;
    expect(violations(deployment.cloud, contract.step, await deployment.service.plan(), slot)).toEqual([]);
    await deployment.service.applyPlan();
  }
}

/** A canary from its first step to its last, with everything that may come between. */
const LINES: readonly (readonly [line: string, step: string | undefined])[] = [
  ["start --version 1.1.0", "fill-green"],
  ["next", "shift-25"],
  ["next", "shift-50"],
  ["abort", "abort"],
  ["next", undefined],
  ["retire", "retire-green"],
  ["next", undefined],
  ["start --version 1.1.0", "fill-green"],
  ["next", "shift-25"],
  ["next", "shift-50"],
  ["next", "shift-100"],
  ["next", undefined],
  ["rollback", "rollback"],
  ["next", undefined],
  ["renew", "bump-green"],
  ["next", "shift-25"],
  ["next", "shift-50"],
  ["next", "shift-100"],
  ["next", undefined],
];

export function describeRollouts(cloud: Cloud): void {
  describe("fleet release", () => {
    let rollout: Rollout | undefined;
    afterEach(() => rollout?.deployment.stop());

    test("takes a canary through every step, and cdk.tf.json stays the same byte for byte", async () => {
      rollout = await Rollout.start(cloud, {
        strategy: "canary",
        capacity: { min: 3, max: 12 },
        rollout: { steps: [{ weight: 25 }, { weight: 50 }, { weight: 100 }] },
      });
      for (const [line, step] of LINES) {
        await rollout.command(line);
        expect([line, rollout.step?.id]).toEqual([line, step]);
        if (step !== undefined) await rollout.deploy();
      }
      await rollout.deployment.expectNoChange();
      expect(rollout.deployment.groups().map(({ healthy }) => healthy)).toEqual([3, 3]);
    });

    test("knows the way out of a release that never gets healthy", async () => {
      rollout = await Rollout.start(cloud, { strategy: "blueGreen" });
      const { deployment } = rollout;
      await deployment.restart(deployment.imageId("1.1.0"));
      await rollout.command("start --version 1.1.0");
      expect((await deployment.service.apply()).code).toBe(1);
      await deployment.restart();
      const said = await rollout.command("renew");
      const leftovers = deployment.groups().filter(({ leftover }) => leftover);
      const named = /az vmss delete --resource-group prod-web-westeurope --name (\S+)/.exec(said)?.[1];
      expect(named === undefined ? [] : [named]).toEqual(leftovers.map(({ name }) => name));
      expect((await deployment.service.apply()).code).toBe(0);
      await rollout.command("next");
      await rollout.deploy();
      deployment.cleanUp();
      expect(deployment.groups().map(({ healthy, leftover }) => [healthy, leftover])).toEqual([
        [2, false],
        [2, false],
      ]);
    });
  });
}
