import { rmSync } from "node:fs";
import type { Command } from "../../cli/command";
import { startLocalCloud, type LocalCloud } from "../../local-cloud/server";
import { newFolder, Workspace } from "../support/synth";
import { Terraform } from "../support/terraform";

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of `npx fleet` in this process. */
export async function fleetCommand(command: Command, ...args: readonly string[]): Promise<Printed> {
  let [out, err] = ["", ""];
  const spies = [
    jest.spyOn(console, "log").mockImplementation((text: string) => void (out += `${text}\n`)),
    jest.spyOn(console, "error").mockImplementation((text: string) => void (err += `${text}\n`)),
  ];
  try {
    return { code: await command.run(args), out, err };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** A synthesized fleet and a local cloud that this process's terraform is attached to. */
export class Lab {
  readonly workspace = new Workspace();
  cloud!: LocalCloud;
  private folder = newFolder();
  private readonly before = { ...process.env };

  static async start(fleet: unknown): Promise<Lab> {
    const lab = new Lab();
    await lab.attach();
    lab.workspace.synth(fleet);
    return lab;
  }

  /** Another cloud, empty, with states of its own; what was before is gone. */
  async attach(): Promise<void> {
    await this.cloud?.close();
    rmSync(this.folder, { recursive: true, force: true });
    this.folder = newFolder();
    this.cloud = await startLocalCloud({ dir: this.folder, bootMs: 10 });
    Object.assign(process.env, this.cloud.env, { FLEET_DRAIN_SEC: "0" });
  }

  async stop(): Promise<void> {
    await this.cloud.close();
    for (const name of Object.keys(process.env)) if (!(name in this.before)) delete process.env[name];
    Object.assign(process.env, this.before);
    for (const folder of [this.folder, this.workspace.folder]) rmSync(folder, { recursive: true, force: true });
  }

  get output(): string {
    return this.workspace.outdir;
  }

  terraform(stack: string): Terraform {
    return new Terraform(this.workspace.stackFolder(stack), this.cloud.env);
  }

  async deploy(...stacks: readonly string[]): Promise<void> {
    for (const stack of stacks) {
      const terraform = this.terraform(stack);
      await terraform.init();
      const { code, text } = await terraform.apply();
      if (code !== 0) throw new Error(`${stack}: ${text}`);
    }
  }

  /** The attributes of an object as terraform's state holds them, by address. */
  async attributes(stack: string): Promise<(address: string) => Record<string, unknown>> {
    const state = JSON.parse(await this.terraform(stack).run("show", "-json")) as {
      values: { root_module: { resources: { address: string; values: Record<string, unknown> }[] } };
    };
    return (address) => state.values.root_module.resources.find((one) => one.address === address)!.values;
  }
}
