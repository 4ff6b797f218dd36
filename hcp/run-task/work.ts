/** Does one run task: fetches the plan, reviews it, and reports. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RELEASE_FILE } from "../../constructs/contract/names";
import type { Review } from "../../review/model";
import { readConfiguration } from "../../review/read/configuration";
import { readPlan } from "../../review/read/plan";
import type { Input } from "../../review/review";
import { removeScratch, scratchFolder } from "../../system/scratch";
import { Api, type About } from "../api";
import { filesIn } from "../archive";
import { pageOf, type Host } from "../host";
import { anything } from "../model";
import { overriddenPaths, plannedVariables } from "../overrides";
import { reasonOf } from "../error";
import { RIGHTS } from "../rights";
import { readVariables } from "../stacks";
import type { Wire } from "../wire";
import { document, reported } from "./report";
import type { Task } from "./request";

export interface WorkOptions {
  readonly host: Host;
  readonly wire: Wire;
  readonly review: (input: Input) => Review;
  /** Folder with one folder per workspace that holds its cdk.tf.json. @default - the run's own configuration */
  readonly configs?: string;
  readonly log: (line: string) => void;
}

/** Never throws: what goes wrong is reported as a failure, or logged where even that cannot be. */
export async function work(task: Task, { host, wire, review, configs, log }: WorkOptions): Promise<void> {
  const api = new Api({ host, wire, token: { value: task.token, from: "the run task's request" } });
  const about: About = { right: RIGHTS.json, what: `run ${task.run}`, settings: pageOf(host, "", task.workspace) };
  const report = (body: unknown) => api.send("PATCH", task.callback, body, anything, about, true);
  const folder = scratchFolder("fleet-task");
  try {
    if (task.plan === undefined) {
      await report(document("failed", `this task reviews plans: attach it to the stage post-plan, not ${task.stage}`));
      return log(`${task.run}: no plan at stage ${task.stage}`);
    }
    await report(document("running", "reviewing the plan"));
    const file = join(folder, "plan.json");
    if (!(await api.download(task.plan, file)))
      throw new Error("the plan cannot be read with the token of the request");
    const at = configs === undefined ? await unpacked(api, task, folder) : join(configs, task.workspace);
    const { input, problems, unchecked } = inputOf(task, file, at);
    const found = review(input);
    await report(reported(found, problems, unchecked));
    log(`${task.run}: ${task.workspace}: ${[found.result, ...problems].join("; ")}`);
  } catch (error) {
    log(`${task.run}: failed: ${reasonOf(error)}`);
    await report(document("failed", `the review failed: ${reasonOf(error)}`)).catch((again: unknown) =>
      log(`${task.run}: not reported: ${reasonOf(again)}`),
    );
  } finally {
    removeScratch(folder);
  }
}

/** The run's own configuration; undefined when the token may not read it. */
async function unpacked(api: Api, task: Task, folder: string): Promise<string | undefined> {
  const file = join(folder, "configuration.tar.gz");
  const at = join(folder, "configuration");
  if (task.configuration === undefined || !(await api.download(task.configuration, file))) return undefined;
  for (const { path, bytes } of filesIn(readFileSync(file), task.folder)) {
    if (path.startsWith("assets/")) continue;
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), bytes);
  }
  return at;
}

interface Found {
  readonly input: Input;
  readonly problems: readonly string[];
  readonly unchecked: readonly string[];
}

function inputOf({ workspace }: Task, plan: string, at: string | undefined): Found {
  // Without a configuration the review knows a stack by its file's name.
  const facts = { ...readPlan(plan), file: workspace };
  const configuration = at && join(at, "cdk.tf.json");
  if (!configuration || !existsSync(configuration))
    return { input: { facts }, problems: [], unchecked: ["what only cdk.tf.json says: it cannot be read here"] };
  const planned = plannedVariables(plan);
  const paths = planned ? overriddenPaths(readVariables(at), planned) : [];
  return {
    input: { facts, configuration: readConfiguration(configuration) },
    problems:
      paths.length > 0
        ? [`A variable in HCP Terraform wins over ${RELEASE_FILE} (${paths.join(", ")}): delete it there.`]
        : [],
    unchecked: [],
  };
}
