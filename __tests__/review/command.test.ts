import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { review as command } from "../../cli/review";
import { reviewSchema } from "../../review/model";
import { machines, release } from "./fixtures";
import { Lab, NEW, OLD } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-command-"));
let lab: Lab;
let plan: string;
let printed = "";
let complained = "";

beforeAll(async () => {
  lab = await Lab.start();
  await lab.open("stack", machines());
  lab.variables(release(OLD, "1.0.0"));
  await lab.apply();
  lab.variables(release(NEW, "1.1.0"));
  plan = await lab.plan();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  printed = "";
  complained = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  jest.spyOn(console, "log").mockImplementation((text: string) => void (printed += text));
  jest.spyOn(console, "error").mockImplementation((text: string) => void (complained += text));
});
afterEach(() => jest.restoreAllMocks());

test("judges a plan with its configuration, in every format", async () => {
  for (const [format, start] of [
    ["text", "plan review: 1 contract held"],
    ["md", "<!-- immutable-fleet review"],
    ["json", '{\n  "schema": 1'],
    ["html", "<!doctype html>"],
  ] as const) {
    printed = "";
    expect(await command.run(["--plan", plan, "--config", lab.configuration, "--format", format])).toBe(0);
    expect(printed.startsWith(start)).toBe(true);
  }
});

test("finds the configuration that lies beside the plan by itself, and says so where there is none", async () => {
  expect(await command.run(["--plan", plan, "--format", "json"])).toBe(0);
  const { stacks } = reviewSchema.parse(JSON.parse(printed));
  expect([stacks[0]!.stack, stacks[0]!.findings]).toEqual(["prod-web-aws-us-east-1", []]);
  const alone = join(folder, "alone.json");
  copyFileSync(plan, alone);
  printed = "";
  expect(await command.run(["--plan", alone])).toBe(0);
  expect(printed).toMatch(/No configuration was given, and no cdk.tf.json lies beside the plan/);
});

test("writes to a file, several stacks in one review, with the commit", async () => {
  const out = join(folder, "review.json");
  const args = ["--plan", plan, "--config", lab.configuration, "--plan", plan, "--config", lab.configuration];
  expect(await command.run([...args, "--format", "json", "--out", out, "--head", "9f3c2ab"])).toBe(0);
  const found = reviewSchema.parse(JSON.parse(readFileSync(out, "utf8")));
  expect([found.head, found.stacks.map(({ stack }) => stack)]).toEqual([
    "9f3c2ab",
    ["prod-web-aws-us-east-1", "prod-web-aws-us-east-1"],
  ]);
});

test("exits 2 when a human is needed, 1 for an error, and the worst of several stacks counts", async () => {
  const broken = join(folder, "broken.json");
  const json = JSON.parse(readFileSync(plan, "utf8")) as { errored: boolean; complete: boolean };
  writeFileSync(broken, JSON.stringify({ ...json, complete: false }));
  expect(await command.run(["--plan", plan, "--plan", broken])).toBe(2);
  writeFileSync(broken, JSON.stringify({ ...json, errored: true }));
  expect(await command.run(["--plan", plan, "--plan", broken])).toBe(1);
  expect(printed).toContain("Planning failed");
});

test.each([
  [[], /--plan is missing/],
  [["--plan", "x", "--format", "pdf"], /--format must be one of text, md, json, html, got "pdf"/],
  [
    ["--plan", "x", "--config", "a", "--config", "b"],
    /--config must be given once for each of the 1 plans, or not at all; got 2/,
  ],
  [["--plan", "x", "--head", "main"], /--head must be a commit in hex digits, got "main"/],
  [["--plan", "nowhere.json"], /nowhere.json cannot be read: ENOENT/],
  [["--colour"], /Unknown option '--colour'/],
])("refuses %j", async (args, message) => {
  expect(await command.run(args)).toBe(1);
  expect(complained).toMatch(message);
  expect(complained).not.toMatch(/ at .*\.ts/);
});

test("explains itself", async () => {
  expect(await command.run(["--help"])).toBe(0);
  expect(printed).toMatch(/usage: npx fleet review --plan FILE \[--config FILE\]/);
});
