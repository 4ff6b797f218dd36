/** Runs the terraform of the user in the folder of a synthesized stack. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { jsonIn, parseJson, reasonOf } from "../constructs/contract/json-text";
import { cannotRun } from "../images/spawn-error";
import { clean } from "../review/text";
import { removeScratch, scratchFolder } from "../system/scratch";

/** Terraform ended with an error; the message holds what it said, made harmless. */
export class TerraformFailed extends Error {}

/** Enough to see what is wrong, where many stacks are looked at. */
const MOST_LINES = 20;
const LONGEST_LINE = 1000;
const INSTALL = "install it from https://developer.hashicorp.com/terraform/install and put it on PATH";

/** Somebody follows what terraform does, and may end it. */
export interface Follower {
  /** Told of every line that terraform says. */
  line(text: string): void;
  /** Told of every terraform that runs. */
  started(child: ChildProcess): void;
}

/** What terraform complained about, without colours and box-drawing. */
function complaint(stderr: string, most: number): string {
  const lines = stderr
    .replace(/\u001b\[[0-9;]*m/g, "")
    .split("\n")
    .map((line) => line.replace(/^[│╷╵]\s?/, "").trimEnd())
    .filter((line) => line !== "");
  return lines.slice(0, most).map((line) => `  ${clean(line, LONGEST_LINE)}`).join("\n"); // prettier-ignore
}

/**
 * Two that initialize at once can spoil a plugin cache that they share.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
 */
let lastInit: Promise<unknown> = Promise.resolve();
const oneAfterTheOther = (work: () => Promise<unknown>): Promise<unknown> => (lastInit = lastInit.then(work, work));

/** Terraform in one folder. Files that it makes may hold secrets: they live in a folder of the user's alone, until `close`. */
export class StackTerraform {
  private readonly folder: string;
  private readonly env: NodeJS.ProcessEnv;
  private readonly follower: Follower | undefined;
  private readonly scratch = scratchFolder("fleet");

  constructor(folder: string, env: NodeJS.ProcessEnv = process.env, follower?: Follower) {
    this.folder = folder;
    this.env = { ...env, TF_IN_AUTOMATION: "1" };
    this.follower = follower;
  }

  close(): void {
    removeScratch(this.scratch);
  }

  /** A path in that folder. */
  file(name: string): string {
    return join(this.scratch, name);
  }

  /** The JSON of a plan, as a file. @throws TerraformFailed */
  async plan(...flags: readonly string[]): Promise<string> {
    const plan = this.file("plan");
    const args = ["plan", "-input=false", "-no-color", "-lock=false", `-out=${plan}`, ...flags];
    await this.initialized(() => this.run(args));
    return this.show(plan);
  }

  /** A plan to apply, as a file; undefined where there is nothing to change. @throws TerraformFailed */
  async planToApply(...flags: readonly string[]): Promise<string | undefined> {
    const plan = this.file("plan");
    const args = ["plan", "-input=false", "-no-color", "-detailed-exitcode", `-out=${plan}`, ...flags];
    return (await this.initialized(() => this.run(args, { good: [0, 2] }))) === 2 ? plan : undefined;
  }

  /** The JSON of a plan of `planToApply`, as a file. @throws TerraformFailed */
  shown(plan: string): Promise<string> {
    return this.show(plan);
  }

  /** Applies a plan of `planToApply`, and no other. @throws TerraformFailed */
  async applyPlan(plan: string): Promise<void> {
    await this.run(["apply", "-input=false", "-no-color", plan]);
  }

  /** The JSON of the state, as a file. @throws TerraformFailed */
  async state(): Promise<string> {
    return this.initialized(() => this.show());
  }

  /** Whether Terraform ever made anything here. @throws TerraformFailed */
  async hasState(): Promise<boolean> {
    const bytes = readFileSync(await this.state());
    try {
      return (parseJson(jsonIn(bytes)) as { values?: unknown }).values !== undefined;
    } catch (error) {
      throw new TerraformFailed(`terraform show -json printed no JSON in ${this.folder}: ${reasonOf(error)}`);
    }
  }

  /** For the local cloud: whoever looks at a real one applies nothing. @throws TerraformFailed */
  async apply(): Promise<void> {
    await this.initialized(() => this.run(["apply", "-input=false", "-no-color", "-auto-approve"]));
  }

  private async show(...which: readonly string[]): Promise<string> {
    const output = this.file("shown.json");
    await this.run(["show", "-no-color", "-json", ...which], { output });
    return output;
  }

  private init = (): Promise<unknown> => {
    const init = () => this.run(["init", "-input=false", "-no-color"]);
    return this.env.TF_PLUGIN_CACHE_DIR ? oneAfterTheOther(init) : init();
  };

  /** A folder that was never initialized, or for another backend or provider, is initialized now. */
  private async initialized<T>(work: () => Promise<T>): Promise<T> {
    if (!existsSync(join(this.folder, this.env.TF_DATA_DIR || ".terraform"))) await this.init();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TerraformFailed) || !error.message.includes("terraform init")) throw error;
      await this.init();
      return work();
    }
  }

  /** @returns the exit code, one of `good` */
  private run(args: readonly string[], { output, good = [0] }: Running = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      const { follower } = this;
      const out = output === undefined ? (follower ? "pipe" : "ignore") : openSync(output, "w", 0o600);
      const child = spawn("terraform", [...args], {
        cwd: this.folder,
        env: this.env,
        stdio: ["ignore", out, "pipe"],
        // Ctrl-C reaches a whole group of processes, and a second one makes terraform stop at once: whoever follows passes it on.
        detached: follower !== undefined,
      });
      follower?.started(child);
      const wrong: Buffer[] = [];
      child.stderr!.on("data", (chunk: Buffer) => wrong.push(chunk));
      if (follower)
        for (const stream of [child.stdout, child.stderr])
          if (stream) createInterface({ input: stream }).on("line", (line) => follower.line(line));
      const done = () => void (typeof out === "number" && closeSync(out));
      child.on("error", (error) => {
        done();
        reject(new TerraformFailed(cannotRun("terraform", error, INSTALL)));
      });
      child.on("close", (code, signal) => {
        done();
        if (good.includes(code!)) return resolve(code!);
        const said = complaint(Buffer.concat(wrong).toString(), follower ? Number.POSITIVE_INFINITY : MOST_LINES);
        const end = code === null ? `was ended by ${signal}` : `exited ${code}`;
        reject(new TerraformFailed(`terraform ${args[0]} ${end} in ${this.folder}:\n${said}`));
      });
    });
  }
}

interface Running {
  /** File that takes what it prints. */
  readonly output?: string;
  /** Exit codes that are no failure. @default [0] */
  readonly good?: readonly number[];
}

/** The same work for each, a few at a time; results in the order of the items. */
export async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>, atOnce = 4): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
