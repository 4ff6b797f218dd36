/**
 * The policy twin: whatever plan the review's tests judge is put to the Rego policy too. The engine is the real one, `opa`
 * on PATH: no npm package holds it, or what compiles Rego.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractRego } from "../../review/policy/contract";
import type * as Reader from "../../review/read/plan";
import type * as Verdict from "../../review/verdict";
import { CASES, describeUnless, PROVIDER_FACTS, testWithFacts } from "../support/needs";
import { judged, type Json } from "./lab";

const POLICY = join(__dirname, "../../review/policy");
const present = spawnSync("opa", ["version"]).status === 0;

/** Rules that the policy has too; on any other it has no opinion. */
const SHARED: readonly string[] = [
  "errored",
  "partial",
  "deferred",
  "invocations",
  "destroy",
  "unknown-action",
  "forget",
  "deleted",
  "created",
  "updated",
  "gives-more",
  "replaces-other",
  "machines-updated",
  "mixed",
  "no-group",
  "serving-slot",
  "destroyed-first",
  "not-judged",
  "lost-state",
  "fewer-machines",
];

interface Case {
  readonly name: string;
  readonly plan: unknown;
  readonly rules: readonly string[];
}

// A plan may be gone by the time that it is judged, so it is kept when it is read.
const mockPlans = new WeakMap<object, unknown>();
const mockCases: Case[] = [];
jest.mock("../../review/read/plan", () => {
  const actual = jest.requireActual<typeof Reader>("../../review/read/plan");
  const readPlan: typeof Reader.readPlan = (file) => {
    const facts = actual.readPlan(file);
    mockPlans.set(facts, JSON.parse(readFileSync(file, "utf8")));
    return facts;
  };
  return { ...actual, readPlan };
});
jest.mock("../../review/verdict", () => {
  const actual = jest.requireActual<typeof Verdict>("../../review/verdict");
  const judge: typeof Verdict.judge = (subject, context) => {
    const verdict = actual.judge(subject, context);
    const plan = mockPlans.get(subject.facts);
    // The policy sees a plan and nothing else: no history, no workspace, no facts that a test made without a plan.
    if (plan === undefined || context.history || context.workspace !== undefined) return verdict;
    mockCases.push({
      name: expect.getState().currentTestName ?? subject.facts.file,
      plan,
      rules: verdict.findings.filter(({ level }) => level === "error" || level === "human").map(({ rule }) => rule),
    });
    return verdict;
  };
  return { ...actual, judge };
});

/** What the policy says of each plan, as HCP Terraform would ask it. */
function denials(plans: readonly unknown[]): readonly (readonly string[])[] {
  const folder = mkdtempSync(join(tmpdir(), "fleet-policy-"));
  try {
    const file = join(folder, "input.json");
    writeFileSync(file, JSON.stringify(plans.map((plan) => ({ plan, run: {} }))));
    const names = readdirSync(POLICY).filter((name) => name.endsWith(".rego"));
    const rego = names.flatMap((name) => ["--data", join(POLICY, name)]);
    const query = "[said | some each in input; said := data.fleet.deny with input as each]";
    const { status, stdout, stderr } = spawnSync(
      "opa",
      ["eval", "--strict", "--format=raw", "--input", file, ...rego, query],
      { encoding: "utf8", maxBuffer: 1 << 28 },
    );
    if (status !== 0) throw new Error(`opa eval: ${stderr}${stdout}`);
    const said = JSON.parse(stdout) as string[][];
    // Where the policy has no answer at all, opa leaves the plan out.
    expect(said.length).toBe(plans.length);
    return said;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("contract.rego is the contract", () => {
  const file = join(POLICY, "contract.rego");
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, contractRego());
  expect(readFileSync(file, "utf8")).toBe(contractRego());
});

describeUnless(present ? undefined : "no opa on PATH")("the policy", () => {
  const NEW = "ami-aa8cff6d474f28a76";
  const object = (type: string, actions: readonly string[], change: Json = {}): Json => ({
    address: `${type}.live`,
    mode: "managed",
    type,
    name: "live",
    change: { actions, before: {}, after: {}, ...change },
  });
  const machines = (actions: readonly string[]) =>
    ["aws_launch_template", "aws_autoscaling_group"].map((type) => object(type, actions));
  const plan = (release: Json, ...resource_changes: Json[]): Json => ({
    format_version: "1.2",
    variables: { release: { value: { image_id: NEW, ...release } } },
    resource_changes,
  });
  const NEW_FIRST = ["create", "delete"];
  const bump = machines(NEW_FIRST);
  const entry = object("aws_lb_target_group", NEW_FIRST);
  const pointer = object("aws_lb_listener_rule", ["update"], { after: { action: "new" } });

  test.each<[string, unknown, readonly RegExp[]]>([
    ["a bump", plan({}, ...bump), []],
    ["machines that go before others come", plan({}, ...machines(["delete", "create"])), [/^destroyed-first: aws_auto/, /^destroyed-first: aws_launch/]], // prettier-ignore
    ["an image that is not pinned", plan({ image_id: "web:latest" }, ...bump), [/^not-pinned: Slot live/]],
    ["no image at all", plan({ image_id: null }, ...bump), [/^not-pinned: Slot live/]],
    [
      "a revoked image",
      plan({ state: "revoked" }, ...bump),
      [/^revoked: Slot live would get machines of an image that is revoked/],
    ],
    ["a revoked image that stays", plan({ state: "revoked" }, ...machines(["no-op"])), []],
    ["an entry that changes with its machines", plan({}, ...bump, entry, pointer), []],
    ["an entry that changes alone", plan({}, entry), [/^replaces-other: aws_lb_target_group.live/]],
    ["traffic that moves beside a bump", plan({}, ...bump, pointer), [/^mixed:/]],
    [
      "an update that is not known yet",
      plan({}, object("aws_autoscaling_group", ["update"], { after_unknown: { max_size: true, tag: [true] } })),
      [/^machines-updated: .* in place in max_size, tag/, /^mixed:/],
    ],
    ["another major version", { ...plan({}, ...bump), format_version: "2.0" }, [/^unreadable:/]],
    ["no plan", {}, [/^unreadable:/]],
  ])("says of %s what it should", (_, input, expected) => {
    const [said] = denials([input]);
    expect(said).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as unknown));
  });
});

if (present) {
  for (const name of [
    "cases-plan",
    "cases-objects",
    "slots",
    "provider-facts",
    "bump",
    "strangers",
    "own-cloud",
    "given",
  ])
    describe(name, () => void jest.requireActual(`./${name}.test`));

  const SCENARIOS = join(PROVIDER_FACTS, "scenarios");
  const OWN = join(PROVIDER_FACTS, "own-stacks");
  testWithFacts("real providers' plans that no other test judges", () => {
    for (const cloud of ["aws", "google", "azure"])
      for (const kind of ["changes", "matrix"]) {
        const folder = join(SCENARIOS, `${cloud}-${kind}`, "plans");
        for (const name of readdirSync(folder).filter((each) => each.endsWith(".json"))) judged(join(folder, name));
      }
    for (const folder of readdirSync(OWN, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
      for (const name of readdirSync(join(OWN, folder.name))) judged(join(OWN, folder.name, name));
    for (const name of readdirSync(join(CASES, "03-bump-of-grown-group")))
      judged(join(CASES, "03-bump-of-grown-group", name));
    judged(join(CASES, "01-created-in-existing-foundation/plan.json"));
  });

  test("the policy and the review agree on every plan judged above", () => {
    const said = denials(mockCases.map(({ plan }) => plan));
    const verdicts = mockCases.map(({ name, rules }, index) => ({
      name,
      review: comparable(rules.filter((rule) => SHARED.includes(rule))),
      policy: comparable(said[index]!.map((message) => message.split(":")[0]!)),
    }));
    expect(verdicts.filter(({ review, policy }) => review.join() !== policy.join())).toEqual([]);
    // Each shared rule was met, so that the agreement is about all of them.
    const met = new Set(verdicts.flatMap(({ review }) => review));
    expect(SHARED.filter((rule) => !met.has(rule))).toEqual([]);
  });
}

/** To the policy, traffic is what the variables say: it cannot see that a slot serves which a shift empties in the same plan. */
const comparable = (rules: readonly string[]): readonly string[] =>
  [...new Set(rules)].filter((rule) => rule !== "serving-slot" || !rules.includes("mixed")).sort();
