/**
 * Whether the plan runs the release that was synthesized. On HCP Terraform variables of a workspace, of a variable set and of a
 * run win over the file: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/variables#precedence
 */
import { RELEASE_FILE } from "../constructs/contract/names";
import { scanFile } from "../review/read/scan-file";
import type { NamedVariable } from "./client";

type Values = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where `planned` has another value than the file, such as `release.version`; values are not shown, they may be secret. */
export function overriddenPaths(file: Values, planned: Values): string[] {
  return Object.keys(file).flatMap((name) => differing(file[name], planned[name], name));
}

function differing(a: unknown, b: unknown, path: string): string[] {
  if (!isObject(a) || !isObject(b)) return JSON.stringify(a ?? null) === JSON.stringify(b ?? null) ? [] : [path];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.flatMap((name) => differing(a[name], b[name], `${path}.${name}`));
}

/** The values of a plan's variables; undefined for a form of plan that does not say them. */
export function plannedVariables(planFile: string): Values | undefined {
  let found: unknown;
  scanFile(planFile, { variables: { whole: (value) => void (found = value) } });
  if (!isObject(found)) return undefined;
  return Object.fromEntries(
    Object.entries(found).map(([name, entry]) => [name, isObject(entry) ? entry.value : undefined]),
  );
}

/** Variables that can win over the file: of the same name, or arguments for terraform itself. */
export const winners = (file: Values, variables: readonly NamedVariable[]): NamedVariable[] =>
  variables.filter(({ key, category }) =>
    category === "env" ? /^TF_CLI_ARGS(_plan)?$/.test(key) : Object.hasOwn(file, key),
  );

const nameOf = ({ key, category, set }: NamedVariable): string =>
  `${category === "env" ? "environment variable" : "variable"} "${key}" of ${set === undefined ? "the workspace" : `the variable set "${set}"`}`;

/** The refusal. @param page where the workspace's variables are set */
export function overrideMessage(paths: readonly string[], found: readonly NamedVariable[], page: string): string {
  const what =
    paths.length > 0
      ? `the plan does not run what ${RELEASE_FILE} says (${paths.join(", ")})`
      : `${RELEASE_FILE} would not be what runs`;
  return found.length > 0
    ? `${what}: ${found.map(nameOf).join(" and ")} wins over the file; delete it at ${page}`
    : `${what}: something wins over the file that is no variable of the workspace or its variable sets; look at the run, and at ${page}`;
}
