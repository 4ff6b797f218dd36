/** A project in a temporary folder, and `fleet release` run in it as a user runs it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FleetSpec } from "../../constructs/contract/spec";
import { projectWorld, runRelease, type Run } from "../../cli/release/run";
import type { World } from "../../cli/release/command";
import type { ReleaseFile } from "../../releases/file";
import type { RolloutRecord } from "../../releases/record";
import { record, snapshot, write } from "../images/support";
import { fleetWith } from "../support/fleet";

type ServiceSpec = FleetSpec["environments"][number]["services"][number];

export const AWS = "aws-us-east-1";
export const GOOGLE = "google-us-central1";
export const AZURE = "azure-westeurope";

const BASE = { image: "web", port: 8080, health: { path: "/healthz" }, capacity: { min: 2, max: 10 } };

/** The example fleet with other services. */
export const fleetOf = (...services: (Partial<ServiceSpec> & Pick<ServiceSpec, "name" | "strategy">)[]): FleetSpec =>
  fleetWith((draft) => {
    draft.environments[0]!.services = services.map((service) => ({ ...BASE, ...service })) as never;
  });

/** Seconds after the first moment of a test. */
export const T0 = Date.parse("2026-11-21T10:00:00Z");
export const time = (seconds: number): string => `${new Date(T0 + 1000 * seconds).toISOString().slice(0, 19)}Z`;

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "rollout-"));
  /** Seconds since T0. */
  now = 0;
  readonly world: World;

  constructor(fleet: FleetSpec, world: Partial<World> = {}) {
    for (const version of ["1.0.0", "1.1.0", "1.2.0"])
      write(join(this.folder, "images/catalog/web", `${version}.json`), record("web", version));
    this.world = {
      ...projectWorld(this.folder, fleet),
      now: () => new Date(T0 + 1000 * this.now),
      sleep: () => Promise.resolve(),
      user: () => "ops@example.com",
      ...world,
    };
  }

  /** A command line, split at spaces. */
  run(line: string, world: Partial<World> = {}): Promise<Run> {
    return runRelease(line.split(" "), { ...this.world, ...world });
  }

  /** A command line that must do what it says. */
  async ok(line: string): Promise<string> {
    const { code, out, error } = await this.run(line);
    if (code !== 0) throw new Error(`${line}: exit ${code}: ${out}${error}`);
    return out;
  }

  /** Time passes, and the step at hand is deployed. */
  next(seconds = 60, options = ""): Promise<Run> {
    this.now += seconds;
    return this.run(`next${options && ` ${options}`}`);
  }

  /** Edits a version's life in the catalog. */
  lifecycle(version: string, change: Parameters<typeof record>[2]): void {
    write(join(this.folder, "images/catalog/web", `${version}.json`), record("web", version, change));
  }

  release(content: unknown, service = "web"): void {
    write(join(this.folder, "releases/prod", `${service}.json`), content);
  }

  file(service = "web"): ReleaseFile {
    return JSON.parse(readFileSync(join(this.folder, "releases/prod", `${service}.json`), "utf8")) as ReleaseFile;
  }

  record(service = "web"): RolloutRecord {
    const file = join(this.folder, "releases/prod", `${service}.rollout.json`);
    return JSON.parse(readFileSync(file, "utf8")) as RolloutRecord;
  }

  releases(): Record<string, string> {
    return snapshot(join(this.folder, "releases"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What runs first in tests: 1.0.0 with all the traffic. */
export const ONE = { slots: { live: { version: "1.0.0" } } };
export const TWO = { slots: { blue: { version: "1.0.0" }, green: null }, traffic: { blue: 100, green: 0 } };

/** Projects of a test file, removed after each test. */
export function projects(): (fleet: FleetSpec, world?: Partial<World>) => Project {
  const made: Project[] = [];
  afterEach(() => made.splice(0).forEach((project) => project.remove()));
  return (fleet, world) => {
    const project = new Project(fleet, world);
    made.push(project);
    return project;
  };
}
