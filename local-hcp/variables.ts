/**
 * Which value of a variable wins in a run.
 * https://developer.hashicorp.com/terraform/cloud-docs/workspaces/variables#precedence
 */
import type { Run, Variable, VariableSet, Workspace } from "./model";

export interface Sources {
  readonly workspace: Workspace;
  readonly run: Pick<Run, "options">;
  readonly variables: readonly Variable[];
  readonly sets: readonly VariableSet[];
}

/** The variables of a run: HCL literals for terraform's own, texts for the environment. */
export interface Resolved {
  readonly terraform: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Escapes that JSON has and HCL has not. */
const OTHER_ESCAPES: Record<string, string> = { "\\b": "\\u0008", "\\f": "\\u000c" };

/** A text as an HCL literal: as in JSON, and no template may start in it. */
export const literal = (text: string): string =>
  JSON.stringify(text)
    .replace(/\\./g, (escape) => OTHER_ESCAPES[escape] ?? escape)
    .replace(/[$%](?=\{)/g, (sign) => sign + sign);

/** How near a set is to the workspace; undefined when it does not reach it. */
function reach(set: VariableSet, workspace: Workspace): "global" | "project" | "workspace" | undefined {
  if (set.organization !== workspace.organization) return undefined;
  if (set.workspaceIds.includes(workspace.id)) return "workspace";
  if (set.projectIds.includes(workspace.projectId)) return "project";
  return set.global ? "global" : undefined;
}

/** The sets that reach a workspace, weakest first. */
export function setsOf(workspace: Workspace, sets: readonly VariableSet[]): VariableSet[] {
  // Among sets with priority the wider one wins, among the others the nearer one.
  const nearness = ["global", "project", "workspace"];
  const order = (set: VariableSet) => {
    const near = nearness.indexOf(reach(set, workspace)!);
    return set.priority ? 2 * nearness.length - near : near;
  };
  return sets
    .filter((set) => reach(set, workspace) !== undefined)
    .sort((a, b) => order(a) - order(b) || (a.name < b.name ? 1 : -1));
}

export function resolve({ workspace, run, variables, sets }: Sources): Resolved {
  const reaching = setsOf(workspace, sets);
  const of = (owner: string) => variables.filter(({ ownerId }) => ownerId === owner);
  const fromSets = (priority: boolean) =>
    reaching.filter((set) => set.priority === priority).flatMap((set) => of(set.id));
  const common = [...fromSets(false), ...of(workspace.id)];
  const prior = fromSets(true);
  const terraform = (list: readonly Variable[]) =>
    list
      .filter(({ category }) => category === "terraform")
      .map(({ key, value, hcl }) => [key, hcl ? value : literal(value)] as const);
  return {
    terraform: Object.fromEntries([
      ...terraform(common),
      ...run.options.variables.map(({ key, value }) => [key, value] as const),
      ...terraform(prior),
    ]),
    env: Object.fromEntries(
      [...common, ...prior].filter(({ category }) => category === "env").map(({ key, value }) => [key, value]),
    ),
  };
}
