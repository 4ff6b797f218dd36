import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create } from "tar";
import { type Hcp, type HcpOptions, startHcp } from "../../local-hcp/server";
import { type LocalCloud, startLocalCloud } from "../../local-cloud/server";
import { type Outcome, run } from "../support/terraform";

export const ORGANIZATION = "acme";

/** One object of the API, loosely. */
export interface Doc {
  readonly id: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>> & { readonly status: string };
  readonly relationships: Readonly<Record<string, { data: { id: string } & { id: string }[] }>>;
}

export interface Answer {
  readonly status: number;
  readonly data: Doc;
  readonly list: readonly Doc[];
  readonly included: readonly Doc[];
  readonly errors: readonly { readonly status: string; readonly title: string; readonly detail?: string }[];
  readonly text: string;
  readonly headers: Headers;
}

type Files = Readonly<Record<string, string>>;

/** A local cloud with a stand-in, and a client that adds nothing of its own. */
export class Bench {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "hcp-test-")));
  cloud!: LocalCloud;
  hcp!: Hcp;

  async start(options: Partial<HcpOptions> = {}): Promise<void> {
    const dir = join(this.folder, "cloud");
    this.cloud = await startLocalCloud({ dir, bootMs: 5 });
    this.hcp = await startHcp({ dir, ...options, env: { ...this.cloud.env, FLEET_DRAIN_SEC: "0", ...options.env } });
  }

  async stop(): Promise<void> {
    await this.hcp.close();
    await this.cloud.close();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get env(): Record<string, string> {
    return { ...this.cloud.env, ...this.hcp.env, TF_CLI_ARGS: "-no-color" };
  }

  /** Terraform in a folder whose configuration has a cloud block for the workspace. */
  terraform(folder: string, ...args: readonly string[]): Promise<Outcome> {
    return run("terraform", args, { cwd: join(this.folder, folder), env: this.env });
  }

  /** Writes files into a folder. */
  write(folder: string, files: Files): string {
    for (const [name, text] of Object.entries(files)) {
      const file = join(this.folder, folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return join(this.folder, folder);
  }

  async api(method: string, path: string, body?: unknown, token = this.hcp.tokens.owner): Promise<Answer> {
    const response = await fetch(path.startsWith("http") ? path : `${this.hcp.address}/api/v2${path}`, {
      method,
      redirect: "manual",
      headers: { ...(token && { Authorization: `Bearer ${token}` }), "Content-Type": "application/vnd.api+json" },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (/^[{[]/.test(text) ? JSON.parse(text) : {}) as Record<string, never>;
    const { data, included = [], errors = [] } = json as unknown as Answer;
    const list = (Array.isArray(data) ? data : []) as Doc[];
    return { status: response.status, data, list, included, errors, text, headers: response.headers };
  }

  async workspace(name: string, attributes: object = {}): Promise<string> {
    const body = { data: { type: "workspaces", attributes: { name, ...attributes } } };
    return (await this.api("POST", `/organizations/${ORGANIZATION}/workspaces`, body)).data.id;
  }

  /** Uploads files as a new configuration version; returns its id. */
  async upload(workspace: string, files: Files, attributes: object = {}): Promise<string> {
    const body = { data: { type: "configuration-versions", attributes: { "auto-queue-runs": false, ...attributes } } };
    const { data } = await this.api("POST", `/workspaces/${workspace}/configuration-versions`, body);
    await this.send(String(data.attributes["upload-url"]), files);
    return data.id;
  }

  async send(url: string, files: Files): Promise<number> {
    const cwd = this.write(`upload-${Math.random()}`, files);
    const file = `${cwd}.tar.gz`;
    await create({ gzip: true, cwd, file, portable: true }, ["."]);
    return (await fetch(url, { method: "PUT", body: readFileSync(file) })).status;
  }

  /** Creates a run; by default it waits until it rests. */
  async run(workspace: string, version: string | undefined, attributes: object = {}, until?: string): Promise<Doc> {
    const { data } = await this.create(workspace, version, attributes);
    return this.until(data.id, until ?? RESTING);
  }

  create(workspace: string, version: string | undefined, attributes: object = {}, token?: string): Promise<Answer> {
    const relationships = {
      workspace: { data: { type: "workspaces", id: workspace } },
      ...(version && { "configuration-version": { data: { type: "configuration-versions", id: version } } }),
    };
    return this.api("POST", "/runs", { data: { type: "runs", attributes, relationships } }, token);
  }

  async status(run: string): Promise<string> {
    return (await this.api("GET", `/runs/${run}`)).data.attributes.status;
  }

  async until(id: string, status: string | RegExp): Promise<Doc> {
    for (let i = 0; i < 600; i++) {
      const { data } = await this.api("GET", `/runs/${id}`);
      const now = data.attributes.status;
      if (typeof status === "string" ? status === now : status.test(now)) return data;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`run ${id} does not get ${String(status)}; its log:\n${await this.log(id, "plan")}`);
  }

  /** The whole log of a run's plan or apply. */
  async log(id: string, phase: "plan" | "apply"): Promise<string> {
    const { included } = await this.api("GET", `/runs/${id}?include=plan,apply`);
    const found = included.find(({ type }) => type === (phase === "plan" ? "plans" : "applies"))!;
    return (await this.api("GET", String(found.attributes["log-read-url"]), undefined, "")).text;
  }
}

const RESTING =
  /^(planned|post_plan_completed|policy_checked|policy_override|policy_soft_failed|planned_and_saved|planned_and_finished|applied|errored|canceled|force_canceled|discarded)$/;

/** A configuration that needs no cloud: one object with a value, and the value as an output. */
export const VALUE: Files = {
  "main.tf.json": JSON.stringify({
    variable: { value: { type: "string", default: "default" } },
    resource: { terraform_data: { thing: { input: "${var.value}" } } },
    output: { value: { value: "${terraform_data.thing.output}" }, secret: { value: "s3cret", sensitive: true } },
  }),
};

export const withValue = (value: string): Files => ({
  ...VALUE,
  "release.auto.tfvars.json": JSON.stringify({ value }),
});
