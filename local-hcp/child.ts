/** One child process after another, that can be stopped at any time. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long terraform may take to end by itself when it is asked to. */
const GRACE_MS = 10_000;

export class Children {
  #child: ChildProcess | undefined;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  /** No further process starts. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Runs a command to its end; `log` gets all that it says, as it says it. */
  async run(
    command: string,
    args: readonly string[],
    options: { cwd: string; env: NodeJS.ProcessEnv; log?: (text: Buffer) => void; started: (pid: number) => void },
  ): Promise<Ended> {
    if (this.#stopped) return { code: 130, stdout: "", stderr: "" };
    // A group of its own: Ctrl-C in a terminal does not reach it, and what it starts can be ended with it.
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    if (child.pid !== undefined) options.started(child.pid);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (options.log ? options.log(data) : (stdout += data.toString("utf8"))));
    child.stderr.on("data", (data: Buffer) => (options.log ? options.log(data) : (stderr += data.toString("utf8"))));
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (number) => resolve(number ?? 130));
    });
    clearTimeout(this.#timer);
    this.#child = undefined;
    // Terraform that is interrupted kills the shell of a provisioner, and not what the shell has started.
    if (this.#stopped && child.pid !== undefined) kill(-child.pid, "SIGKILL");
    return { code, stdout, stderr };
  }

  /** Asks what runs to end, and ends it when it does not, or at once by `force`. */
  stop(force = false): void {
    this.#stopped = true;
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    if (force) return kill(-pid, "SIGKILL");
    kill(pid, "SIGINT");
    this.#timer ??= setTimeout(() => kill(-pid, "SIGKILL"), GRACE_MS);
  }
}

/** Ends a process that outlived the one that started it, if it is still that process: its command line has the mark. */
export function endLeftOver(pid: number, mark: string): void {
  const { stdout } = spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  if (stdout?.includes(mark)) kill(-pid, "SIGKILL");
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
