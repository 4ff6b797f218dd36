import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyProject } from "../cli/project-copy";
import { changes } from "../constructs/contract/plan";
import { violations } from "../constructs/contract/plan-contract";
import { startLocalCloud, type LocalCloud } from "../local-cloud/server";
import { filesBelow, newFolder } from "./support/synth";
import { CDKTF, Terraform, run } from "./support/terraform";

const FOUNDATION = "prod-foundation-google-us-central1";
const SERVICE = "prod-web-google-us-central1";

const root = newFolder();
const project = join(root, "project");
let cloud: LocalCloud;

const cdktf = (...args: string[]) => run(CDKTF, args, { cwd: project, env: cloud.env });
const terraform = () => new Terraform(join(project, "cdktf.out/stacks", SERVICE), cloud.env);
const release = (version: string) =>
  writeFileSync(join(project, "releases/prod/web.json"), JSON.stringify({ slots: { live: { version } } }));

beforeAll(async () => {
  copyProject(project);
  cloud = await startLocalCloud({ dir: join(root, "cloud") });
});
afterAll(async () => {
  await cloud.close();
  rmSync(root, { recursive: true, force: true });
});

test("cdktf synth works offline and gives the same bytes in two folders", async () => {
  const other = join(root, "elsewhere", "copy");
  copyProject(other);
  // No cloud is attached here: what a user synthesizes on a laptop.
  const outcomes = await Promise.all([project, other].map((cwd) => run(CDKTF, ["synth"], { cwd })));
  expect(outcomes.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0]);
  const files = filesBelow(join(project, "cdktf.out"));
  expect(files.size).toBe(50);
  expect(filesBelow(join(other, "cdktf.out"))).toEqual(files);
});

test("cdktf deploy, diff and destroy and plain terraform work on the same state", async () => {
  expect(await cdktf("deploy", FOUNDATION, "--auto-approve")).toMatchObject({ code: 0 });
  expect(await cdktf("deploy", SERVICE, "--auto-approve")).toMatchObject({ code: 0 });
  expect((await terraform().plan()).resource_changes?.length).toBeGreaterThan(0);
  expect(changes(await terraform().plan())).toEqual([]);

  release("1.1.0");
  const diff = await cdktf("diff", SERVICE);
  expect(diff.code).toBe(0);
  expect(diff.text).toContain("Plan: 9 to add, 2 to change, 9 to destroy.");
  expect(violations("google", "bump", await terraform().plan())).toEqual([]);
  await terraform().applyPlan();
  expect((await cdktf("diff", SERVICE)).text).toContain("No changes.");

  expect(await cdktf("destroy", SERVICE, "--auto-approve")).toMatchObject({ code: 0 });
  expect(await cdktf("destroy", FOUNDATION, "--auto-approve")).toMatchObject({ code: 0 });
  expect(await terraform().run("state", "list")).toBe("");
}, 240_000);

test("a service without its network says so and makes nothing", async () => {
  release("1.0.0");
  expect((await cdktf("deploy", SERVICE, "--auto-approve")).code).toBe(1);
  // cdktf's terminal sometimes ends before it has shown the last of terraform's words, so they are asked of terraform.
  const { code, text } = await terraform().attempt("plan", "-input=false", "-no-color");
  expect(code).toBe(1);
  expect(text).toMatch(/prod-us-central1-(machines|entries)/);
  expect(cloud.list().groups).toEqual([]);
});

test("a mistake in the release file stops the command with one clear message", async () => {
  const before = readFileSync(join(project, "cdktf.out/manifest.json"), "utf8");
  release("7.0.0");
  const { code, text } = await run(process.execPath, ["--import", "tsx", "main.ts"], { cwd: project });
  expect(code).toBe(1);
  expect(text).toContain(
    'The fleet cannot be built; nothing was written. releases/prod/web.json slots.live.version: must be a version of image "web" in images/catalog, got "7.0.0"; known versions: 1.0.0, 1.1.0',
  );
  expect(text).not.toContain("    at ");
  expect(readFileSync(join(project, "cdktf.out/manifest.json"), "utf8")).toBe(before);
  expect((await cdktf("synth")).code).not.toBe(0);
  expect(existsSync(join(project, "state"))).toBe(false);
});
