/** Which paths a provider names as reasons for a replacement. */
import type { Change } from "./diff";
import type { Path } from "./path";

/** The paths that force a replacement. */
export function replacePaths(changes: readonly Change[]): Path[] {
  const paths = changes.filter((change) => change.forceNew).map((change) => trimmed(change.path));
  const unique = paths.filter((path, i) => paths.findIndex((other) => equalPaths(other, path)) === i);
  return unique;
}

/** The SDK drops indices and keys at the end of a path: the list or map counts as a whole. */
function trimmed(path: Path): Path {
  const names = path.flatMap((step, i) => (typeof step === "string" ? [i] : []));
  return path.slice(0, (names.at(-1) ?? -1) + 1);
}

const equalPaths = (a: Path, b: Path): boolean => JSON.stringify(a) === JSON.stringify(b);
