/**
 * A stand-in of the HCP Terraform API on loopback: every run is the real terraform on the local cloud.
 *
 * const hcp = await startHcp({ dir, env: cloud.env }); spawn("terraform", [...], { env: { ...process.env, ...cloud.env, ...hcp.env } })
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { App, Seen } from "./app";
import { cliConfig, tokenVariable } from "./cli-config";
import { Engine } from "./engine";
import { Executor } from "./executor";
import { Faults } from "./faults";
import { lookup, ROUTES } from "./resources";
import { ROLES, type Role } from "./rights";
import { Router } from "./router";
import { Store, writeFile } from "./store";
import { TaskRunner } from "./task-runner";
import { Tickets } from "./tickets";

export type { Seen } from "./app";
export type { Role } from "./rights";

/** How to start the stand-in. */
export interface HcpOptions {
  /** Folder of the local cloud; the stand-in keeps its things in `hcp` below it. */
  readonly dir: string;
  /** Attaches the terraform of runs: the `env` of the local cloud, and whatever runs should find besides. */
  readonly env: Readonly<Record<string, string>>;
  /** The hostname that configurations name. @default app.terraform.io */
  readonly hostname?: string;
  /** The organizations that exist. @default - every name does */
  readonly organizations?: readonly string[];
  /** Whose token `env` holds. @default owner */
  readonly role?: Role;
  /** Misbehaviour, as `faults.ts` says. @default - none */
  readonly faults?: string;
  /** How long a slow upload stays pending. @default 3000 */
  readonly slowUploadMs?: number;
  /** How long a run task may take. @default 600000, as the real one */
  readonly taskTimeoutMs?: number;
  readonly now?: () => Date;
  /** Told of each request before it is answered. */
  readonly onRequest?: (seen: Seen) => void;
}

/** A running stand-in. */
export interface Hcp {
  /** Where the API is, e.g. `http://127.0.0.1:4711`. */
  readonly address: string;
  /** One token of each role. */
  readonly tokens: Readonly<Record<Role, string>>;
  /** Makes terraform, and clients that read TFE_ADDRESS and TFE_TOKEN, use the stand-in. */
  readonly env: Record<string, string>;
  /** Adds misbehaviour. */
  misbehave(faults: string): void;
  /** Ends what runs, and with it every child process. */
  close(): Promise<void>;
}

const TASK_LIFE_SECONDS = 600;
const RUN_LIFE_SECONDS = 24 * 60 * 60;
const DEFAULT_HOSTNAME = "app.terraform.io";

/** @throws SettingError when `faults` is no list of faults */
export async function startHcp(options: HcpOptions): Promise<Hcp> {
  const dir = join(resolve(options.dir), "hcp");
  const now = options.now ?? (() => new Date());
  const hostname = options.hostname ?? DEFAULT_HOSTNAME;
  const faults = new Faults(options.faults ?? "");
  const store = new Store(dir, now);
  const { secret, tokens } = secrets(store);
  const tickets = new Tickets(secret, now);
  const terraformVersion = await versionOf(options.env);
  const server = createServer((request, response) => void router.answer(request, response));
  // A client that comes back after Node's 5 s on a connection that is just being closed would be reset.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const base = () => address;
  const tasks = new TaskRunner({
    store,
    base,
    hostname,
    taskToken: (id) => tickets.issue("task-token", id, TASK_LIFE_SECONDS),
    timeoutMs: options.taskTimeoutMs ?? TASK_LIFE_SECONDS * 1000,
  });
  const executor = new Executor({
    store,
    env: options.env,
    terraformVersion,
    hostname,
    base,
    runToken: (id) => tickets.issue("run-token", id, RUN_LIFE_SECONDS),
  });
  const engine = new Engine({ store, executor, faults, tasks });
  const closing = new AbortController();
  const app: App = {
    store,
    engine,
    tasks,
    tickets,
    faults,
    tokens,
    base: address,
    hostname,
    terraformVersion,
    organizations: options.organizations,
    slowUploadMs: options.slowUploadMs ?? 3000,
    closing: closing.signal,
    onRequest: options.onRequest ?? (() => undefined),
  };
  const router = new Router(app, ROUTES, lookup);
  engine.tick();
  const token = tokens[options.role ?? "owner"];
  const config = join(dir, "terraform.rc");
  writeFile(config, cliConfig(hostname, address, token));
  return {
    address,
    tokens,
    env: {
      TF_CLI_CONFIG_FILE: config,
      TFE_ADDRESS: address,
      TFE_TOKEN: token,
      [tokenVariable(hostname)]: token,
      // A run keeps its state here; a configuration that is synthesized for it keeps its own backend.
      FLEET_STATE_DIR: "",
    },
    misbehave: (text) => faults.add(text),
    close: async () => {
      closing.abort();
      await engine.close();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

/** Made once, so that a second command has the tokens of the first. */
function secrets(store: Store): { secret: string; tokens: Record<Role, string> } {
  const file = store.path("secrets.json");
  if (!existsSync(file)) {
    const random = () => randomBytes(24).toString("hex");
    const tokens = Object.fromEntries(Object.keys(ROLES).map((role) => [role, `${role}.atlasv1.${random()}`]));
    writeFile(file, JSON.stringify({ secret: random(), tokens }));
  }
  return JSON.parse(readFileSync(file, "utf8")) as { secret: string; tokens: Record<Role, string> };
}

async function versionOf(env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await promisify(execFile)("terraform", ["version", "-json"], { env: { ...process.env, ...env } });
  return (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
}
