import { spawn } from "node:child_process";
import { join } from "node:path";
import { Store } from "../../local-cloud/cloud/store";
import { ROOT, run, Sandbox } from "./support";

/** kill -9 of the cloud at every change of an apply: terraform converges, with no object lost and none twice. */

const CONFIGURATIONS: Record<string, string> = {
  aws: `
    resource "aws_vpc" "a" {
      cidr_block = "10.0.0.0/16"
    }
    resource "aws_subnet" "b" {
      vpc_id     = aws_vpc.a.id
      cidr_block = "10.0.0.0/20"
    }
    resource "aws_iam_role" "c" {
      name               = "c"
      assume_role_policy = "{}"
      tags               = { subnet = aws_subnet.b.id }
    }`,
  google: `
    resource "google_compute_network" "a" {
      name = "a"
    }
    resource "google_compute_subnetwork" "b" {
      name          = "b"
      network       = google_compute_network.a.id
      ip_cidr_range = "10.0.0.0/20"
    }
    resource "google_service_account" "c" {
      account_id   = "c"
      display_name = google_compute_subnetwork.b.id
    }`,
  azure: `
    resource "azurerm_resource_group" "a" {
      name     = "a"
      location = "westeurope"
    }
    resource "azurerm_virtual_network" "b" {
      name                = "b"
      resource_group_name = azurerm_resource_group.a.name
      location            = "westeurope"
      address_space       = ["10.0.0.0/16"]
    }
    resource "azurerm_user_assigned_identity" "c" {
      name                = "c"
      resource_group_name = azurerm_virtual_network.b.resource_group_name
      location            = "westeurope"
    }`,
};
const CALLS = [1, 2, 3];
const MOMENTS = ["before", "after"] as const;

/** Starts a cloud that will kill itself; resolves to what attaches terraform to it. */
function mortalCloud(dir: string, call: number, moment: string): Promise<Record<string, string>> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "mortal-cloud.ts"), dir, String(call), moment],
    { cwd: ROOT },
  );
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += String(data);
      if (text.endsWith("\n")) resolve(JSON.parse(text) as Record<string, string>);
    });
    child.on("error", reject);
  });
}

describe.each(Object.keys(CONFIGURATIONS))("%s", (cloud) => {
  test.each(CALLS.flatMap((call) => MOMENTS.map((moment) => [moment, call] as const)))(
    "killed %s change %i",
    async (moment, call) => {
      const sandbox = new Sandbox();
      const env = await mortalCloud(sandbox.cloudFolder, call, moment);
      sandbox.write(CONFIGURATIONS[cloud] ?? "");
      const terraform = (...args: string[]) => run("terraform", [`-chdir=${sandbox.folder}`, ...args], env);
      expect((await terraform("init")).code).toBe(0);
      expect((await terraform("apply", "-auto-approve")).code).toBe(1);
      await sandbox.start();
      try {
        expect((await sandbox.terraform("apply", "-auto-approve")).output).toContain("Apply complete");
        expect(await sandbox.plan()).toEqual([]);
        const store = new Store(sandbox.cloudFolder, { shared: true });
        expect(store.all()).toHaveLength(3);
        store.close();
      } finally {
        await sandbox.close();
      }
    },
  );
});
