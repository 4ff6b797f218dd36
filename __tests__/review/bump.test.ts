/** The demo's bump on three clouds, planned by the real terraform, as a reviewer sees it; UPDATE_GOLDEN=1 keeps it for the renderings. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reviewSchema, type Review } from "../../review/model";
import { markdown } from "../../review/render/markdown";
import { readConfiguration } from "../../review/read/configuration";
import { readPlan } from "../../review/read/plan";
import { review, type Input } from "../../review/review";
import type { Cloud } from "../../constructs/contract/spec";
import { Deployment } from "../support/deployment";
import { CONTEXT } from "./lab";

const CLOUDS: readonly Cloud[] = ["aws", "google", "azure"];
let found: Review;

async function bumped(cloud: Cloud): Promise<Input> {
  const deployment = await Deployment.start(cloud);
  try {
    await deployment.service.apply();
    deployment.release({ version: "1.1.0" });
    await deployment.service.plan();
    const { folder } = deployment.service;
    const file = join(folder, "plan.json");
    writeFileSync(file, await deployment.service.run("show", "-json", "test.plan"));
    return { facts: readPlan(file), configuration: readConfiguration(join(folder, "cdk.tf.json")) };
  } finally {
    await deployment.stop();
  }
}

beforeAll(async () => {
  const inputs: Input[] = [];
  for (const cloud of CLOUDS) inputs.push(await bumped(cloud));
  found = review(inputs, { ...CONTEXT, expectBump: true, head: "9f3c2ab" });
});

test("holds on every cloud, with nothing to say against it", () => {
  expect(found.stacks.map(({ result, step, findings }) => [result, step, findings])).toEqual(
    CLOUDS.map(() => ["contract held", "bump", []]),
  );
});

test("says image, order, machines and traffic of every placement", () => {
  for (const { slots } of found.stacks)
    expect(slots).toEqual([
      {
        slot: "live",
        cause: "image",
        order: "new first",
        old: { id: expect.any(String) as string, version: "1.0.0" },
        new: { id: expect.any(String) as string, version: "1.1.0" },
        capacity: { before: 2, peak: 4, after: 2 },
        traffic: { before: 100, after: 100 },
      },
    ]);
});

test("is a review file by its own schema, and a short comment", () => {
  expect(reviewSchema.safeParse(found).error).toBeUndefined();
  expect(Buffer.byteLength(markdown(found))).toBeLessThan(8 * 1024);
});

test("is the review that the golden renderings and the README show", () => {
  const file = join(__dirname, "golden/bump.json");
  const golden = JSON.parse(readFileSync(file, "utf8")) as Review;
  // A plan's digest and time are never the same twice.
  const steady = { ...found, stacks: found.stacks.map((stack, i) => ({ ...stack, plan: golden.stacks[i]!.plan })) };
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, JSON.stringify(steady));
  else expect(golden).toEqual(steady);
});
