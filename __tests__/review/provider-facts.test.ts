/** Plans that the real providers made; they lie beside the project on some machines, and hold resource_changes only. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { causeOf } from "../../review/cause";
import { readPlan } from "../../review/read/plan";
import { review } from "../../review/review";
import { describeWithFacts, PROVIDER_FACTS, testWithFacts } from "../support/needs";
import { CONTEXT, judged } from "./lab";

const SCENARIOS = join(PROVIDER_FACTS, "scenarios");
const present = existsSync(SCENARIOS);

const plans = (scenario: string) =>
  readdirSync(join(SCENARIOS, scenario, "plans")).filter((name) => name.endsWith(".json"));
const read = (scenario: string, name: string) => judged(join(SCENARIOS, scenario, "plans", name));

/** Step, and cause where machines are replaced, by the end of a plan's name. */
const EXPECTED: readonly [RegExp, string, string?][] = [
  [/^\d+-create/, "first"],
  [/-machine-type$/, "bump", "launch settings"],
  [/-epoch$/, "bump", "epoch"],
  [/-limits$/, "limits"],
  [/-(fill|add)-/, "fill"],
  [/-(canary|cutover)|slots.*-rollback$/, "shift"],
  [/-retire-/, "retire"],
  [/-(bump|rollback|fix-forward|back-with-epoch)/, "bump", "image"],
];

describeWithFacts("real providers' plans", () => {
  const names = present
    ? ["aws", "google", "azure"].flatMap((cloud) =>
        ["replace", "slots"].flatMap((kind) =>
          plans(`${cloud}-${kind}`).map((name): [string, string] => [`${cloud}-${kind}`, name]),
        ),
      )
    : [];

  test.each(names)("%s %s holds, and is the step that it is", (scenario, name) => {
    const { result, subject, hard } = read(scenario, name);
    const label = name.replace(".json", "");
    const [, step, cause] = (
      scenario.endsWith("slots") && /-rollback$/.test(label)
        ? [/./, "shift"]
        : EXPECTED.find(([pattern]) => pattern.test(label))
    )!;
    expect([result, hard, subject.step]).toEqual(["contract held", [], step]);
    if (cause) expect([...subject.slots.values()].map(causeOf)).toContain(cause);
  });

  test.each(["aws", "google", "azure"])("%s: after a failed rollout", (cloud) => {
    const verdicts = Object.fromEntries(
      plans(`${cloud}-failed`).map((name) => {
        const { result, hard } = read(`${cloud}-failed`, name);
        return [name.replace(/\.json$/, ""), result === "contract held" ? "held" : hard.join(" ")];
      }),
    );
    expect(verdicts).toEqual(FAILED[cloud]);
  });

  test("deposed and tainted groups are explained in plain words", () => {
    const { about, subject } = read("aws-failed", "03-retry-same.fails.json");
    expect(about("tainted")).toMatch(
      /^aws_autoscaling_group.web: This group was created by an apply that failed: its machines never got healthy/,
    );
    expect(about("left-over")).toMatch(
      /the group web-1-0-0-.*What followed it never got healthy, so this may be the one that serves now/,
    );
    expect([...subject.slots.values()].map(causeOf)).toEqual(["failed rollout"]);
    expect(read("google-failed", "03-retry-same.fails.json").about("name-taken")).toMatch(
      /already exists.*Change epoch in the release file/,
    );
  });
});

/** What each plan of a failed rollout must be judged as: Google's names collide until the epoch changes. */
const FAILED: Record<string, Record<string, string>> = {
  aws: {
    "01-create": "held",
    "02-bump-dead.fails": "held",
    "03-retry-same.fails": "held",
    "04-back": "held",
    "05-bump-dead.fails": "held",
    "06-fix-forward": "held",
  },
  google: {
    "01-create": "held",
    "02-bump-dead.fails": "held",
    "03-retry-same.fails": "name-taken",
    "04-back-without-epoch.fails": "machines-updated mixed name-taken name-taken",
    "05-back-with-epoch": "held",
    "06-bump-dead.fails": "held",
    "07-fix-forward": "held",
  },
  azure: {
    "01-create": "held",
    "02-bump-dead.fails": "held",
    "03-retry-same.fails": "held",
    "04-back": "held",
    "05-fix-forward": "held",
  },
};

const OWN = join(PROVIDER_FACTS, "own-stacks");
testWithFacts("of the project's own stacks hold no secret, so that nothing is hidden", () => {
  const files = readdirSync(OWN, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  expect(files.length).toBeGreaterThan(40);
  const reviews = review(files.map((name) => ({ facts: readPlan(join(OWN, name)) })), CONTEXT); // prettier-ignore
  expect(reviews.stacks.flatMap((stack) => JSON.stringify(stack).match(/.{0,99}\(hidden\)/g) ?? [])).toEqual([]);
});
