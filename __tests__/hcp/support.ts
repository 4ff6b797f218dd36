import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hcp } from "../../cli/hcp";
import { PROJECT } from "../../cli/project-copy";
import { startHcp, type Hcp, type HcpOptions, type Role } from "../../local-hcp/server";
import { startLocalCloud, type LocalCloud } from "../../local-cloud/server";
import { run, type Outcome } from "../support/terraform";

export const ORGANIZATION = "example";
export const BACKEND = { kind: "hcp", organization: ORGANIZATION } as const;

export interface RunDoc {
  readonly id: string;
  readonly attributes: { readonly status: string; readonly message: string };
}

/** A local cloud and a local HCP Terraform, and `npx fleet hcp` between them and what is synthesized in a folder. */
export class Lab {
  readonly folder: string;
  /** The project's folder, where commands run. */
  readonly project: string;
  /** Where commands put what they need for a moment. */
  readonly temporary: string;
  cloud!: LocalCloud;
  hcp!: Hcp;
  /** All that was printed, to be searched for what must not be. */
  readonly printed: string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.project = join(folder, "project");
    this.temporary = join(folder, "tmp");
    for (const made of [this.project, this.temporary]) mkdirSync(made, { recursive: true });
  }

  /** @param folder of an earlier lab to go on from */
  static async start(folder: string, options: Partial<HcpOptions> = {}): Promise<Lab> {
    const lab = new Lab(folder);
    lab.cloud = await startLocalCloud({ dir: folder, bootMs: 10 });
    lab.hcp = await startHcp({
      dir: folder,
      env: { ...lab.cloud.env, FLEET_DRAIN_SEC: "0" },
      slowUploadMs: 600,
      ...options,
    });
    return lab;
  }

  async stop(): Promise<void> {
    await this.hcp.close();
    await this.cloud.close();
  }

  /** The folder that cdktf writes to. */
  get out(): string {
    return join(this.project, "cdktf.out");
  }

  stack(name: string): string {
    return join(this.out, "stacks", name);
  }

  env(role: Role = "owner"): Record<string, string> {
    const token = this.hcp.tokens[role];
    return { ...this.hcp.env, TFE_TOKEN: token, TF_TOKEN_app_terraform_io: token, TMPDIR: this.temporary };
  }

  private line(args: readonly string[]): string[] {
    const ofStacks = args[0] === "run-task" ? [] : ["--skip-synth"];
    return [join(PROJECT, "cli/fleet.cjs"), "hcp", ...args, ...ofStacks];
  }

  /** `npx fleet hcp …` in the project's folder, on what is synthesized there. */
  spawned = async (args: readonly string[], env: Record<string, string> = this.env()): Promise<Outcome> => {
    const outcome = await run(process.execPath, this.line(args), { cwd: this.project, env });
    this.printed.push(outcome.stdout, outcome.stderr);
    return outcome;
  };

  /** The same command within this process, which spares the start of another. One at a time. */
  fleet = async (args: readonly string[], env: Record<string, string> = this.env()): Promise<Outcome> => {
    const said: Record<"log" | "error", string[]> = { log: [], error: [] };
    const hear = (to: string[]) => (text: unknown) => void to.push(`${String(text)}\n`);
    const spies = [
      jest.spyOn(console, "log").mockImplementation(hear(said.log)),
      jest.spyOn(console, "error").mockImplementation(hear(said.error)),
    ];
    const before = process.env;
    process.env = { ...before, ...env };
    try {
      const code = await hcp.run([...args, "--skip-synth", "--stacks", this.out]);
      const [stdout, stderr] = [said.log.join(""), said.error.join("")];
      this.printed.push(stdout, stderr);
      return { code, stdout, stderr, text: `${stdout}\n${stderr}` };
    } finally {
      process.env = before;
      for (const spy of spies) spy.mockRestore();
    }
  };

  /** What `--json` prints. */
  async json<T>(args: readonly string[], role?: Role): Promise<T> {
    const { stdout, stderr } = await this.fleet([...args, "--json"], this.env(role));
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as T;
  }

  /** @throws Error with all that was said, when the exit code is not 0 */
  async succeeds(args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await this.spawned(args);
    if (code !== 0) throw new Error(`fleet hcp ${args.join(" ")} exited ${code}:\n${stdout}${stderr}`);
  }

  /** Starts a command, and sends it a signal once it has printed `after`. */
  begin(args: readonly string[], after?: string, signal: NodeJS.Signals = "SIGINT") {
    const child = spawn(process.execPath, this.line(args), {
      cwd: this.project,
      env: { ...process.env, ...this.env() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    let told = false;
    const waiting = new Set<() => void>();
    const hear = (data: Buffer) => {
      text += String(data);
      this.printed.push(String(data));
      if (after !== undefined && !told && text.includes(after)) {
        told = true;
        child.kill(signal);
      }
      for (const look of waiting) look();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const ended = new Promise<{ code: number | null; text: string }>((done) =>
      child.on("close", (code) => done({ code, text })),
    );
    return {
      ended,
      kill: (how: NodeJS.Signals) => child.kill(how),
      /** The first match in what it printed. */
      said: (form: RegExp) =>
        new Promise<RegExpExecArray>((done) => {
          const look = () => {
            const found = form.exec(text);
            if (found) done(found);
          };
          waiting.add(look);
          look();
        }),
    };
  }

  /** Asks the stand-in something as its owner. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.hcp.address}/api/v2${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.hcp.tokens.owner}`, "Content-Type": "application/vnd.api+json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === "" ? {} : JSON.parse(text)) as T;
  }

  async workspaceId(name: string): Promise<string> {
    const { data } = await this.api<{ data: { id: string } }>(
      "GET",
      `/organizations/${ORGANIZATION}/workspaces/${name}`,
    );
    return data.id;
  }

  /** Newest first. */
  async runs(workspace: string): Promise<readonly RunDoc[]> {
    return (await this.api<{ data: RunDoc[] }>("GET", `/workspaces/${await this.workspaceId(workspace)}/runs`)).data;
  }

  async makeWorkspace(name: string, attributes: object = {}): Promise<void> {
    const document = { data: { type: "workspaces", attributes: { name, ...attributes } } };
    await this.api("POST", `/organizations/${ORGANIZATION}/workspaces`, document);
  }

  async run(id: string): Promise<RunDoc> {
    return (await this.api<{ data: RunDoc }>("GET", `/runs/${id}`)).data;
  }

  /** @throws Error when the run ends otherwise */
  async until(id: string, status: string): Promise<void> {
    for (let looks = 0; looks < 1200; looks++) {
      const now = (await this.run(id)).attributes.status;
      if (now === status) return;
      if (["errored", "canceled", "discarded"].includes(now)) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${id} never got ${status}`);
  }

  /** Files below the lab's folder that hold one of the tokens, without those that the stand-in keeps its tokens in. */
  filesWithToken(): string[] {
    const own = [/(^|\/)hcp\/secrets\.json$/, /terraform\.rc$/];
    return readdirSync(this.folder, { recursive: true, encoding: "utf8" })
      .filter((path) => !own.some((form) => form.test(path)) && statSync(join(this.folder, path)).isFile())
      .filter((path) => this.holdsToken(readFileSync(join(this.folder, path), "latin1")));
  }

  holdsToken(text: string): boolean {
    return Object.values(this.hcp.tokens).some((token) => text.includes(token));
  }
}

/** A synth of stacks that need no cloud, by name: the version that each runs. */
export function writeTinyStacks(out: string, versions: Readonly<Record<string, string>>): void {
  rmSync(out, { recursive: true, force: true });
  const stacks: Record<string, unknown> = {};
  for (const [name, version] of Object.entries(versions)) {
    stacks[name] = { name, workingDirectory: `stacks/${name}`, dependencies: [] };
    mkdirSync(join(out, "stacks", name), { recursive: true });
    writeFileSync(join(out, "stacks", name, "cdk.tf.json"), JSON.stringify(tinyStack(name)));
    writeFileSync(join(out, "stacks", name, "release.auto.tfvars.json"), JSON.stringify({ release: { version } }));
  }
  writeFileSync(join(out, "manifest.json"), JSON.stringify({ version: "0.21.0", stacks }));
}

const tinyStack = (name: string) => ({
  "//": { metadata: { stackName: name } },
  terraform: {
    required_providers: { google: { source: "hashicorp/google", version: "6.50.0" } },
    cloud: { organization: ORGANIZATION, workspaces: { name } },
  },
  provider: { google: { project: "example-prod", region: "us-central1" } },
  variable: { release: { type: "object({ version = string })" } },
  // Names that the constructs give, so that the review takes it for one of theirs, and a cloud whose contract has both.
  resource: {
    google_service_account: { identity_account: { account_id: name } },
    terraform_data: { live_drain: { input: "${var.release.version}", lifecycle: { create_before_destroy: true } } },
  },
});
