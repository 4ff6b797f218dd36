/** A machine of the fleet: its scripts run here, against servers on loopback that answer as the clouds do. */
import { execFile, spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as listen, type AddressInfo } from "node:net";
import { join } from "node:path";
import { tempFolder, write } from "./support";

export const PACKER = join(__dirname, "../../images/packer");
export const BASE = join(PACKER, "base/files/sbin");
export const WEB = join(PACKER, "web/files/sbin");
export const CLOUDS = ["aws", "google", "azure"] as const;
export type Cloud = (typeof CLOUDS)[number];
export const VENDOR: Record<Cloud, string> = { aws: "Amazon EC2", google: "Google", azure: "Microsoft Corporation" };

export type Request = Pick<IncomingMessage, "method" | "url" | "headers"> & { readonly body: string };
interface Reply {
  readonly status?: number;
  readonly body?: string;
}
export type Answer = (request: Request) => Reply | Promise<Reply>;

let servers: Server[] = [];

/** A server that answers, and what it was asked. @returns where it listens */
export async function serve(answer: Answer, asked: string[] = [], host = "127.0.0.1", port = 0): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", async () => {
      asked.push(`${request.method} ${request.url}`);
      const { method, url, headers } = request;
      const { status = 200, body = "" } = await answer({ method, url, headers, body: Buffer.concat(parts).toString() });
      response.writeHead(status).end(body);
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(port, host, done));
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

export async function stopServing(): Promise<void> {
  const closing = servers.map((server) => new Promise<void>((done) => server.close(() => done())));
  servers.forEach((server) => server.closeAllConnections());
  servers = [];
  await Promise.all(closing);
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

const surroundings = (root: string, env: Readonly<Record<string, string>>) => ({
  PATH: `${join(root, "bin")}:${process.env.PATH}`,
  FLEET_RUN: join(root, "run"),
  FLEET_BIN: BASE,
  FLEET_LIB: join(PACKER, "base/files/lib"),
  FLEET_ROOT: root,
  FLEET_IMAGE: join(root, "image"),
  FLEET_RESOLV: join(root, "resolv.conf"),
  FLEET_RETRY: "0",
  ...env,
});

/** Runs a script with its own /run. */
export function run(script: string, root: string, env: Record<string, string> = {}, args: readonly string[] = []) {
  return new Promise<Ran>((done) =>
    execFile("sh", [script, ...args], { env: surroundings(root, env) }, (error, out, stderr) =>
      done({ code: error ? 1 : 0, out, error: stderr }),
    ),
  );
}

let running: (() => Promise<void>)[] = [];

/** Starts a script that goes on by itself. @returns what it has said so far, and how to end it */
export function start(script: string, root: string, env: Record<string, string> = {}, args: readonly string[] = []) {
  // A group of its own: what the script waits for ends with it.
  const child = spawn("sh", [script, ...args], { env: surroundings(root, env), detached: true });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (said += part.toString()));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  const stop = async () => {
    if (child.exitCode === null) process.kill(-child.pid!, "SIGKILL");
    await ended;
  };
  running.push(stop);
  return { said: () => said, ended, stop };
}

export async function stopScripts(): Promise<void> {
  const stopping = running;
  running = [];
  await Promise.all(stopping.map((stop) => stop()));
}

/** Waits until something is so, for so many seconds. */
export async function until(what: () => boolean | Promise<boolean>, seconds = 40): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  do {
    if (await what()) return;
    await new Promise((done) => setTimeout(done, 20));
  } while (Date.now() < end);
  throw new Error(`did not come true in ${seconds} s: ${what.toString()}`);
}

export const freePort = () =>
  new Promise<number>((done) => {
    const server = listen().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

/** Puts a program of that name before the machine's own. */
export function standIn(root: string, name: string, script: string): void {
  write(join(root, "bin", name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, "bin", name), 0o755);
}

export const INSTANCE: Record<Cloud, string> = {
  aws: "CLOUD=aws\nREGION=us-east-1\nACCOUNT=111111111111\nGROUP=web-1-4-0-0a1b2c3d\nINSTANCE=i-0abc\n",
  google: "CLOUD=google\nREGION=us-central1\nACCOUNT=example-prod\nGROUP=web-1-4-0-0a1b2c3d\nINSTANCE=4711\n",
  azure:
    "CLOUD=azure\nREGION=westeurope\nACCOUNT=sub-1\nGROUP=web-1-4-0-0a1b2c3d\nINSTANCE=0a-1b\nNAME=web-1-4-0-0a1b2c3d_7\n",
};

/** A machine that has booted web 1.4.0. */
export function configured(boot: string, instance = ""): string {
  const root = tempFolder();
  write(join(root, "run/boot"), boot);
  write(join(root, "run/instance"), instance);
  write(join(root, "image"), "IMAGE=web\nIMAGE_VERSION=1.4.0\n");
  write(join(root, "resolv.conf"), "nameserver 127.0.0.53\n");
  return root;
}
