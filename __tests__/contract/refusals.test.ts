/** What Terraform refuses of a release, and how many machines a new group begins with: worked out by Terraform itself, in one go. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startingSize } from "../../constructs/contract/live-size";
import { releaseRules, trafficRules } from "../../constructs/contract/release";
import type { Cloud, Service } from "../../constructs/contract/spec";
import { resolveFleet } from "../../constructs/contract/validate";
import { fleet } from "../../fleet";
import { newFolder } from "../support/synth";

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true }));

/** Values of HCL templates: all of them at once, because each process of terraform takes its time. */
function evaluate(templates: readonly string[]): unknown[] {
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ locals: { all: templates } }));
  const run = spawnSync("terraform", ["console"], { cwd: folder, input: "jsonencode(local.all)", encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(JSON.parse(run.stdout) as string) as unknown[];
}

const [environment] = resolveFleet(fleet).environments;
const service = (strategy: Service["strategy"]): Service => {
  const found = environment!.services.find((each) => each.strategy === strategy)!;
  return { ...found, capacity: { ...found.capacity, min: 3, max: 10 } };
};

const IMAGE = "ami-0123456789abcdef0";
const good = { version: "1.0.0", image_id: IMAGE, epoch: "", capacity: null, state: "approved", not_after: null };
type Values = Readonly<Record<string, unknown>>;
const two = (blue: object | null, green: object | null, weight: number): Values => ({ blue, green, traffic: { blue: 100 - weight, green: weight } }); // prettier-ignore
const SMALL = { ...good, capacity: 1 };
const ENTERED = { ...good, break_glass: { until: "2026-11-28T18:00:00Z", reason: "INC-42" } };

type Case = readonly [name: string, cloud: Cloud, strategy: Service["strategy"], values: Values, refusal: RegExp | undefined]; // prettier-ignore
const CASES: readonly Case[] = [
  ["what may run", "aws", "replace", { release: good }, undefined],
  ["an image family", "aws", "replace", { release: { ...good, image_id: "web-latest" } }, /image_id must be a pinned aws image id/],
  ["a revoked image", "aws", "replace", { release: { ...good, state: "revoked" } }, /revoked or deleted and must not take traffic/],
  ["a deleted image", "aws", "replace", { release: { ...good, state: "deleted" } }, /revoked or deleted and must not take traffic/],
  ["a version that is none", "aws", "replace", { release: { ...good, version: "latest" } }, /version must be MAJOR/],
  ["an epoch in capitals", "aws", "replace", { release: { ...good, epoch: "A" } }, /epoch must be/],
  ["half a machine", "aws", "replace", { release: { ...good, capacity: 2.5 } }, /capacity must be a whole number/],
  ["more machines than the service has", "aws", "replace", { release: { ...good, capacity: 11 } }, /capacity must be a whole number/],
  ["a way in that ends some time", "aws", "replace", { release: { ...good, break_glass: { until: "tonight", reason: "x" } } }, /break_glass.until must be a time/],
  ["two slots, one empty", "aws", "blueGreen", two(good, null, 0), undefined],
  ["all traffic to the other slot", "aws", "blueGreen", two(good, good, 100), undefined],
  ["a share of blue/green", "aws", "blueGreen", two(good, good, 5), /weights are 0 and 100/],
  ["a share of a canary", "aws", "canary", two(good, good, 5), undefined],
  ["weights that do not add up", "aws", "canary", { ...two(good, good, 0), traffic: { blue: 60, green: 30 } }, /add up to 100/],
  ["a weight below zero", "aws", "canary", two(good, good, -5), /at least 0/],
  ["half a percent", "aws", "canary", two(good, good, 0.5), /whole numbers/],
  ["traffic to an empty slot", "aws", "canary", two(good, null, 5), /empty slot must not get traffic/],
  ["traffic to a revoked image", "aws", "canary", two(good, { ...good, state: "revoked" }, 5), /revoked or deleted must not take traffic/],
  ["a revoked image without traffic", "aws", "canary", two(good, { ...good, state: "revoked" }, 0), undefined],
  ["traffic to where people get in", "aws", "canary", two(good, ENTERED, 5), /break-glass release must not get traffic/],
  ["a canary's machine with all the traffic", "aws", "canary", two(good, SMALL, 100), /needs a capacity of at least/],
  ["a share that the machines do not give", "azure", "canary", two(good, SMALL, 5), /must be its share of the machines/],
]; // prettier-ignore

describe("terraform refuses", () => {
  const rulesOf = ([, cloud, strategy, values]: Case) => {
    const of = service(strategy);
    const slots = strategy === "replace" ? (["live"] as const) : (["blue", "green"] as const);
    // Image ids have a form for each cloud, and a plan checks them one by one; here they are those of AWS.
    const rules = [...slots.flatMap((slot) => releaseRules("aws", of, slot)), ...(strategy === "replace" ? [] : trafficRules(cloud, of))]; // prettier-ignore
    return rules.map(({ condition, errorMessage }) => ({
      errorMessage,
      condition: condition.replace(/\bvar\.(\w+)/g, (_, name: string) => `(${JSON.stringify(values[name])})`),
    }));
  };
  let answers: unknown[];
  beforeAll(() => void (answers = evaluate(CASES.flatMap(rulesOf).map(({ condition }) => condition))));

  test.each(CASES.map(([name], index) => [name, index] as const))("%s", (_name, index) => {
    const rules = rulesOf(CASES[index]!);
    const from = CASES.slice(0, index).flatMap(rulesOf).length;
    const refused = rules.filter((_, at) => answers[from + at] === false).map(({ errorMessage }) => errorMessage);
    expect(rules.every((_, at) => typeof answers[from + at] === "boolean")).toBe(true);
    const refusal = CASES[index]![4];
    expect(refused).toEqual(refusal === undefined ? [] : [expect.stringMatching(refusal)]);
  });
});

test("a new group begins with as many machines as the largest runs, within the limits", () => {
  const cases: [fewest: string, sizes: string, most: number, size: number][] = [
    ["2", "[]", 10, 2],
    ["2", "[3, 5]", 10, 5],
    ["4", "[3]", 10, 4],
    ["2", "[12]", 10, 10],
  ];
  const sizes = evaluate(cases.map(([fewest, running, most]) => startingSize(fewest, running, most)));
  expect(sizes).toEqual(cases.map(([, , , size]) => size));
});
