/**
 * How fast the local cloud is on this machine: `tsx local-cloud/bench.ts [resources, default 300]`.
 *
 * Measures; nothing here is asserted. The server runs in a process of its own, so that its memory is only its own.
 */
import { execFile, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeScratch, scratchFolder } from "../system/scratch";
import { startLocalCloud } from "./server";

const RUNS = 3;
const SERVE = "--serve";
const MB = 1024 * 1024;

/** Small resources of the three clouds, in equal parts. */
function configuration(count: number): string {
  const each = Math.floor(count / 3);
  return `
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
resource "aws_security_group" "bench" {
  count = ${each}
  name  = "bench-\${count.index}"
}
resource "google_compute_address" "bench" {
  count = ${each}
  name  = "bench-\${count.index}"
}
resource "azurerm_resource_group" "bench" {
  count    = ${count - 2 * each}
  name     = "bench-\${count.index}"
  location = "westeurope"
}
`;
}

/** The server of the bench: says what attaches terraform, then how it is doing whenever it is asked. */
async function serve(dir: string): Promise<void> {
  const cloud = await startLocalCloud({ dir, bootMs: 0 });
  console.log(JSON.stringify({ ...cloud.env, READY_MS: String(Math.round(process.uptime() * 1000)) }));
  process.stdin.on("data", () => console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024 })));
  process.stdin.on("end", () => void cloud.close().then(() => process.exit(0)));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function measure(count: number): Promise<void> {
  const folder = scratchFolder("fleet-cloud-bench");
  const server = spawn(process.execPath, ["--import", "tsx", __filename, SERVE, join(folder, "cloud")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answer = (): Promise<Record<string, string>> =>
    new Promise((resolve) => server.stdout.once("data", (data) => resolve(JSON.parse(String(data)))));
  try {
    const { READY_MS: ready = "0", ...attached } = await answer();
    const env = { ...process.env, ...attached, TF_IN_AUTOMATION: "1" };
    const terraform = (...args: string[]) =>
      promisify(execFile)("terraform", [`-chdir=${folder}`, ...args], { env, maxBuffer: 1 << 28 });
    const plans = async (...args: string[]) => {
      const times: number[] = [];
      for (let run = 0; run < RUNS; run++) times.push(await timed(() => terraform("plan", "-input=false", ...args)));
      return `${Math.min(...times).toFixed(2)} s (best of ${RUNS})`;
    };
    writeFileSync(join(folder, "main.tf"), configuration(count));
    await terraform("init", "-input=false");
    console.log(`start of the server, with the process: ${(Number(ready) / 1000).toFixed(2)} s`);
    console.log(`first plan of ${count} resources:         ${await plans()}`);
    const apply = await timed(() => terraform("apply", "-auto-approve", "-input=false"));
    console.log(`apply of ${count} resources:              ${apply.toFixed(2)} s`);
    console.log(`plan of ${count} that exist:              ${await plans()}`);
    console.log(`... without reading them:              ${await plans("-refresh=false")}`);
    server.stdin.write("memory\n");
    console.log(`most memory of the server:             ${Math.round(Number((await answer()).peak) / MB)} MB`);
    const journal = readFileSync(join(folder, "cloud", "journal.jsonl")).length / MB;
    console.log(`journal:                               ${journal.toFixed(2)} MB`);
  } finally {
    server.stdin.end();
    await new Promise((resolve) => server.once("close", resolve));
    removeScratch(folder);
  }
}

const [first = "", dir = ""] = process.argv.slice(2);
void (first === SERVE ? serve(dir) : measure(Number(first) || 300));
