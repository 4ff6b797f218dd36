/** What the disk may do to a local cloud: be full, be read-only, not be there. */
import { closeSync, fsyncSync, openSync, writeFileSync } from "node:fs";
import { CloudError } from "./errors";

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EFBIG: "the file has reached the largest size that is allowed",
  EROFS: "it is read-only",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ENOTDIR: "part of the path is a file",
  EEXIST: "part of the path is a file",
  EISDIR: "it is a folder",
  EIO: "the disk reports an error",
};

/** In words why something could not be read or written; undefined when the disk is not to blame. */
export function diskProblem(error: unknown, path?: string): string | undefined {
  const { code = "", path: named } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  const place = path ?? named;
  if (reason === undefined || place === undefined) return undefined;
  return `${place} cannot be used: ${reason} (${code})`;
}

/** Does what needs the disk; what the disk refuses becomes an error that terraform is told in words. */
export function withDisk<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const problem = diskProblem(error, path);
    if (problem === undefined) throw error;
    throw new CloudError(
      `the local cloud cannot keep what changes: ${problem}. This object was left as it was. Make room, or set ` +
        "LOCAL_CLOUD_DIR to another folder, and run the command again.",
    );
  }
}

/** Writes a file, and returns when the disk has it. */
export function writeWhole(file: string, text: string): void {
  const fd = openSync(file, "w", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
