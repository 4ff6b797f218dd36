/**
 * `npm run bench`: how long the project's main jobs take on this machine, and with `--traffic` what clients see while every
 * strategy takes its steps, or with `--drills` while something fails. It measures; nothing here is asserted.
 */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { violations } from "../constructs/contract/plan-contract";
import { InvalidInputError } from "../constructs/contract/problem";
import type { Environment, FleetSpec } from "../constructs/contract/spec";
import { resolveFleet } from "../constructs/contract/validate";
import { startLocalCloud } from "../local-cloud/server";
import { removeScratch, scratchFolder } from "../system/scratch";
import { drillBench } from "./bench/drills";
import { trafficBench, type TrafficBenchOptions } from "./bench/traffic";
import { declared } from "./declared";
import { DemoProject } from "./demo/project";
import { foundationStacks, serviceStacks } from "./demo/story";
import { oneOfEach } from "./one-of-each";
import { PROJECT } from "./project-copy";
import { table } from "./table";

const RUNS = 3;
const exec = promisify(execFile);
const npx = (...args: string[]) => exec("npx", ["--no-install", ...args], { cwd: PROJECT, maxBuffer: 1 << 28 });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const spread = (values: readonly number[], unit: string, digits: number) => {
  const sorted = [...values].sort((a, b) => a - b);
  const show = (value = 0) => value.toFixed(digits);
  return `${show(sorted[Math.floor(sorted.length / 2)])} ${unit} (${show(sorted[0])} to ${show(sorted.at(-1))})`;
};

async function synth(count: number): Promise<string[]> {
  const results: { seconds: number; megabytes: number }[] = [];
  for (let run = 0; run < RUNS; run++)
    results.push(JSON.parse((await npx("tsx", "cli/bench/synth-child.ts", String(count))).stdout));
  const label = count === 0 ? "importing the modules only" : `synth, ${count} service stack${count === 1 ? "" : "s"}`;
  return [
    label,
    `${spread(
      results.map(({ seconds }) => seconds),
      "s",
      2,
    )}, ${spread(
      results.map(({ megabytes }) => megabytes),
      "MB",
      0,
    )}`,
  ];
}

/** From the edited release file to the verdict on the plans of all service stacks. */
async function bumpToVerdict(environment: Environment): Promise<string[]> {
  const stacks = serviceStacks(environment);
  const project = new DemoProject();
  const cloud = await startLocalCloud({ dir: project.cloudFolder });
  try {
    project.attach(cloud.env);
    const release = (index: 0 | 1) =>
      stacks.forEach(({ service, versions }) => project.release(environment.name, service.name, versions[index]));
    release(0);
    await project.cdktf("deploy", ...foundationStacks(environment), "--auto-approve");
    await project.cdktf("deploy", ...stacks.map(({ stack }) => stack), "--auto-approve");
    release(1);
    const seconds: number[] = [];
    for (let run = 0; run < RUNS; run++)
      seconds.push(
        await timed(async () => {
          await project.cdktf("synth");
          const broken = await Promise.all(
            stacks.map(async ({ stack, cloud: of }) => violations(of, "bump", await project.plan(stack))),
          );
          if (broken.flat().length > 0) throw new Error(`A contract was broken: ${JSON.stringify(broken.flat())}`);
        }),
      );
    return [`bump to verdict, ${stacks.length} stacks`, spread(seconds, "s", 2)];
  } finally {
    await cloud.close();
    project.remove();
  }
}

async function offlinePlan(count: number): Promise<string[]> {
  const folder = scratchFolder("immutable-fleet-bench");
  const cloud = await startLocalCloud({ dir: join(folder, "cloud") });
  try {
    const resource = {
      aws_ssm_parameter: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`p${index}`, { name: `/p/${index}`, type: "String", value: "v" }]),
      ),
    };
    const at = join(folder, "configuration");
    mkdirSync(at);
    writeFileSync(join(at, "main.tf.json"), JSON.stringify({ provider: { aws: { region: "us-east-1" } }, resource }));
    const terraform = (...args: string[]) =>
      exec("terraform", [`-chdir=${at}`, ...args], { env: { ...process.env, ...cloud.env }, maxBuffer: 1 << 28 });
    await terraform("init", "-input=false");
    const seconds: number[] = [];
    for (let run = 0; run < RUNS; run++) seconds.push(await timed(() => terraform("plan", "-input=false")));
    return [`terraform plan, ${count} new resources`, spread(seconds, "s", 2)];
  } finally {
    await cloud.close();
    removeScratch(folder);
  }
}

const USAGE = `usage: npm run bench [-- --traffic [--requests NUMBER] [--rate NUMBER] [--speed NUMBER]]
       npm run bench -- --drills [--rate NUMBER] [--speed NUMBER]

  --drills    what clients see while something fails: a machine, a zone, an image, an apply that is killed, twice the load
  --traffic   every strategy on every cloud under load, shares of a canary, and steps with one protection taken away
  --requests  walk again until so many were sent; once, unless given
  --rate      requests each second through each entry; 60 unless given
  --speed     how many times faster than a cloud's; 20 unless given`;

/** @returns undefined where time is measured and not traffic */
function trafficOptions(
  args: readonly string[],
): (Omit<TrafficBenchOptions, "fleet" | "say"> & { readonly drills: boolean }) | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = { traffic: flag, drills: flag, requests: text, rate: text, speed: text } as const;
  const { values } = parseArgs({ args: [...args], options });
  const number = (name: "requests" | "rate" | "speed", otherwise: number, least: number, most: number) => {
    const value = Number(values[name] ?? otherwise);
    if (value >= least && value <= most) return value;
    throw new UsageError(`--${name} is ${values[name]}, it takes a number from ${least} to ${most}`);
  };
  const found = {
    requests: number("requests", 1, 1, 100_000_000),
    rate: number("rate", 60, 1, 5000),
    speed: number("speed", 20, 1, 200),
    drills: values.drills === true,
  };
  if (values.traffic && values.drills) throw new UsageError("--drills and --traffic are two runs");
  if (values.drills && values.requests !== undefined) throw new UsageError("--requests goes with --traffic");
  if (values.traffic || values.drills) return found;
  const alone = (["requests", "rate", "speed"] as const).find((name) => values[name] !== undefined);
  if (alone !== undefined)
    throw new UsageError(`--${alone} goes with --traffic${alone === "requests" ? "" : " or --drills"}`);
  return undefined;
}

class UsageError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const traffic = trafficOptions(args);
  if (traffic) {
    const options = { ...traffic, fleet: declared() as FleetSpec, say: console.log };
    return traffic.drills ? drillBench(options) : trafficBench(options);
  }
  const environment = oneOfEach(resolveFleet(declared()));
  const rows: string[][] = [];
  const jobs = [
    () => synth(0),
    () => synth(1),
    () => synth(300),
    () => bumpToVerdict(environment),
    () => offlinePlan(10),
    () => offlinePlan(300),
  ];
  for (const job of jobs) rows.push(await job());
  rows.push(["demo", `${(await timed(() => npx("tsx", "cli/demo.ts"))).toFixed(0)} s`]);
  console.log(table(["job", `median of ${RUNS} (least to most)`], rows));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const wrong = error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  if (!(error instanceof InvalidInputError) && !wrong) throw error;
  console.error(wrong ? `${(error as Error).message}\n\n${USAGE}` : (error as Error).message);
  process.exitCode = 1;
});
