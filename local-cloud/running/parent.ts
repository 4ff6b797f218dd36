/**
 * A session that is killed leaves nothing: its machines are threads and go with it, the command that it runs is ended by a small
 * shell that notices, and the session itself ends when npm, npx or tsx, through which it was started, is killed.
 */
import { execFileSync, spawn } from "node:child_process";

const LOOK_MS = 250;
const WRAPPER = /\b(npm|npx|tsx)\b/;
const MOST_WRAPPERS = 6;

/**
 * Ends a process and removes this one's lock when this one is gone without a word. It stands before the process is there, so that
 * no moment is left between the two; returns what it is told of the process with, which returns what takes it back.
 */
export function endWithMe(lock: string): (pid: number) => () => void {
  // The pipe is closed by the system, whatever ends this process.
  const script =
    'read -r pid; read -r word || { [ -n "$pid" ] && kill -TERM "$pid"; [ "$(cat "$1")" = "$2" ] && rm -f "$1"; } 2>/dev/null';
  const shell = spawn("/bin/sh", ["-c", script, "sh", lock, String(process.pid)], {
    ...{ stdio: ["pipe", "ignore", "ignore"], detached: true },
  });
  shell.on("error", () => undefined);
  shell.stdin.on("error", () => undefined);
  shell.unref();
  return (pid) => {
    shell.stdin.write(`${pid}\n`);
    return () => void shell.kill("SIGKILL");
  };
}

/**
 * Calls once when a process through which this one was started is gone. Which those are is looked up at once, while they are there;
 * returns what begins to watch them, which returns what takes that back.
 */
export function whenOrphaned(): (act: () => void) => () => void {
  const wrappers = wrappersOf(process.ppid);
  return (act) => watched(wrappers, act);
}

function watched(wrappers: readonly number[], act: () => void): () => void {
  const timer = setInterval(() => {
    if (wrappers.every(alive)) return;
    clearInterval(timer);
    act();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The ancestors that only pass this process on, the nearest first. */
function wrappersOf(pid: number, found: readonly number[] = []): readonly number[] {
  const [, parent, words = ""] = /^\s*(\d+)\s+(.*)$/.exec(seen(pid)) ?? [];
  if (!WRAPPER.test(words) || found.length === MOST_WRAPPERS) return found;
  return wrappersOf(Number(parent), [...found, pid]);
}

/** Parent and command line of a process, as every system's `ps` says them; "" where it says nothing. */
function seen(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .split("\n")[0]!;
  } catch {
    return "";
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
