/** The parts of `terraform show -json <plan>` that decide, and how to read them. */
import { changedPaths, holdsTrue } from "./meaning";

export type Action = "no-op" | "read" | "create" | "update" | "delete";

export interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly mode: "managed" | "data";
  /** Set on an object that an earlier, failed rollout left behind. */
  readonly deposed?: string;
  readonly change: {
    readonly actions: readonly Action[];
    readonly before: Record<string, unknown> | null;
    readonly after: Record<string, unknown> | null;
    readonly after_unknown?: Record<string, unknown> | boolean;
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
}

/** Managed objects that the plan does something to. */
export const changes = (plan: Plan): readonly ResourceChange[] =>
  (plan.resource_changes ?? []).filter(
    ({ mode, change }) =>
      mode === "managed" && change.actions.some((action) => action !== "no-op" && action !== "read"),
  );

export const isReplacement = ({ change }: ResourceChange): boolean =>
  change.actions.includes("create") && change.actions.includes("delete");

/** New before old, as the plan's own order of actions says. */
export const isCreateBeforeDestroy = ({ change }: ResourceChange): boolean => change.actions.join() === "create,delete";

/** Top-level attributes that force a replacement, sorted. */
export const forcedBy = ({ change }: ResourceChange): string[] =>
  [...new Set((change.replace_paths ?? []).map(([attribute]) => String(attribute)))].sort();

/** Top-level attributes whose value means something else, or is not known yet, after an update; sorted. */
export function changedAttributes({ change: { before, after, after_unknown } }: ResourceChange): string[] {
  const unknown = typeof after_unknown === "object" ? after_unknown : {};
  const names = Object.keys({ ...before, ...after, ...unknown });
  return names
    .filter((name) => holdsTrue(unknown[name]) || changedPaths(before?.[name], after?.[name]).length > 0)
    .sort();
}
