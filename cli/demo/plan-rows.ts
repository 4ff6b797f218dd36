/** A plan as a newcomer reads it: one row for each object that changes. */
import {
  changedAttributes,
  changes,
  forcedBy,
  isCreateBeforeDestroy,
  isReplacement,
  type Plan,
  type ResourceChange,
} from "../../constructs/contract/plan";

export interface PlanRow {
  readonly address: string;
  readonly action: string;
  readonly oldName: string;
  readonly newName: string;
  /** Attributes that force the replacement, or that an update changes. */
  readonly because: string;
}

export const planRows = (plan: Plan): PlanRow[] => changes(plan).map(row);

function row(change: ResourceChange): PlanRow {
  const { before, after } = change.change;
  return {
    address: change.address,
    action: action(change),
    oldName: nameOf(before),
    newName: nameOf(after),
    because: (isReplacement(change) ? forcedBy(change) : before && after ? changedAttributes(change) : []).join(", "),
  };
}

function action(change: ResourceChange): string {
  if (change.deposed) return "delete left-over";
  if (!isReplacement(change)) return change.change.actions.join(", ");
  return isCreateBeforeDestroy(change) ? "replace, new first" : "replace, OLD FIRST";
}

/** With a prefix, the rest of the name comes from the cloud: the prefix is what two plans can be compared by. */
function nameOf(values: Record<string, unknown> | null): string {
  const { name, name_prefix: prefix } = values ?? {};
  if (typeof prefix === "string" && prefix !== "") return `${prefix}…`;
  return typeof name === "string" ? name : "";
}
