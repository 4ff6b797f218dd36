/** Folders for a command's own files, which go with its process however that ends. */
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Process ids mean something in their namespace only, and containers may share a temporary folder. */
const NAMESPACE = namespaceOf();
const OWN = new RegExp(`^[a-z]+(?:-[a-z]+)*-ns${NAMESPACE}-pid(\\d+)-[A-Za-z0-9]{6}$`);

const open = new Set<string>();

/**
 * A new folder of this user's alone in the temporary folder. It is removed by `removeScratch`, when this process ends, and
 * when a signal ends it. What a process left that was killed outright is removed here, on the next start.
 * @param purpose lower case words with hyphens between them; the folder's name begins with it
 */
export function scratchFolder(purpose: string): string {
  if (open.size === 0) {
    sweep();
    process.on("exit", removeAll);
    for (const signal of SIGNALS) process.on(signal, end);
  }
  const folder = mkdtempSync(join(tmpdir(), `${purpose}-ns${NAMESPACE}-pid${process.pid}-`));
  open.add(folder);
  return folder;
}

export function removeScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  open.delete(folder);
  if (open.size > 0) return;
  process.off("exit", removeAll);
  for (const signal of SIGNALS) process.off(signal, end);
}

function removeAll(): void {
  for (const folder of open) attempt(() => removeScratch(folder));
}

/** Whoever else listens to the signal decides when the process ends; if nobody does, it ends as it would have. */
function end(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  process.off(signal, end);
  process.kill(process.pid, signal);
}

/** Folders of dead processes. Those of the living, of other users, and what has another name, are not touched. */
function sweep(): void {
  for (const name of attempt(() => readdirSync(tmpdir())) ?? []) {
    const pid = Number(OWN.exec(name)?.[1]);
    const folder = join(tmpdir(), name);
    if (pid > 0 && isDead(pid)) attempt(() => isOwn(folder) && rmSync(folder, { recursive: true, force: true }));
  }
}

function isOwn(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
}

function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** https://man7.org/linux/man-pages/man7/pid_namespaces.7.html */
function namespaceOf(): string {
  return /\d+/.exec(attempt(() => readlinkSync("/proc/self/ns/pid")) ?? "")?.[0] ?? "0";
}

/** Tidying up never fails a command: what cannot be removed, or another process removes meanwhile, stays. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
