import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLocalCloud, type LocalCloud } from "../../local-cloud/server";
import { subjectOf } from "../../review/subject";
import { judge, type Context } from "../../review/verdict";
import { openCatalog } from "../../review/images";
import { plain } from "../../review/text";
import { readConfiguration } from "../../review/read/configuration";
import { readPlan } from "../../review/read/plan";
import { newFolder } from "../support/synth";
import { Terraform } from "../support/terraform";

export type Json = Record<string, unknown>;

export const CONTEXT: Context = {
  catalog: openCatalog("images/catalog"),
  now: new Date("2026-11-21T00:00:00Z"),
  expectBump: false,
  others: [],
};

export const OLD = "ami-5aae54eb180ebd2b6";
export const NEW = "ami-aa8cff6d474f28a76";

/** Result, rules that fired by level, and the whole text, of a plan file with its configuration. */
export function judged(file: string, configuration?: string, context: Partial<Context> = {}) {
  const subject = subjectOf(readPlan(file), configuration === undefined ? undefined : readConfiguration(configuration));
  const { result, findings } = judge(subject, { ...CONTEXT, ...context });
  const rules = (...levels: string[]) => findings.filter(({ level }) => levels.includes(level)).map(({ rule }) => rule);
  return {
    subject,
    result,
    findings,
    hard: rules("error", "human"),
    soft: rules("warning", "note"),
    about: (rule: string) => {
      const found = findings.find((each) => each.rule === rule);
      return found && `${found.address ?? "plan"}: ${plain(found.reason)} ${plain(found.todo)}`;
    },
  };
}

/** One folder, one state, one local cloud, the real terraform: a configuration is written, planned, sometimes applied. */
export class Lab {
  private readonly folder = newFolder();
  private cloud!: LocalCloud;
  private terraform!: Terraform;
  private count = 0;

  static async start<L extends Lab>(this: new () => L): Promise<L> {
    const lab = new this();
    lab.cloud = await startLocalCloud({ dir: join(lab.folder, "cloud"), bootMs: 10 });
    return lab;
  }

  async stop(): Promise<void> {
    await this.cloud.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Another stack, empty. */
  async open(name: string, configuration: Json): Promise<void> {
    const at = join(this.folder, name);
    mkdirSync(at);
    this.terraform = new Terraform(at, this.cloud.env);
    this.write(configuration);
    await this.terraform.init();
  }

  get configuration(): string {
    return join(this.terraform.folder, "cdk.tf.json");
  }

  write(configuration: Json): void {
    writeFileSync(this.configuration, JSON.stringify(configuration));
  }

  variables(values: Json): void {
    writeFileSync(join(this.terraform.folder, "release.auto.tfvars.json"), JSON.stringify(values));
  }

  /** Plans, and returns the file that holds the plan's JSON; a plan that terraform fails to finish is a plan too. */
  async plan(...args: readonly string[]): Promise<string> {
    await this.terraform.attempt("plan", "-input=false", "-no-color", "-out=test.plan", ...args);
    const file = join(this.terraform.folder, `plan-${this.count++}.json`);
    writeFileSync(file, await this.terraform.run("show", "-json", "test.plan"));
    return file;
  }

  async apply(...args: readonly string[]): Promise<number> {
    return (await this.terraform.attempt("apply", "-input=false", "-no-color", "-auto-approve", ...args)).code;
  }

  /** Another server over the same cloud; machines whose image id contains `unhealthy` never get healthy there. */
  async restart(unhealthy = ""): Promise<void> {
    await this.cloud.close();
    this.cloud = await startLocalCloud({ dir: join(this.folder, "cloud"), bootMs: 10, unhealthy });
    this.terraform = new Terraform(this.terraform.folder, this.cloud.env);
  }

  /** Changes the size of every group, as an autoscaler does. */
  scale(size: number): void {
    for (const { name } of this.cloud.list().groups) this.cloud.scale(name, size);
  }

  /** A plan's JSON changed by hand, for what this terraform cannot plan. */
  edited(file: string, change: (plan: never) => void): string {
    const plan: unknown = JSON.parse(readFileSync(file, "utf8"));
    change(plan as never);
    const to = file.replace(/\.json$/, `-edited-${this.count++}.json`);
    writeFileSync(to, JSON.stringify(plan));
    return to;
  }

  run = (...args: readonly string[]) => this.terraform.run(...args);

  /** Plans and judges with the configuration that was planned. */
  async judge(args: readonly string[] = [], context: Partial<Context> = {}) {
    return judged(await this.plan(...args), this.configuration, context);
  }
}
