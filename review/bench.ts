/**
 * `npx tsx review/bench.ts`: what reading and judging large plans costs here, beside JSON.parse and jq in the same run.
 * Each job is a process of its own, so that its memory is its own. It measures; nothing is asserted.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { removeScratch, scratchFolder } from "../system/scratch";
import type { readPlan as Read } from "./read/plan";
import type { review as Review } from "./review";

const SIZES = [1_000, 10_000, 100_000];
const RUNS = 3;

/** A plan in terraform's layout: planned values first, then the changes, one in fifty of them a replacement. */
function writePlan(file: string, count: number): void {
  const tags = Object.fromEntries(
    Array.from({ length: 15 }, (_, index) => [`tag${index}`, `some value of a tag ${index}`]),
  );
  const value = (index: number, side: string) => ({
    name: `/${side}/${index}`,
    type: "String",
    value: "v".repeat(50),
    tags,
  });
  const change = (index: number) => ({
    address: `aws_ssm_parameter.p${index}`,
    mode: "managed",
    type: "aws_ssm_parameter",
    name: `p${index}`,
    provider_name: "registry.terraform.io/hashicorp/aws",
    change: {
      actions: index % 50 === 0 ? ["create", "delete"] : ["no-op"],
      before: { ...value(index, "p"), arn: "arn" },
      after: value(index, "q"),
      after_unknown: { arn: true, tags: {} },
      before_sensitive: { value: true, tags: {} },
      after_sensitive: { value: true, tags: {} },
      ...(index % 50 === 0 ? { replace_paths: [["name"]] } : {}),
    },
  });
  const handle = openSync(file, "w");
  const list = (entry: (index: number) => object) => {
    for (let index = 0; index < count; index++)
      writeSync(handle, (index === 0 ? "" : ",") + JSON.stringify(entry(index)));
  };
  writeSync(
    handle,
    '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":[',
  );
  list((index) => ({ address: `aws_ssm_parameter.p${index}`, values: value(index, "q") }));
  writeSync(handle, ']}},"resource_changes":[');
  list(change);
  writeSync(handle, '],"applyable":true,"complete":true,"errored":false}');
  closeSync(handle);
}

const load = createRequire(__filename);

const JOBS: Readonly<Record<string, (file: string) => unknown>> = {
  // Loaded here so that the other jobs do not pay for it.
  review: (file) => {
    const { readPlan } = load("./read/plan") as { readPlan: typeof Read };
    const { review } = load("./review") as { review: typeof Review };
    return review([{ facts: readPlan(file) }], { catalog: () => undefined, now: new Date(), expectBump: false });
  },
  "JSON.parse": (file) => JSON.parse(readFileSync(file, "utf8")),
};

function child(job: string, file: string): void {
  const start = performance.now();
  JOBS[job]!(file);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ seconds: (performance.now() - start) / 1000, megabytes }));
}

type Cost = { readonly seconds: number; readonly megabytes: number };

const own = (job: string, file: string): Cost =>
  JSON.parse(execFileSync(process.execPath, ["--require", "tsx/cjs", __filename, job, file]).toString()) as Cost;

/** GNU time says what another program took at most; without it only the time is known. */
function jq(file: string): Cost | undefined {
  const start = performance.now();
  const run = spawnSync("/usr/bin/time", [
    "-f",
    "%M",
    "jq",
    '[.resource_changes[] | select(.change.actions != ["no-op"]) | .address] | length',
    file,
  ]);
  const seconds = (performance.now() - start) / 1000;
  if (run.error === undefined) return { seconds, megabytes: Number(run.stderr.toString()) / 1024 };
  const again = performance.now();
  const bare = spawnSync("jq", [
    '[.resource_changes[] | select(.change.actions != ["no-op"]) | .address] | length',
    file,
  ]);
  return bare.error === undefined ? { seconds: (performance.now() - again) / 1000, megabytes: Number.NaN } : undefined;
}

function median(run: () => Cost | undefined): string {
  const costs = Array.from({ length: RUNS }, run).filter((cost) => cost !== undefined);
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  if (costs.length === 0) return "not installed";
  const megabytes = middle(costs.map((cost) => cost.megabytes));
  return `${middle(costs.map(({ seconds }) => seconds)).toFixed(2)} s${Number.isNaN(megabytes) ? "" : `, ${megabytes.toFixed(0)} MB`}`;
}

function main(): void {
  const folder = scratchFolder("fleet-review-bench");
  try {
    for (const count of SIZES) {
      const file = join(folder, `${count}.json`);
      writePlan(file, count);
      const megabytes = (statSync(file).size / 1e6).toFixed(0);
      const costs = [
        ...Object.keys(JOBS).map((job) => `${job} ${median(() => own(job, file))}`),
        `jq ${median(() => jq(file))}`,
      ];
      process.stdout.write(`${count.toLocaleString("en-US")} changes, ${megabytes} MB: ${costs.join("; ")}\n`);
      rmSync(file);
    }
  } finally {
    removeScratch(folder);
  }
}

const [job, file] = process.argv.slice(2);
if (job !== undefined && file !== undefined) child(job, file);
else main();
