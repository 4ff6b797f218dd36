import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan, ResourceChange } from "../../constructs/contract/plan";
import { changes, forcedBy } from "../../constructs/contract/plan";
import { violations, type Step } from "../../constructs/contract/plan-contract";
import { RELEASE_FILE } from "../../constructs/contract/names";
import type { Slot } from "../../constructs/contract/slots";
import type { Cloud } from "../../constructs/contract/spec";
import { startLocalCloud, type LocalCloud } from "../../local-cloud/server";
import { fleetWith, type Draft } from "./fleet";
import { candidateAt, plansOf } from "./many-plans";
import { Workspace, newFolder, type Live } from "./synth";
import { Terraform } from "./terraform";

export const STACKS: Record<Cloud, { foundation: string; service: string }> = {
  aws: { foundation: "prod-foundation-aws-us-east-1", service: "prod-web-aws-us-east-1" },
  google: { foundation: "prod-foundation-google-us-central1", service: "prod-web-google-us-central1" },
  azure: { foundation: "prod-foundation-azure-westeurope", service: "prod-web-azure-westeurope" },
};

/** The example service on one cloud, deployed with the real terraform on a local cloud of its own. */
export class Deployment {
  readonly workspace = new Workspace();
  readonly cloud: Cloud;
  private readonly folder = newFolder();
  private local!: LocalCloud;

  private constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  /** With the network deployed and the service synthesized at 1.0.0. */
  static async start(
    cloud: Cloud,
    synthesize = (deployment: Deployment) => deployment.release({ version: "1.0.0" }),
  ): Promise<Deployment> {
    const deployment = new Deployment(cloud);
    try {
      await deployment.restart();
      synthesize(deployment);
      await deployment.foundation.init();
      await deployment.foundation.plan();
      await deployment.foundation.applyPlan();
      await deployment.service.init();
      return deployment;
    } catch (error) {
      // A server that is left running would keep the test run from ending.
      await deployment.stop();
      throw error;
    }
  }

  /** Another server over the same cloud; machines whose image id contains `unhealthy` never get healthy there. */
  async restart(unhealthy?: string): Promise<void> {
    await this.local?.close();
    this.local = await startLocalCloud({ dir: this.folder, bootMs: 20, ...(unhealthy ? { unhealthy } : {}) });
  }

  async stop(): Promise<void> {
    await this.local.close();
    for (const folder of [this.folder, this.workspace.folder]) rmSync(folder, { recursive: true, force: true });
  }

  terraform(stack: string, env: Readonly<Record<string, string>> = {}): Terraform {
    // The stacks keep their state in the workspace, as a real deployment's would.
    return new Terraform(this.workspace.stackFolder(stack), { ...this.local.env, FLEET_STATE_DIR: "", ...env });
  }

  get foundation(): Terraform {
    return this.terraform(STACKS[this.cloud].foundation);
  }

  get service(): Terraform {
    return this.terraform(STACKS[this.cloud].service);
  }

  /** Changes what the release file says, and synthesizes what runs on this cloud: by default the first service alone. */
  release(live: Live, fleet: Draft = fleetWith(() => undefined)): void {
    this.workspace.release(live);
    this.workspace.synth(this.here(fleet));
  }

  private here({ environments }: Draft): Draft {
    return {
      environments: environments.map((environment) => ({
        ...environment,
        placements: environment.placements.filter(({ cloud }) => cloud === this.cloud),
      })),
    };
  }

  /** What each of many changes of the fleet would do to the service at 1.0.0, in one run of terraform. */
  async plansOf(fleets: readonly Draft[]): Promise<readonly Plan[]> {
    const stack = STACKS[this.cloud].service;
    this.release({ version: "1.0.0" });
    const { configuration } = candidateAt(this.workspace.stackFolder(stack));
    const candidates = fleets.map((fleet) => {
      this.workspace.synth(this.here(fleet));
      return candidateAt(this.workspace.stackFolder(stack));
    });
    return plansOf(this.service, configuration, (folder) => new Terraform(folder, this.local.env), candidates);
  }

  /** Overwrites the release variables, as somebody who goes around the synth would. */
  overrideVariables(variables: object): void {
    writeFileSync(
      join(this.workspace.stackFolder(STACKS[this.cloud].service), RELEASE_FILE),
      JSON.stringify(variables),
    );
  }

  /** The release variables as they were synthesized. */
  variables(): Record<string, object> {
    return JSON.parse(this.workspace.text(STACKS[this.cloud].service, RELEASE_FILE)) as Record<string, object>;
  }

  /** The catalog's record of a version. */
  catalog(version: string): { artifacts: { cloud: string; id: string }[] } {
    return JSON.parse(
      readFileSync(join(this.workspace.folder, "images/catalog/web", `${version}.json`), "utf8"),
    ) as ReturnType<Deployment["catalog"]>;
  }

  /** Id of a version of the image on this cloud. */
  imageId(version: string): string {
    return this.catalog(version).artifacts.find((artifact) => artifact.cloud === this.cloud)!.id;
  }

  configuration(): string {
    return this.workspace.text(STACKS[this.cloud].service);
  }

  /** Groups that exist in the cloud, by name. */
  groups() {
    return this.local.list().groups;
  }

  scale(name: string, size: number): void {
    this.local.scale(name, size);
  }

  /** Deletes a group behind terraform's back. */
  remove(name: string): void {
    this.local.remove(name);
  }

  /** Changes an object behind terraform's back. */
  set(type: string, name: string, values: Parameters<LocalCloud["set"]>[2]): void {
    this.local.set(type, name, values);
  }

  /** Deletes what a failed rollout left behind and terraform does not know, as its owner would. */
  cleanUp(): void {
    for (const { name, leftover } of this.groups()) if (leftover) this.remove(name);
  }

  /**
   * Plans a step, holds the plan to its contract, and applies it. What a step leaves to do shows in the next plan, which is held to
   * its own contract; whoever takes the last of them, or one of a kind, expects no change after it.
   */
  async take(step: Step, slot?: Slot): Promise<Plan> {
    const plan = await this.service.plan();
    expect(violations(this.cloud, step, plan, slot)).toEqual([]);
    await this.service.applyPlan();
    return plan;
  }

  async expectNoChange(): Promise<void> {
    expect(changes(await this.service.planIfAny()).map(shown)).toEqual([]);
  }
}

const shown = ({ address, change }: ResourceChange) => `${address} ${change.actions.join()}`;

/** Address, actions and causes of everything that a plan changes: one line each, in the plan's order of addresses. */
export const summary = (plan: Plan): string[] =>
  changes(plan).map((change) =>
    `${change.address} ${change.change.actions.join("/")}${change.deposed ? " deposed" : ""} ${forcedBy(change).join(" ")}`.trim(),
  );
