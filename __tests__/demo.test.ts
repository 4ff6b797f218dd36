import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, copyProject } from "../cli/project-copy";
import { filesBelow, newFolder } from "./support/synth";
import { run } from "./support/terraform";

const root = newFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const demo = (cwd: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  run(process.execPath, ["--import", "tsx", "cli/demo.ts", ...args], { cwd, env });

interface Result {
  held: boolean;
  moves: {
    title: string;
    configurationUnchanged: boolean;
    missing: string[];
    plans: { stack: string; violations: unknown[]; rows: { action: string }[] }[];
  }[];
}

test("bumps and rolls back on three clouds, keeps every contract, and leaves the working tree as it was", async () => {
  const watched = ["releases", "images", "constructs", "stacks", "cli"].map((part) => join(PROJECT, part));
  const before = watched.map(filesBelow);
  const { code, stdout, stderr } = await demo(PROJECT, ["--json"]);
  expect(code).toBe(0);
  const readme = readFileSync(join(PROJECT, "README.md"), "utf8");
  expect(stderr).toContain(/<!-- demo -->\s*```\n(.*?)```/s.exec(readme)?.[1]);
  const { held, moves } = JSON.parse(stdout) as Result;
  expect(held).toBe(true);
  expect(moves.map(({ title, configurationUnchanged, missing }) => [title, configurationUnchanged, missing])).toEqual([
    ["Bump", true, []],
    ["Rollback", true, []],
  ]);
  expect(moves[0]!.plans.map(({ stack, rows }) => [stack, rows.length])).toEqual([
    ["prod-web-aws-us-east-1", 3],
    ["prod-web-google-us-central1", 11],
    ["prod-web-azure-westeurope", 3],
  ]);
  expect(watched.map(filesBelow)).toEqual(before);
}, 300_000);

test("fails when a contract is broken", async () => {
  const broken = join(root, "broken");
  copyProject(broken);
  for (const part of ["cli", "local-cloud", "system"])
    cpSync(join(PROJECT, part), join(broken, part), { recursive: true });
  // A fleet of one cloud, whose scaling policy has lost create_before_destroy.
  const file = join(broken, "constructs/aws/instance-group.ts");
  const source = readFileSync(file, "utf8");
  const at = source.indexOf("new AutoscalingPolicy");
  writeFileSync(
    file,
    source.slice(0, at) + source.slice(at).replace("createBeforeDestroy: true", "createBeforeDestroy: false"),
  );
  const fleet = join(broken, "fleet.ts");
  writeFileSync(fleet, readFileSync(fleet, "utf8").replace('strategy: "replace"', '$&, placements: ["aws-us-east-1"]'));
  const { code, text } = await demo(broken);
  expect(code).toBe(1);
  expect(text).toContain(
    "CONTRACT BROKEN: aws_autoscaling_policy.live_scaling is destroyed before its successor exists",
  );
}, 300_000);

describe("says at once what is wrong with terraform", () => {
  const pathWith = (name: string, terraform?: string) => {
    const folder = join(root, name);
    mkdirSync(folder);
    if (terraform) writeFileSync(join(folder, "terraform"), terraform, { mode: 0o755 });
    return folder;
  };

  test("when it is missing", async () => {
    const { code, text } = await demo(PROJECT, [], { PATH: pathWith("empty") });
    expect(code).toBe(1);
    expect(text).toMatch(/terraform/i);
    expect(text).toMatch(/install/i);
  });

  test("when it is too old", async () => {
    const { code, text } = await demo(PROJECT, [], {
      PATH: pathWith("old", `#!/bin/sh\necho '{"terraform_version":"1.5.7"}'\n`),
    });
    expect(code).toBe(1);
    expect(text).toMatch(/1\.5\.7/);
    expect(text).toMatch(/1\.11/);
  });
});

test("an unknown option is refused with the usage", async () => {
  const { code, text } = await demo(PROJECT, ["--jsn"]);
  expect(code).toBe(1);
  expect(text).toContain("usage: npm run demo");
});
