/** The copy of the project that the demo plays in, and the real tools that it runs there. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../../constructs/contract/plan";
import type { Release } from "../../constructs/contract/release";
import { RELEASE_FILE } from "../../constructs/contract/names";
import { removeScratch, scratchFolder } from "../../system/scratch";
import { copyProject } from "../project-copy";

export class CommandFailed extends Error {
  readonly output: string;
  constructor(command: string, code: number | null, output: string) {
    super(`${command} exited ${code}`);
    this.name = "CommandFailed";
    this.output = output;
  }
}

export class DemoProject {
  private readonly root = scratchFolder("immutable-fleet-demo");
  readonly folder = join(this.root, "project");
  /** Where the local cloud keeps its objects. */
  readonly cloudFolder = join(this.root, "cloud");
  private env: NodeJS.ProcessEnv = process.env;

  constructor() {
    copyProject(this.folder);
  }

  /** Environment of everything that runs from here on. */
  attach(env: Readonly<Record<string, string>>): void {
    this.env = { ...process.env, ...env };
  }

  remove(): void {
    removeScratch(this.root);
  }

  release(environment: string, service: string, version: string): void {
    mkdirSync(join(this.folder, "releases", environment), { recursive: true });
    writeFileSync(
      join(this.folder, "releases", environment, `${service}.json`),
      `${JSON.stringify({ slots: { live: { version } } }, null, 2)}\n`,
    );
  }

  configuration(stack: string): string {
    return readFileSync(join(this.folder, "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8");
  }

  /** The image id that a synthesized stack releases. */
  releasedImage(stack: string): string {
    const file = join(this.folder, "cdktf.out/stacks", stack, RELEASE_FILE);
    return (JSON.parse(readFileSync(file, "utf8")) as { release: Release }).release.image_id;
  }

  cdktf(...args: readonly string[]): Promise<string> {
    return this.run(join(this.folder, "node_modules/.bin/cdktf"), args);
  }

  /** The plan of a synthesized stack, as terraform itself makes it. */
  async plan(stack: string): Promise<Plan> {
    const at = `-chdir=${join("cdktf.out/stacks", stack)}`;
    await this.run("terraform", [at, "plan", "-input=false", "-no-color", "-out=demo.plan"]);
    return JSON.parse(await this.run("terraform", [at, "show", "-json", "demo.plan"])) as Plan;
  }

  private run(command: string, args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd: this.folder, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
      const output: Buffer[] = [];
      const wrong: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => wrong.push(chunk));
      child.on("error", reject);
      child.on("close", (code) => {
        const text = Buffer.concat(output).toString();
        if (code === 0) resolve(text);
        else reject(new CommandFailed(`${command} ${args.join(" ")}`, code, text + Buffer.concat(wrong).toString()));
      });
    });
  }
}
