/** What looks at stacks whose runs are in HCP Terraform, on the stand-in. */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../cli/command";
import { drift } from "../../cli/drift";
import { inventory } from "../../cli/inventory";
import { PROJECT } from "../../cli/project-copy";
import type { Role } from "../../local-hcp/server";
import { fleetCommand } from "../operations/lab";
import { STACKS } from "../support/deployment";
import { fleetWith } from "../support/fleet";
import { newFolder, Workspace } from "../support/synth";
import { BACKEND, Lab } from "./support";

const { foundation, service } = STACKS.google;
/** Synthesized, and never deployed: it has no workspace. */
const IDLE = "prod-persistent-google-us-central1";
const CATALOG = ["--catalog", join(PROJECT, "images/catalog")];

const folder = newFolder();
const source = new Workspace();
let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(folder);
  source.release({ version: "1.0.0" });
  source.synth(
    fleetWith(({ environments: [environment] }) => {
      environment!.backend = { ...BACKEND };
      environment!.placements = environment!.placements.filter(({ cloud }) => cloud === "google");
      environment!.placements[0]!.persistent = { objects: {} };
    }),
  );
  cpSync(source.outdir, lab.out, { recursive: true });
  for (const stack of [foundation, service]) {
    await lab.succeeds(["plan", stack, "--create", ...CATALOG]);
    await lab.succeeds(["apply", stack, ...CATALOG]);
  }
}, 240_000);
afterAll(async () => {
  await lab.stop();
  for (const made of [folder, source.folder]) rmSync(made, { recursive: true, force: true });
});

/** Runs a command that looks, with the token of a role. */
async function on(role: Role, command: Command, ...args: readonly string[]) {
  const before = process.env;
  process.env = { ...before, ...lab.cloud.env, ...lab.env(role) };
  try {
    return await fleetCommand(command, "--output", lab.out, ...args);
  } finally {
    process.env = before;
  }
}

test("drift is found by a run that nobody can apply, and that stops no plan from being applied", async () => {
  expect(await on("owner", drift, service)).toMatchObject({
    code: 0,
    out: expect.stringContaining("no drift") as string,
  });
  await lab.succeeds(["plan", service, ...CATALOG]);
  lab.cloud.scale(lab.cloud.list().groups[0]!.name, 4);
  const { code, out } = await on("owner", drift, service);
  expect(code).toBe(0);
  expect(out).toContain("life    google_compute_region_instance_group_manager.live_group");
  const [looked, planned] = await lab.runs(service);
  expect(looked!.attributes).toMatchObject({ message: "fleet drift", status: "planned_and_finished" });
  expect(planned!.attributes.message).toContain("fleet hcp plan");
  await lab.succeeds(["apply", service, ...CATALOG]);
});

test("a rule that somebody changed matters", async () => {
  lab.cloud.set("google_compute_firewall", "projects/example-prod/global/firewalls/prod-web-us-central1-others", {
    disabled: true,
  } as never);
  const { code, out } = await on("owner", drift, service);
  expect(code).toBe(2);
  expect(out).toContain("matters google_compute_firewall.firewall_others_out");
});

test("without the rights, or without a workspace, it says so, and makes none", async () => {
  const refused = await on("plan", drift, service);
  expect(refused.code).toBe(1);
  expect(refused.out).toContain("only Admin on the workspace may read the whole plan");
  for (const command of [drift, inventory]) {
    const { code, out, err } = await on("owner", command, IDLE, ...(command === inventory ? CATALOG : []));
    expect(code).toBe(1);
    expect(out + err).toMatch(/cannot be looked at.*workspace "prod-persistent-google-us-central1"/s);
  }
  await expect(lab.workspaceId(IDLE)).rejects.toThrow("404");
});

test("inventory reads what runs", async () => {
  const { out } = await on("read", inventory, service, "--format", "csv", ...CATALOG);
  expect(out).toMatch(/prod,web,google,us-central1,live/);
});
