/** What a review reads: plans, configurations, review files, and what is asked to be admitted. */
import { join } from "node:path";
import { readDrift } from "../../operations/drift/read";
import { text as driftText } from "../../operations/drift/render";
import { readGroups } from "../../operations/inventory/read";
import { InvalidInputError } from "../../constructs/contract/problem";
import { admit } from "../../review/admit";
import { openCatalog } from "../../review/images";
import { readReview } from "../../review/post";
import { dependentsOf, readConfiguration } from "../../review/read/configuration";
import { readPlan } from "../../review/read/plan";
import { UnusableFile } from "../../review/read/scan-file";
import { html } from "../../review/render/html";
import { json } from "../../review/render/json";
import { markdown } from "../../review/render/markdown";
import { text } from "../../review/render/text";
import { review } from "../../review/review";
import type { Review } from "../../review/model";
import { reviewSchema } from "../../review/model";
import { mutants } from "../mutate";
import { checkWords, type Reader } from "../reader";
import { CATALOG, filesIn, NOW, put, textOf } from "./project";

type Json = Record<string, unknown>;

export const planFiles = (): string[] =>
  filesIn("fuzz/seeds", ".json").filter((name) => !name.endsWith(".rollout.json"));

function render(found: Review): void {
  for (const form of [text, markdown, html]) checkWords(form(found));
  // What is written must be what the next command can read.
  reviewSchema.parse(JSON.parse(json(found)));
}

const options = () => ({ catalog: openCatalog(CATALOG), now: NOW, expectBump: false });

export const plans: Reader = {
  name: "plan",
  inputs: () => mutants("json", planFiles().map(textOf)),
  errors: [UnusableFile],
  open: (folder) => {
    const [file, around] = [join(folder, "plan.json"), options()];
    return (input) => {
      put(file, input);
      render(review([{ facts: readPlan(file) }], around));
    };
  },
};

/** The plan as one that only looks: what it changes has changed outside. */
function drifted(text: string): string {
  const { resource_changes, ...plan } = JSON.parse(text) as { resource_changes: (Json & { change: Json })[] };
  const resources = resource_changes.map(({ change, ...one }) => ({ ...one, values: change.before }));
  return JSON.stringify({
    ...plan,
    prior_state: { format_version: "1.0", values: { root_module: { resources, child_modules: [{ resources }] } } },
    resource_drift: resource_changes,
  });
}

export const driftPlans: Reader = {
  name: "drift",
  inputs: () =>
    mutants(
      "json",
      planFiles().map((file) => drifted(textOf(file))),
    ),
  errors: [UnusableFile, InvalidInputError],
  open: (folder) => (input) => {
    const file = join(folder, "plan.json");
    put(file, input);
    checkWords(driftText([readDrift(file, "prod-web-aws-us-east-1")]));
    readGroups(file);
  },
};

/** cdk.tf.json of stacks as they were once synthesized. */
const configurations = () =>
  ["aws-us-east-1", "azure-westeurope"].map((place) => {
    const { configuration } = JSON.parse(textOf(`__tests__/local-cloud/recorded/prod-web-${place}.json`)) as Json;
    return JSON.stringify({ "//": { metadata: { stackName: `prod-web-${place}` } }, ...(configuration as Json) });
  });

export const stackConfigurations: Reader = {
  name: "configuration",
  inputs: () => mutants("json", configurations()),
  errors: [UnusableFile],
  open: (folder) => {
    const [file, around] = [join(folder, "cdk.tf.json"), options()];
    const [plan] = planFiles().filter((name) => name.includes("web-aws"));
    const facts = readPlan(join(__dirname, "../..", plan!));
    return (input) => {
      put(file, input);
      const configuration = readConfiguration(file);
      for (const address of configuration.blocks.keys()) dependentsOf(configuration, address);
      render(review([{ facts, configuration }], around));
    };
  },
};

export const admitted: Reader = {
  name: "admit",
  inputs: () => mutants("json", configurations()),
  errors: [UnusableFile],
  open: (folder) => {
    const [file, trusted] = [join(folder, "cdk.tf.json"), join(folder, "trusted.json")];
    put(trusted, configurations()[0]!);
    return (input) => {
      put(file, input);
      admit(file, trusted);
    };
  },
};

export const reviewFiles: Reader = {
  name: "review",
  inputs: () => {
    const seed = textOf("__tests__/review/golden/bump.json");
    return mutants("json", [seed]);
  },
  errors: [UnusableFile],
  open: (folder) => (input) => {
    const file = join(folder, "review.json");
    put(file, input);
    render(readReview(file));
  },
};
