/** A user's command that judges a new release. */
import { spawn } from "node:child_process";
import { cannotRun } from "../images/spawn-error";
import type { Analysis } from "../constructs/contract/rollout-spec";
import type { AnalysisRun, OpenRollout } from "./record";
import { stepAt } from "./record";
import { weightOf } from "./rollout";

/** Runs a command; resolves to its exit code, or to why it has none. */
export type RunCommand = (
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  timeoutSec: number,
) => Promise<number | string>;

export type Verdict = AnalysisRun["result"];

const RESULTS: Readonly<Record<number, Verdict>> = { 0: "passed", 1: "failed", 2: "inconclusive" };

/** What the command finds in its environment. */
export function analysisEnvironment(environment: string, service: string, open: OpenRollout): Record<string, string> {
  const { id, change } = stepAt(open);
  return {
    FLEET_ENV: environment,
    FLEET_SERVICE: service,
    FLEET_VERSION: open.to.version,
    FLEET_SLOT: open.to.slot,
    FLEET_WEIGHT: String(weightOf(change, open.to.slot)),
    FLEET_STEP: id,
  };
}

/** Runs it as often as wanted, or until a limit is passed. */
export async function analyse(
  { run, count, everySec, timeoutSec, failureLimit, inconclusiveLimit }: Analysis,
  environment: Readonly<Record<string, string>>,
  { command, sleep }: { readonly command: RunCommand; sleep(milliseconds: number): Promise<void> },
): Promise<{ readonly result: Verdict; readonly runs: readonly AnalysisRun[] }> {
  const limits: readonly [Verdict, number][] = [
    ["failed", failureLimit],
    ["inconclusive", inconclusiveLimit],
  ];
  const runs: AnalysisRun[] = [];
  while (runs.length < count) {
    if (runs.length > 0) await sleep(1000 * everySec);
    const exit = await command(run, environment, timeoutSec);
    runs.push({ result: (typeof exit === "number" ? RESULTS[exit] : undefined) ?? "inconclusive", exit });
    const passed = limits.find(([kind, limit]) => runs.filter(({ result }) => result === kind).length > limit);
    if (passed) return { result: passed[0], runs };
  }
  return { result: "passed", runs };
}

/** Runs a command in a folder, without a shell. Its output goes to standard error, so that ours stays readable by programs. */
export const runIn =
  (folder: string): RunCommand =>
  ([program, ...args], environment, timeoutSec) =>
    new Promise((resolve) => {
      const child = spawn(program!, args, {
        cwd: folder,
        env: { ...process.env, ...environment },
        stdio: ["ignore", 2, 2],
        timeout: 1000 * timeoutSec,
        killSignal: "SIGKILL",
      });
      child.on("error", (error) =>
        resolve(cannotRun(program!, error, `give its path from ${folder}, or put it on PATH`)),
      );
      child.on("exit", (code, signal) =>
        resolve(code ?? (signal === "SIGKILL" ? `no end within ${timeoutSec} s` : `ended by ${signal}`)),
      );
    });
