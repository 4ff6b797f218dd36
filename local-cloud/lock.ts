/** One local cloud per state folder at a time: a lock file with the id of the process that holds it. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const POLL_MS = 100;

/** The folder is in use. */
export class LockedError extends Error {}

/** Where the holder of a folder is written. */
export const lockFile = (dir: string): string => join(dir, "lock");

/** Takes the lock of a folder, waiting a little for another process; returns the function that gives it back. */
export async function lock(dir: string, waitMs: number): Promise<() => void> {
  mkdirSync(dir, { recursive: true });
  const file = lockFile(dir);
  const deadline = Date.now() + waitMs;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder !== undefined && !alive(holder)) breakStale(file, holder);
    else if (Date.now() >= deadline) {
      throw new LockedError(
        `${dir} is in use by another local cloud (process ${holder ?? "unknown"}). Wait until it ends, or set ` +
          `LOCAL_CLOUD_DIR to another folder. If that process is something else, delete ${file}.`,
      );
    } else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return () => {
    if (holderOf(file) === process.pid) rmSync(file, { force: true });
  };
}

/** A link appears with its content, so that nobody ever reads an empty lock. */
function take(file: string): boolean {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Moves a dead process's lock away; of two that try, one moves it and the other finds it gone. */
function breakStale(file: string, holder: number): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  // Between looking and moving another process may have taken the lock: it gets it back.
  if (holderOf(aside) !== holder) renameSync(aside, file);
  else rmSync(aside, { force: true });
}
