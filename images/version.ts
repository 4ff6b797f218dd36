/** Versions are three whole numbers; text order would put 1.10.0 before 1.9.0. */

const numbers = (version: string) => version.split(".").map(Number) as [number, number, number];

/** Negative when `a` is older than `b`, 0 when they are the same. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [numbers(a), numbers(b)];
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
}

/** The version that a rebuild without other change gets. */
export function nextPatch(version: string): string {
  const [major, minor, patch] = numbers(version);
  return `${major}.${minor}.${patch + 1}`;
}
