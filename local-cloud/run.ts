/** `npm run local -- <command>`: runs a command with the real terraform attached to the local cloud. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join, resolve } from "node:path";
import { change, discardObject } from "./by-hand";
import { listing } from "./listing-text";
import { LockedError, lockFile } from "./lock";
import { reset } from "./reset";
import { list } from "./cloud/listing";
import { diskProblem } from "./cloud/disk";
import { CloudError } from "./cloud/errors";
import { OutsideError, remove, scale } from "./cloud/outside";
import { JournalError, Store } from "./cloud/store";
import { startLocalCloud } from "./server";
import { checkTerraform, wordsFile } from "./terraform";

const USAGE = `usage: npm run local -- <command> [arguments]   run a command, e.g. npx cdktf deploy, on the local cloud
       npm run local -- --run <command>          the same, with machines that run and load balancers that take traffic
       npm run local -- --hcp <command>          the same, with a local HCP Terraform that runs remotely on it
       npm run local -- --ls [--json]            show what runs
       npm run local -- --scale <group> <size>   change a group's size behind terraform's back, as an autoscaler does
       npm run local -- --delete <group>         delete a group behind terraform's back, as a person cleaning up does
       npm run local -- --set <address> <attribute> <value>
                                                 change an object behind terraform's back, as a person in the console does
       npm run local -- --unset <address> <attribute>   take one of its values away
       npm run local -- --rm <address>           delete any object behind terraform's back
       npm run local -- --reset                  forget everything

An address is terraform's, with its stack before it where several stacks have it: prod-web-aws-us-east-1/aws_lb.traffic_entry.

environment:
  LOCAL_CLOUD_DIR        folder that keeps what exists (default: .local-cloud in the project)
  LOCAL_CLOUD_UNHEALTHY  machines whose image id contains this text never get healthy
  LOCAL_CLOUD_BOOT_MS    milliseconds until new machines are healthy (default: 200)
  LOCAL_CLOUD_SPEED      how many times faster than a cloud's the time of --run passes, 1 to 200 (default: 20)
  LOCAL_CLOUD_BEHAVIOUR  folder of files that say how machines of an image behave under --run
  LOCAL_CLOUD_HCP_HOST   hostname that --hcp stands for (default: app.terraform.io)
  LOCAL_CLOUD_HCP_ROLE   whose token the command gets: owner, write, plan, read, organization, outsider (default: owner)
  LOCAL_CLOUD_HCP_FAULTS misbehaviour of --hcp: name[@text][:times],…, e.g. 429:2,slow-upload`;

/** Set for the command: a wrapper inside a wrapper joins the running session. */
const SESSION = "LOCAL_CLOUD_SESSION";
/** Set besides when the session has a local HCP Terraform. */
const HCP_SESSION = "LOCAL_CLOUD_HCP_SESSION";
/** Set besides when the session runs machines: where they are looked at. */
const RUNNING = "LOCAL_CLOUD_RUNNING";
/** What a session has besides the cloud, and the variable that says so. */
const EXTRAS = { "--hcp": HCP_SESSION, "--run": RUNNING } as const;
type Extra = keyof typeof EXTRAS;

class UsageError extends Error {}
class RefusedSetting extends Error {}

const stateFolder = (): string => resolve(process.env.LOCAL_CLOUD_DIR || join(__dirname, "..", ".local-cloud"));

async function main(args: readonly string[]): Promise<number> {
  const dir = stateFolder();
  const [first, ...rest] = args;
  if (first === undefined) throw new UsageError("no command given");
  if (first === "--help" || first === "-h") return say(USAGE);
  if (first === "--ls") return show(dir, rest);
  if (first === "--scale") return resize(dir, rest);
  if (first === "--delete") return discard(dir, rest);
  if (first === "--set" || first === "--unset" || first === "--rm") return byHand(dir, first, rest);
  if (first === "--reset") {
    if (rest.length > 0) throw new UsageError(`--reset takes no arguments, got ${rest.join(" ")}`);
    return say(await reset(dir));
  }
  const command = args.findIndex((arg) => !(arg in EXTRAS));
  const extras = args.slice(0, command < 0 ? args.length : command) as Extra[];
  return runCommand(dir, args.slice(extras.length), new Set(extras));
}

/** Runs a command in a session of its own, or in the one that this wrapper was called in. */
function runCommand(dir: string, [command, ...args]: readonly string[], extras: ReadonlySet<Extra>): Promise<number> {
  if (command === undefined) throw new UsageError("no command given");
  if (command.startsWith("-")) throw new UsageError(`unknown option ${command}`);
  if (process.env[SESSION] !== dir) return session(dir, command, args, extras);
  if (extras.has("--hcp") && process.env[HCP_SESSION] !== dir)
    throw new UsageError("--hcp inside a session that has no HCP Terraform; give --hcp to the outer command");
  if (extras.has("--run") && process.env[RUNNING] === undefined)
    throw new UsageError("--run inside a session whose machines do not run; give --run to the outer command");
  return execute(command, args, {});
}

function say(text: string): number {
  console.log(text);
  return 0;
}

function show(dir: string, args: readonly string[]): number {
  const wrong = args.find((arg) => arg !== "--json");
  if (wrong) throw new UsageError(`--ls takes only --json, got ${wrong}`);
  const store = new Store(dir, { shared: true });
  const running = list(store);
  store.close();
  return say(args.includes("--json") ? JSON.stringify(running, null, 2) : listing(running));
}

function resize(dir: string, args: readonly string[]): number {
  const [name, size, ...more] = args;
  if (name === undefined || size === undefined || more.length > 0 || !/^\d+$/.test(size)) {
    throw new UsageError(`--scale takes a group's name and a whole number, got ${args.join(" ") || "nothing"}`);
  }
  outside(dir, (store) => scale(store, name, Number(size)));
  return 0;
}

function discard(dir: string, args: readonly string[]): number {
  const [name, ...more] = args;
  if (name === undefined || more.length > 0)
    throw new UsageError(`--delete takes a group's name, got ${args.join(" ") || "nothing"}`);
  outside(dir, (store) => remove(store, name));
  return 0;
}

const BY_HAND = {
  "--set": { takes: "an address, an attribute and a value", count: 3 },
  "--unset": { takes: "an address and an attribute", count: 2 },
  "--rm": { takes: "an address", count: 1 },
} as const;

function byHand(dir: string, verb: keyof typeof BY_HAND, args: readonly string[]): number {
  const { takes, count } = BY_HAND[verb];
  const [address = "", path = "", text] = args;
  if (args.length !== count) throw new UsageError(`${verb} takes ${takes}, got ${args.join(" ") || "nothing"}`);
  outside(dir, (store) =>
    say(verb === "--rm" ? discardObject(store, dir, address) : change(store, dir, address, path, text)),
  );
  return 0;
}

/** Appends to the journal, so that it also reaches a session that is running. */
function outside(dir: string, act: (store: Store) => void): void {
  const store = new Store(dir, { shared: true });
  try {
    act(store);
  } finally {
    store.close();
  }
}

async function session(
  dir: string,
  command: string,
  args: readonly string[],
  extras: ReadonlySet<Extra>,
): Promise<number> {
  const machinery = extras.has("--run") ? await running(dir) : undefined;
  const refused = new Set<string>();
  const onRefusal = (words: string) => void refused.add(words);
  const [problem, cloud] = await Promise.all([
    checkTerraform(),
    startLocalCloud({
      ...{ dir, unhealthy: process.env.LOCAL_CLOUD_UNHEALTHY ?? "", bootMs: bootMs(), onRefusal },
      ...(machinery && { machinery: machinery.machinery }),
    }),
  ]);
  try {
    if (problem) throw new UsageError(problem);
    for (const words of cloud.recovered) console.error(`local cloud: ${words}`);
    const env = { ...cloud.env, [SESSION]: dir };
    const run = (more: Record<string, string> = {}) => execute(command, args, { ...env, ...more }, machinery?.watch);
    const code = await (extras.has("--hcp") ? withHcp(dir, env, run) : run());
    if (code !== 0 && [command, ...args].some((word) => /\bcdktf\b/.test(word))) repeat(dir, refused);
    return code;
  } finally {
    await cloud.close();
  }
}

/** cdktf can lose terraform's words when one of several stacks fails: "Invoking Terraform CLI failed with exit code 1". */
function repeat(dir: string, refused: ReadonlySet<string>): void {
  const kept = readFileSync(wordsFile(dir), "utf8").split("\n").filter(Boolean);
  const words = [...new Set([...kept, ...refused])];
  if (words.length > 0) console.error(`\nlocal cloud: what it refused:\n${words.map((one) => `  ${one}`).join("\n")}`);
}

/** Loaded only when asked for: the plain session has no use for it. */
async function running(dir: string) {
  const { runningFromEnvironment, RunningError, endWithMe, whenOrphaned } = await import("./running/session.js");
  const orphaned = whenOrphaned();
  const killed = endWithMe(lockFile(dir));
  const watch: Watch = (child) => {
    const ends = [killed(child.pid ?? 0), orphaned(() => child.kill("SIGTERM"))];
    child.on("exit", () => ends.forEach((end) => end()));
  };
  try {
    return { machinery: runningFromEnvironment(process.env), watch };
  } catch (error) {
    throw error instanceof RunningError ? new RefusedSetting(error.message) : error;
  }
}

async function withHcp(
  dir: string,
  env: Record<string, string>,
  run: (more: Record<string, string>) => Promise<number>,
): Promise<number> {
  // Loaded only when asked for: the plain session has no use for it.
  const { startFromEnvironment, SettingError } = await import("../local-hcp/session.js");
  const hcp = await startFromEnvironment(dir, env, process.env).catch((error: unknown) => {
    throw error instanceof SettingError ? new RefusedSetting(error.message) : error;
  });
  try {
    return await run({ ...hcp.env, [HCP_SESSION]: dir });
  } finally {
    await hcp.close();
  }
}

function bootMs(): number | undefined {
  const text = process.env.LOCAL_CLOUD_BOOT_MS;
  if (text === undefined || text === "") return undefined;
  if (!/^\d+$/.test(text))
    throw new UsageError(`LOCAL_CLOUD_BOOT_MS must be a whole number of milliseconds, got "${text}"`);
  return Number(text);
}

type Watch = (child: ChildProcess) => void;

/** Runs the command with this process's input and output; its exit code is ours. */
function execute(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  watch?: Watch,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
    const pass = (signal: NodeJS.Signals) => {
      // A terminal sends Ctrl-C to the command as well, and terraform takes a second one for "stop at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, pass);
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(new UsageError(error.code === "ENOENT" ? `command not found: ${command}` : error.message)),
    );
    if (child.pid !== undefined) watch?.(child);
    child.on("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const disk = diskProblem(error) ?? diskProblem(error, stateFolder());
    if (disk) {
      console.error(`local cloud: ${disk}. Make room there, or set LOCAL_CLOUD_DIR to a folder that can be written.`);
      process.exit(1);
    }
    const expected = [UsageError, LockedError, OutsideError, JournalError, RefusedSetting, CloudError].some(
      (kind) => error instanceof kind,
    );
    if (!expected) throw error;
    const usage = error instanceof UsageError && !/terraform|not found/.test(error.message) ? `\n\n${USAGE}` : "";
    console.error(`local cloud: ${(error as Error).message}${usage}`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
