/** Version constraints: https://developer.hashicorp.com/terraform/language/expressions/version-constraints */

const parts = (version: string): number[] => version.split(/[.-]/).map(Number);

function compare(a: readonly number[], b: readonly number[]): number {
  const at = [0, 1, 2].find((i) => (a[i] ?? 0) !== (b[i] ?? 0));
  return at === undefined ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

const ALLOWS: Record<string, (version: readonly number[], bound: readonly number[]) => boolean> = {
  "=": (version, bound) => compare(version, bound) === 0,
  "!=": (version, bound) => compare(version, bound) !== 0,
  ">": (version, bound) => compare(version, bound) > 0,
  ">=": (version, bound) => compare(version, bound) >= 0,
  "<": (version, bound) => compare(version, bound) < 0,
  "<=": (version, bound) => compare(version, bound) <= 0,
  // Only the last part that is given may rise.
  "~>": (version, bound) =>
    compare(version, bound) >= 0 &&
    bound.slice(0, Math.max(1, bound.length - 1)).every((part, i) => version[i] === part),
};

/** Whether a version fits a constraint such as `>= 5.0, < 7.0`; what is no constraint fits nothing and everything. */
export function fits(version: string, constraint: string): boolean {
  return constraint.split(",").every((one) => {
    const [, sign = "", bound = ""] = /^\s*([=!<>~]*)\s*v?(\d[\d.]*)/.exec(one) ?? [];
    return bound === "" || (ALLOWS[sign || "="]?.(parts(version), parts(bound)) ?? true);
  });
}
