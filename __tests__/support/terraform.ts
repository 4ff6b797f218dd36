import { execFile } from "node:child_process";
import { join } from "node:path";
import { PROJECT } from "../../cli/project-copy";
import type { Plan } from "../../constructs/contract/plan";

/** What `npx cdktf` runs, without the time that npx takes. */
export const CDKTF = join(PROJECT, "node_modules/.bin/cdktf");

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams without colours and box-drawing, on one line each. */
  readonly text: string;
}

/** Runs a command without blocking: the local cloud answers in this very process. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, FLEET_DRAIN_SEC: "0", ...options.env };
    execFile(command, [...args], { cwd: options.cwd, env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const text = `${stdout}\n${stderr}`
        .replace(/\u001b\[[0-9;]*m/g, "")
        .replace(/[│╷╵]/g, "")
        .replace(/\s+/g, " ");
      resolve({ code: error ? Number((error as { code?: number }).code ?? 1) : 0, stdout, stderr, text });
    });
  });
}

const failure = (args: readonly string[], { code, stdout, stderr }: Outcome) =>
  new Error(`terraform ${args.join(" ")} exited ${code}:\n${stdout}${stderr}`);

/** Terraform in one stack's folder. */
export class Terraform {
  readonly folder: string;
  private readonly env: Readonly<Record<string, string>>;

  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.env = env;
  }

  attempt(...args: readonly string[]): Promise<Outcome> {
    return run("terraform", args, { cwd: this.folder, env: this.env });
  }

  /** @throws when terraform fails, with all that it said. */
  async run(...args: readonly string[]): Promise<string> {
    const outcome = await this.attempt(...args);
    if (outcome.code !== 0) throw failure(args, outcome);
    return outcome.stdout;
  }

  init = () => this.run("init", "-input=false", "-no-color");

  async plan(...args: readonly string[]): Promise<Plan> {
    await this.run("plan", "-input=false", "-no-color", "-out=test.plan", ...args);
    return this.shown();
  }

  /** What a plan would change. A plan that changes nothing is not read: its exit code says so. */
  async planIfAny(...args: readonly string[]): Promise<Plan> {
    const outcome = await this.attempt(
      "plan",
      "-input=false",
      "-no-color",
      "-out=test.plan",
      "-detailed-exitcode",
      ...args,
    );
    if (outcome.code === 0) return {};
    if (outcome.code !== 2) throw failure(["plan", ...args], outcome);
    return this.shown();
  }

  private async shown(): Promise<Plan> {
    return JSON.parse(await this.run("show", "-json", "test.plan")) as Plan;
  }

  /** Applies the plan made last. */
  applyPlan = () => this.run("apply", "-input=false", "-no-color", "test.plan");

  apply = () => this.attempt("apply", "-input=false", "-no-color", "-auto-approve");
}
