/** A place of its own where one service is deployed on the running local cloud with the real terraform, step by step. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { foundationStackName, RELEASE_FILE, serviceStackName } from "../../constructs/contract/names";
import type { Cloud, Environment, FleetSpec, Placement } from "../../constructs/contract/spec";
import { resolveFleet } from "../../constructs/contract/validate";
import type { Running } from "../../local-cloud/running/live";
import { prepareRunning } from "../../local-cloud/running/session";
import { type LocalCloud, startLocalCloud } from "../../local-cloud/server";
import { releaseFile } from "../../releases/file";
import { synthesize } from "../../stacks/synthesize";
import { removeScratch, scratchFolder } from "../../system/scratch";
import { oneOfEach } from "../one-of-each";
import { PROJECT } from "../project-copy";

export type ServiceSpec = FleetSpec["environments"][number]["services"][number];

/** cdk.tf.json, as far as it is looked at here. */
export interface Configuration {
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly variable: Record<string, Record<string, unknown>>;
}

export interface StageOptions {
  readonly fleet: FleetSpec;
  readonly service: string;
  readonly clouds: readonly Cloud[];
  /** How many times faster than a cloud it runs. */
  readonly speed: number;
  /** Files that say how machines of an image behave: name without ending, and content. */
  readonly behaviours?: Readonly<Record<string, unknown>>;
}

/** What is deployed: the release file, what differs from fleet.ts, and what is taken out of the configuration. */
export interface Deploy {
  readonly release: unknown;
  readonly service?: Partial<ServiceSpec>;
  /** Changes what was synthesized. */
  readonly edit?: ((configuration: Configuration, cloud: Cloud) => void) | undefined;
  /** Milliseconds after which terraform is killed with -9. */
  readonly killAfterMs?: number;
  /** Changes the variables that the synth wrote from the release file. */
  readonly variables?: ((variables: Record<string, unknown>) => void) | undefined;
}

/** How terraform ended. */
export interface Applied {
  readonly ok: boolean;
  /** All that it said. */
  readonly text: string;
}

export class Stage {
  readonly running: Running;
  readonly #options: StageOptions;
  readonly #folder: string;
  readonly #cloud: LocalCloud;
  /** As fleet.ts has it, cut to the clouds and the service. */
  readonly #declared: FleetSpec["environments"][number];
  readonly #environment: Environment;
  readonly #initialized = new Set<string>();

  private constructor(options: StageOptions, folder: string, cloud: LocalCloud, running: Running) {
    this.running = running;
    this.#options = options;
    this.#folder = folder;
    this.#cloud = cloud;
    const { services, placements, ...rest } = oneOfEach(options.fleet);
    this.#declared = {
      ...rest,
      placements: placements.filter(({ cloud }) => options.clouds.includes(cloud)),
      services: services.filter(({ name }) => name === options.service),
    };
    this.#environment = resolveFleet({ environments: [this.#declared] }).environments[0]!;
  }

  /** With the networks deployed. */
  static async open(options: StageOptions, deploy: Deploy): Promise<Stage> {
    const folder = scratchFolder("immutable-fleet-traffic");
    const behaviour = join(folder, "behaviour");
    mkdirSync(behaviour);
    for (const [name, content] of Object.entries(options.behaviours ?? {}))
      writeFileSync(join(behaviour, `${name}.json`), JSON.stringify(content));
    for (const part of ["releases", "images/catalog"])
      cpSync(join(PROJECT, part), join(folder, part), { recursive: true });
    const running = prepareRunning({ speed: options.speed, behaviours: behaviour });
    const cloud = await startLocalCloud({ dir: join(folder, "cloud"), machinery: running });
    const stage = new Stage(options, folder, cloud, running);
    try {
      stage.#synth(deploy);
      await stage.#each((placement) => stage.#terraform(foundationStackName(stage.#environment, placement)));
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** `prod-web` */
  get service(): string {
    return `${this.#environment.name}-${this.#options.service}`;
  }

  /** Changes the live size of the service's groups, as an autoscaler does. */
  scale(size: number): void {
    for (const { name } of this.#cloud.list().groups) this.#cloud.scale(name, size);
  }

  /** Synthesizes and applies the service on every cloud at once. */
  async deploy(deploy: Deploy): Promise<ReadonlyMap<Cloud, Applied>> {
    this.#synth(deploy);
    const applied = await this.#each((placement) => this.#terraform(this.#stack(placement), deploy.killAfterMs));
    return new Map(this.#environment.placements.map(({ cloud }, index) => [cloud, applied[index]!]));
  }

  async close(): Promise<void> {
    await this.#cloud.close();
    removeScratch(this.#folder);
  }

  #each<T>(work: (placement: Placement) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#environment.placements.map(work));
  }

  #stack(placement: Placement): string {
    return serviceStackName(this.#environment, this.#environment.services[0]!, placement);
  }

  #synth({ release, service, edit, variables }: Deploy): void {
    const services = this.#declared.services.map((declared) => ({ ...declared, ...service }));
    writeFileSync(
      join(this.#folder, releaseFile("releases", this.#environment.name, this.#options.service)),
      JSON.stringify(release),
    );
    synthesize(
      { environments: [{ ...this.#declared, services }] },
      {
        releases: join(this.#folder, "releases"),
        catalog: join(this.#folder, "images/catalog"),
        outdir: join(this.#folder, "cdktf.out"),
      },
    );
    for (const placement of this.#environment.placements) {
      const at = join(this.#folder, "cdktf.out/stacks", this.#stack(placement));
      if (edit) changeJson(join(at, "cdk.tf.json"), (json) => edit(json as Configuration, placement.cloud));
      if (variables) changeJson(join(at, RELEASE_FILE), (json) => variables(json as Record<string, unknown>));
    }
  }

  async #terraform(stack: string, killAfterMs = 0): Promise<Applied> {
    if (!this.#initialized.has(stack)) {
      const made = await this.#run(stack, 0, "init", "-input=false", "-no-color");
      if (!made.ok) throw new Error(`terraform init of ${stack} failed; it said:\n\n${made.text}`);
      this.#initialized.add(stack);
    }
    return this.#run(stack, killAfterMs, "apply", "-input=false", "-no-color", "-auto-approve");
  }

  #run(stack: string, killAfterMs: number, ...args: readonly string[]): Promise<Applied> {
    return new Promise((resolve) => {
      // The stacks keep their state in the folder, as a real deployment's would.
      const env = { ...process.env, ...this.#cloud.env, FLEET_STATE_DIR: "" };
      const cwd = join(this.#folder, "cdktf.out/stacks", stack);
      const end = { timeout: killAfterMs, killSignal: "SIGKILL" } as const;
      execFile("terraform", args, { cwd, env, maxBuffer: 1 << 28, ...end }, (error, stdout, stderr) =>
        resolve({ ok: error === null, text: stdout + stderr }),
      );
    });
  }
}

function changeJson(file: string, change: (json: unknown) => void): void {
  const json: unknown = JSON.parse(readFileSync(file, "utf8"));
  change(json);
  writeFileSync(file, JSON.stringify(json));
}
