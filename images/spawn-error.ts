/** Why a program could not be started, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  EACCES: "must not be executed; make it executable with chmod +x, or name the program that reads it",
  ENOEXEC: "is not a program that this machine can run",
  ENOTDIR: "stands behind something that is no folder",
  E2BIG: "was given more arguments than the system takes",
};

/** @param advice what to do when it is not there */
export function cannotRun(program: string, error: Error, advice: string): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? `cannot be started (${code || error.message})`;
  return `${program} ${reason}${code === "ENOENT" ? `; ${advice}` : ""}`;
}
