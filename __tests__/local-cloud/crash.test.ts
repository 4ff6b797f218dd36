import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "../../local-cloud/cloud/store";
import { startLocalCloud } from "../../local-cloud/server";
import { ROOT, run } from "./support";

/** kill -9 of the cloud at every change and every kind of call of one apply: terraform converges, with no object lost and none twice. */

/** From version 1 to 2 the first resource is updated and the second replaced, new before old. */
const CONFIGURATIONS: Record<string, (version: number) => string> = {
  aws: (version) => `
    provider "aws" {
      region = "us-east-1"
    }
    resource "aws_vpc" "a" {
      cidr_block = "10.0.0.0/16"
      tags       = { version = "${version}" }
    }
    resource "aws_subnet" "b" {
      vpc_id     = aws_vpc.a.id
      cidr_block = "10.0.${version}.0/24"
      lifecycle {
        create_before_destroy = true
      }
    }`,
  google: (version) => `
    provider "google" {
      project = "demo"
      region  = "us-central1"
    }
    resource "google_compute_network" "a" {
      name         = "a"
      routing_mode = "${version === 1 ? "REGIONAL" : "GLOBAL"}"
    }
    resource "google_compute_subnetwork" "b" {
      name          = "b-${version}"
      network       = google_compute_network.a.id
      ip_cidr_range = "10.0.${16 * version}.0/20"
      lifecycle {
        create_before_destroy = true
      }
    }`,
  azurerm: (version) => `
    provider "azurerm" {
      features {}
      subscription_id = "00000000-0000-0000-0000-000000000001"
    }
    resource "azurerm_resource_group" "a" {
      name     = "a"
      location = "westeurope"
      tags     = { version = "${version}" }
    }
    resource "azurerm_virtual_network" "b" {
      name                = "b-${version}"
      resource_group_name = azurerm_resource_group.a.name
      location            = "westeurope"
      address_space       = ["10.0.0.0/16"]
      lifecycle {
        create_before_destroy = true
      }
    }`,
};

/** One after the other, so that the k-th call is the same in every run. */
const APPLY = ["apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=1"];
const SIDE_BY_SIDE = 2;
/** A machine that does much else takes minutes. */
const SLOW_MS = 600_000;

/**
 * A call that changes something is cut off before and after it does so. Of the others, which are many and alike, the first of each
 * kind is cut off before it is answered and the last one after.
 */
function momentsOf(method: string, i: number, calls: readonly string[]): string[] {
  if (method === "ApplyResourceChange") return ["before", "after"];
  return [
    ...(calls.indexOf(method) === i ? ["before"] : []),
    ...(calls.lastIndexOf(method) === i && calls.indexOf(method) !== i ? ["after"] : []),
  ];
}

const cloudOf = (folder: string): string => join(folder, "cloud");
const terraform = (folder: string, env: Record<string, string>, args: readonly string[]) =>
  run("terraform", [`-chdir=${folder}`, ...args], env);

/** Runs commands on a cloud that lives; returns the calls that they made. */
async function alive(folder: string, ...commands: (readonly string[])[]): Promise<string[]> {
  const calls: string[] = [];
  const cloud = await startLocalCloud({ dir: cloudOf(folder), bootMs: 5, onCall: (method) => calls.push(method) });
  try {
    for (const args of commands) {
      const result = await terraform(folder, cloud.env, args);
      if (result.code !== 0) throw new Error(`terraform ${args[0]}: ${result.output}`);
    }
    return calls;
  } finally {
    await cloud.close();
  }
}

/** Applies on a cloud that kills itself; returns terraform's exit code. */
function dying(folder: string, call: number, moment: string): Promise<number | null> {
  const program = ["--import", "tsx", join(__dirname, "mortal-cloud.ts"), cloudOf(folder), String(call), moment];
  const child = spawn(process.execPath, program, { cwd: ROOT });
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += String(data);
      if (!text.endsWith("\n")) return;
      const env = JSON.parse(text) as Record<string, string>;
      terraform(folder, env, APPLY).then(({ code }) => {
        child.kill("SIGKILL");
        resolve(code);
      }, reject);
    });
    child.on("error", reject);
  });
}

/** What a restart finds in the cloud: the whole objects, and what tells them apart between runs. */
function found(folder: string): { objects: string; names: string[] } {
  const store = new Store(cloudOf(folder));
  const all = store.all();
  store.close();
  const names = all.map(({ type, attributes }) => `${type} ${String(attributes.name ?? attributes.cidr_block)}`);
  return { objects: JSON.stringify(all), names: names.sort() };
}

const state = (folder: string): string => readFileSync(join(folder, "terraform.tfstate"), "utf8");

let top: string;
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), "local-cloud-crash-"));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe.each(Object.entries(CONFIGURATIONS))("%s", (provider, configuration) => {
  test(
    "an apply that is killed at any of its changes, or in any kind of call, can be repeated",
    async () => {
      const header = `terraform {\n required_providers {\n ${provider} = { source = "hashicorp/${provider}" }\n }\n}\n`;
      const write = (folder: string, version: number) =>
        writeFileSync(join(folder, "main.tf"), header + configuration(version));
      const copy = (name: string): string => {
        const folder = join(top, `${provider}-${name}`);
        cpSync(base, folder, { recursive: true });
        return folder;
      };
      const base = mkdtempSync(join(top, "base-"));
      write(base, 1);
      await alive(base, ["init", "-input=false"], APPLY);
      write(base, 2);
      const before = found(base);
      const clean = copy("clean");
      const calls = await alive(clean, APPLY);
      const after = found(clean);
      expect(calls.length).toBeGreaterThan(20);
      expect(new Set(calls)).toContain("ApplyResourceChange");

      const cases = calls.flatMap((method, i) =>
        momentsOf(method, i, calls).map((moment) => ({ method, call: i + 1, moment })),
      );
      const changed = new Set<string>();
      const check = async ({ method, call, moment }: (typeof cases)[number]): Promise<void> => {
        const folder = copy(`${call}-${moment}`);
        expect(await dying(folder, call, moment)).toBe(1);
        // Where nothing changed, the clean run has shown that terraform converges.
        if (found(folder).objects === before.objects && state(folder) === state(base)) return;
        changed.add(method);
        await alive(folder, APPLY, ["plan", "-detailed-exitcode", "-input=false"]);
        expect(found(folder).names).toEqual(after.names);
      };
      const failures: string[] = [];
      const queue = [...cases];
      const worker = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const { method, call, moment } = next;
          await check(next).catch((error: unknown) =>
            failures.push(`killed ${moment} call ${call}, ${method}: ${error}`),
          );
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
      expect(failures).toEqual([]);
      // Kills around changes leave something behind, or this test would look at nothing.
      expect(changed).toContain("ApplyResourceChange");
    },
    SLOW_MS,
  );
});
