import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inventory } from "../../cli/inventory";
import { startLocalCloud } from "../../local-cloud/server";
import { COLUMNS, type Row } from "../../operations/inventory/rows";
import { STACKS } from "../support/deployment";
import { fleetWith, prod } from "../support/fleet";
import { fleetCommand, Lab } from "./lab";

const started = Math.floor(Date.now() / 1000) * 1000;
const NOW = "2026-11-21T00:00:00Z";
const SHOP = "prod-shop-aws-us-east-1";
const WEB = Object.values(STACKS).map(({ service }) => service);
const folder = mkdtempSync(join(tmpdir(), "fleet-inventory-"));
let lab: Lab;

beforeAll(async () => {
  lab = new Lab();
  await lab.attach();
  lab.workspace.edit("releases/prod/shop.json", () => ({
    slots: { blue: { version: "1.0.0" }, green: { version: "1.1.0", capacity: 1 } },
    traffic: { blue: 75, green: 25 },
  }));
  const services = prod().services.filter(({ name }) => name !== "api");
  lab.workspace.synth({ environments: [{ ...prod(), services }] });
  await Promise.all(Object.values(STACKS).map(({ foundation, service }) => lab.deploy(foundation, service)));
  await lab.deploy(SHOP);
}, 120_000);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const look = (...args: readonly string[]) =>
  fleetCommand(
    inventory,
    ...["--output", lab.output, "--catalog", join(lab.workspace.folder, "images/catalog"), "--now", NOW, ...args],
  );
const rowsOf = async (...args: readonly string[]) => {
  const { code, out } = await look("--format", "json", ...args);
  return { code, ...(JSON.parse(out) as { oldMachines: number; rows: Row[]; look: Row[] }) };
};

test("says what runs on three clouds, from the states alone", async () => {
  const { code, rows } = await rowsOf(...WEB, "--older-than", "60d");
  expect(code).toBe(0);
  const facts = rows.map(({ cloud, region, slot, image, version, state, built, age_days, weight, machines, min, max }) =>
    [cloud, region, slot, image, version, state, built, age_days, weight, machines, min, max].join(" "),
  ); // prettier-ignore
  expect(facts).toEqual([
    "aws us-east-1 live web 1.0.0 approved 2026-10-05T09:12:44Z 46 100 2 2 10",
    "azure westeurope live web 1.0.0 approved 2026-10-05T09:12:44Z 46 100 2 2 10",
    "google us-central1 live web 1.0.0 approved 2026-10-05T09:12:44Z 46 100 2 2 10",
  ]);
  for (const row of rows) {
    expect(row.git_sha).toBe("5070bb8a7d30c884f45c7f26d1c2fd4d56ffae74");
    expect(row.group).toContain(`web-1-0-0-${row.key}`);
  }
  // AWS: in the name that terraform made. Google: an attribute. Azure's state does not say.
  const since = Object.fromEntries(rows.map((row) => [row.cloud, row.since]));
  expect(since.aws!.slice(0, 10)).toBe(new Date().toISOString().slice(0, 10));
  expect(Date.parse(since.google!)).toBeGreaterThanOrEqual(started);
  expect(since.azure).toBe("");
});

test("shows both slots of a canary with their traffic", async () => {
  const { rows } = await rowsOf(SHOP);
  expect(rows.map(({ slot, version, weight, machines }) => `${slot} ${version} ${weight} ${machines}`)).toEqual([
    "blue 1.0.0 75 3",
    "green 1.1.0 25 1",
  ]);
});

test("machines that are older than the policy need a look", async () => {
  const { code, out } = await look(...WEB);
  expect(code).toBe(2);
  expect(out).toContain("3 of 3 groups to look at, 6 machines older than allowed");
  expect(out).toContain("older than P45D");
  expect((await look(SHOP, "--older-than", "P30D")).out).toContain("1 of 2 groups to look at, 3 machines");
});

test("an image that the catalog does not know, or that was revoked, is said so", async () => {
  const file = join(folder, `${WEB[0]!}.json`);
  const state = await lab.terraform(WEB[0]!).run("show", "-json");
  writeFileSync(file, state.replaceAll("ami-5aae54eb180ebd2b6", "ami-00000000000000bad"));
  const { code, rows } = await rowsOf("--state", file);
  expect([code, rows[0]!.note, rows[0]!.image_id, rows[0]!.version]).toEqual([2, "not in the catalog", "ami-00000000000000bad", "1.0.0"]); // prettier-ignore

  lab.workspace.edit("images/catalog/web/1.1.0.json", (record: { lifecycle: object }) => {
    record.lifecycle = { state: "revoked", since: NOW, by: "somebody", reason: "CVE-2026-1234" };
  });
  const revoked = (await rowsOf(SHOP, "--older-than", "60d")).look;
  expect(revoked.map(({ slot, note }) => [slot, note])).toEqual([["green", `revoked on ${NOW}: CVE-2026-1234`]]);
});

test("machines that people may get into are marked: by what opens the way, and by the release file", async () => {
  const releases = join(folder, "releases");
  mkdirSync(join(releases, "prod"), { recursive: true });
  const file = async (stack: string, edit: (state: string) => string) => {
    const path = join(folder, `${stack}.json`);
    writeFileSync(path, edit(await lab.terraform(stack).run("show", "-json")));
    return ["--state", path];
  };
  const way = { address: "aws_iam_role_policy.live_break_glass_session[0]", mode: "managed", type: "aws_iam_role_policy", name: "live_break_glass_session", index: 0, values: {} }; // prettier-ignore
  const [aws, azure] = [WEB.find((stack) => stack.includes("aws"))!, WEB.find((stack) => stack.includes("azure"))!];
  const states = [
    ...(await file(aws, (state) => state.replace('"resources":[', `"resources":[${JSON.stringify(way)},`))),
    ...(await file(azure, (state) => state)),
  ];
  const notes = async () => {
    const { code, rows } = await rowsOf(...states, "--older-than", "60d", "--releases", releases);
    return [code, ...rows.map(({ cloud, note }) => `${cloud} ${note}`.trim())];
  };
  expect(await notes()).toEqual([2, "aws break-glass: people may get in", "azure"]);
  const live = { version: "1.0.0", epoch: "x", breakGlass: { until: "2026-11-21T04:00:00Z", reason: "INC-42" } };
  writeFileSync(join(releases, "prod/web.json"), JSON.stringify({ slots: { live } }));
  const marked = "break-glass: people may get in until 2026-11-21T04:00:00Z, INC-42";
  expect(await notes()).toEqual([2, `aws ${marked}`, `azure ${marked}`]);
  expect((await look(...states, "--releases", releases)).out).toContain(marked);
});

test("reads what ran from a plan, too", async () => {
  const terraform = lab.terraform(WEB[0]!);
  await terraform.plan();
  const file = join(folder, "plan.json");
  writeFileSync(file, await terraform.run("show", "-json", "test.plan"));
  const { rows } = await rowsOf("--plan", file);
  expect(rows.map(({ cloud, version, service }) => [cloud, version, service])).toEqual([["aws", "1.0.0", ""]]);
});

test("CSV has every column, and no cell that a spreadsheet would run", async () => {
  const file = join(folder, `${WEB[0]!}.json`);
  const state = await lab.terraform(WEB[0]!).run("show", "-json");
  writeFileSync(file, state.replaceAll("ami-5aae54eb180ebd2b6", '=cmd|x,\\"y'));
  const { out } = await look("--state", file, "--format", "csv");
  const [head, row] = out.trim().split("\n");
  expect(head).toBe(COLUMNS.join(","));
  expect(row).toContain(`"'=cmd|x,""y"`);
  const plain = (await look(SHOP, "--format", "csv")).out;
  for (const cell of plain.split(/[,\n]/)) expect(cell).not.toMatch(/^[=+\-@\t]/);
});

test("groups that a failed rollout left are shown", async () => {
  const failing = "ami-aa8cff6d474f28a76";
  lab.workspace.release({ version: "1.1.0" });
  lab.workspace.edit("images/catalog/web/1.1.0.json", (record: { lifecycle: object }) => {
    record.lifecycle = { state: "approved", since: NOW, by: "somebody" };
  });
  lab.workspace.synth(fleetWith(() => undefined));
  const dir = lab.cloud.env.FLEET_STATE_DIR!.replace(/\/state$/, "");
  await lab.cloud.close();
  lab.cloud = await startLocalCloud({ dir, bootMs: 10, unhealthy: failing });
  Object.assign(process.env, lab.cloud.env);
  expect((await lab.terraform(WEB[0]!).apply()).code).toBe(1);
  const { code, rows } = await rowsOf(WEB[0]!, "--older-than", "60d");
  expect(code).toBe(2);
  expect(rows.map(({ version, slot, note, image_id }) => [version, slot, note, image_id])).toEqual([
    ["1.1.0", "live", "never got healthy", failing],
    ["1.0.0", "live", "left over from a rollout that did not finish", "ami-5aae54eb180ebd2b6"],
  ]);
});

test.each([
  [["--older-than", "old", "--all"], /^--older-than: must be a length of time such as 30d or P30D, got "old"/],
  [["--state", "nowhere.json"], /^nowhere.json cannot be read: ENOENT/],
  [["--state", "package.json"], /^package.json is neither the JSON of a state nor of a plan; write it with: terraform show -json/],
  [["--all", "--catalog", "/nowhere"], /^\/nowhere: is not a folder that can be read/],
  [["nothing-*"], /^stack: there is no "nothing-\*"; the synthesized stacks are prod-foundation-aws-us-east-1,/],
])("refuses %j", async (args, message) => {
  const { code, err } = await look(...args);
  expect([code, err]).toEqual([1, expect.stringMatching(message)]);
}); // prettier-ignore

test("a stack that is not deployed has no row, and a state file is not taken for its JSON", async () => {
  const empty = join(folder, "empty.json");
  writeFileSync(empty, '{"format_version":"1.0"}');
  expect((await look("--state", empty)).out).toBe("nothing runs\n\nnothing to look at\n");
  const raw = join(folder, "raw.json");
  writeFileSync(raw, '{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"a","outputs":{},"resources":[]}');
  expect((await look("--state", raw)).err).toMatch(/is a state file, not its JSON/);
});
