/** Runs the terraform of the user in the folder of a synthesized stack: to look, and on the local cloud to try things. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clean } from "../review/text";

/** Terraform ended with an error; the message holds what it said, made harmless. */
export class TerraformFailed extends Error {}

const MOST_LINES = 20;
const INSTALL = "install it from https://developer.hashicorp.com/terraform/install and put it on PATH";

/** The end of what terraform complained about, without colours and box-drawing. */
function complaint(stderr: string): string {
  const lines = stderr
    .replace(/\u001b\[[0-9;]*m/g, "")
    .split("\n")
    .map((line) => line.replace(/^[│╷╵]\s?/, "").trimEnd())
    .filter((line) => line !== "");
  return lines.slice(0, MOST_LINES).map((line) => `  ${clean(line)}`).join("\n"); // prettier-ignore
}

/** Terraform in one folder. Files that it makes may hold secrets: they live in a folder of the user's alone, until `close`. */
export class StackTerraform {
  private readonly folder: string;
  private readonly env: NodeJS.ProcessEnv;
  private readonly scratch = mkdtempSync(join(tmpdir(), "fleet-"));

  constructor(folder: string, env: NodeJS.ProcessEnv = process.env) {
    this.folder = folder;
    this.env = { ...env, TF_IN_AUTOMATION: "1" };
  }

  close(): void {
    rmSync(this.scratch, { recursive: true, force: true });
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

  /** The JSON of the state, as a file. @throws TerraformFailed */
  async state(): Promise<string> {
    return this.initialized(() => this.show());
  }

  /** Whether Terraform ever made anything here. @throws TerraformFailed */
  async hasState(): Promise<boolean> {
    const { values } = JSON.parse(readFileSync(await this.state(), "utf8")) as { values?: unknown };
    return values !== undefined;
  }

  /** For the local cloud: whoever looks at a real one applies nothing. @throws TerraformFailed */
  async apply(): Promise<void> {
    await this.initialized(() => this.run(["apply", "-input=false", "-no-color", "-auto-approve"]));
  }

  private async show(...which: readonly string[]): Promise<string> {
    const file = this.file("shown.json");
    await this.run(["show", "-no-color", "-json", ...which], file);
    return file;
  }

  private init = () => this.run(["init", "-input=false", "-no-color"]);

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

  private run(args: readonly string[], output?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const out = output === undefined ? "ignore" : openSync(output, "w", 0o600);
      const child = spawn("terraform", [...args], { cwd: this.folder, env: this.env, stdio: ["ignore", out, "pipe"] });
      const wrong: Buffer[] = [];
      child.stderr!.on("data", (chunk: Buffer) => wrong.push(chunk));
      const done = () => void (typeof out === "number" && closeSync(out));
      child.on("error", (error: NodeJS.ErrnoException) => {
        done();
        const reason = error.code === "ENOENT" ? `terraform is not on PATH; ${INSTALL}` : error.message;
        reject(new TerraformFailed(reason));
      });
      child.on("close", (code) => {
        done();
        if (code === 0) resolve();
        else
          reject(
            new TerraformFailed(
              `terraform ${args[0]} exited ${code} in ${this.folder}:\n${complaint(Buffer.concat(wrong).toString())}`,
            ),
          );
      });
    });
  }
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
