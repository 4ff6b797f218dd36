/** Runs the real terraform against a local cloud of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "../../local-cloud/server";

/** The repository's root. */
export const ROOT = join(__dirname, "../..");

export interface Result {
  readonly code: number | null;
  readonly output: string;
  readonly stdout: string;
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, cwd: ROOT });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += String(data)));
    child.stderr.on("data", (data) => (stderr += String(data)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, output: stdout + stderr }));
  });
}

const PROVIDERS = `
terraform {
  required_providers {
    aws     = { source = "hashicorp/aws" }
    google  = { source = "hashicorp/google" }
    azurerm = { source = "hashicorp/azurerm" }
  }
}
provider "aws" {
  region = "us-east-1"
}
provider "google" {
  project = "demo"
  region  = "us-central1"
}
provider "azurerm" {
  features {}
  subscription_id = "00000000-0000-0000-0000-000000000001"
}
`;

/** A folder with a configuration, and the cloud that it is applied to. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), "local-cloud-test-"));
  readonly options: Omit<LocalCloudOptions, "dir">;
  cloud!: LocalCloud;

  constructor(options: Omit<LocalCloudOptions, "dir"> = {}) {
    this.options = { bootMs: 5, ...options };
  }

  get cloudFolder(): string {
    return join(this.folder, "cloud");
  }

  async start(): Promise<void> {
    this.cloud = await startLocalCloud({ dir: this.cloudFolder, ...this.options });
  }

  /** Replaces the configuration; `providers` takes the place of one provider block for each cloud. */
  write(configuration: string, providers = PROVIDERS): void {
    writeFileSync(join(this.folder, "main.tf"), providers + configuration);
  }

  terraform(command: string, ...args: string[]): Promise<Result> {
    return run("terraform", [`-chdir=${this.folder}`, command, ...args], {
      ...this.cloud.env,
      TF_CLI_ARGS: "-no-color",
      TF_IN_AUTOMATION: "1",
    });
  }

  /** Writes a configuration and applies it. */
  async apply(configuration: string, providers = PROVIDERS): Promise<Result> {
    this.write(configuration, providers);
    const init = await this.terraform("init", "-input=false");
    if (init.code !== 0) return init;
    return this.terraform("apply", "-auto-approve", "-input=false");
  }

  /** What a plan would do: `<address> <actions>` of everything that changes. */
  async plan(...args: string[]): Promise<string[]> {
    const plan = await this.terraform("plan", "-input=false", "-out=plan", ...args);
    if (plan.code !== 0) throw new Error(plan.output);
    const shown = await this.terraform("show", "-json", "plan");
    const { resource_changes: changes = [] } = JSON.parse(shown.stdout) as {
      resource_changes?: { address: string; deposed?: string; change: { actions: string[] } }[];
    };
    return changes
      .filter(({ change }) => !["no-op", "read"].includes(change.actions.join()))
      .map(({ address, deposed, change }) => `${address}${deposed ? " (deposed)" : ""} ${change.actions.join("/")}`)
      .sort();
  }

  async close(): Promise<void> {
    await this.cloud.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The text without the line breaks and bars that terraform puts into long messages. */
export const plainText = (output: string): string => output.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
