/** Which run of a workspace is the plan that was made from what lies here; nothing else is ever applied. */
import type { RunData } from "./model";
import { meaningOf } from "./run-states";
import { digestIn } from "./upload";

export type Choice =
  /** Apply it; or, when it is being applied already, wait for it. */
  | { readonly run: RunData }
  /** There is nothing to do, and why. */
  | { readonly nothing: string; readonly run: RunData }
  /** Nothing may be applied, and what to do. */
  | { readonly refusal: string };

const AGAIN = "run: npx fleet hcp plan";

/**
 * @param runs of the workspace, newest first
 * @param digest of what would be uploaded now
 * @param wanted the run that was asked for by its id
 */
export function chooseRun(runs: readonly RunData[], digest: string, wanted?: string): Choice {
  const real = runs.filter(({ attributes }) => attributes["plan-only"] !== true);
  const mine =
    wanted === undefined ? real.find((run) => digestIn(run) === digest) : runs.find(({ id }) => id === wanted);
  if (!mine) return { refusal: notFound(real, wanted) };
  if (mine.attributes["plan-only"] === true)
    return { refusal: `${mine.id} is speculative and can never be applied; ${AGAIN}` };
  return newerThan(mine, real, wanted) ?? byMeaning(mine);
}

function notFound(real: readonly RunData[], wanted: string | undefined): string {
  if (wanted !== undefined) return `the workspace has no run ${wanted}`;
  const other = real.find(({ attributes }) => meaningOf(attributes.status, attributes.actions) === "planned");
  return other
    ? `${other.id} was planned from another upload than what lies here; ${AGAIN}`
    : `nothing was planned from what lies here; ${AGAIN}`;
}

const createdAt = ({ attributes }: RunData): number => new Date(attributes["created-at"]).getTime();
const appliedAt = ({ attributes }: RunData): number =>
  new Date(attributes["status-timestamps"]?.["applied-at"] ?? Number.NaN).getTime();

/** Since when the workspace may have moved on from a run. */
const since = (run: RunData): number => {
  const applied = appliedAt(run);
  return Number.isNaN(applied) ? createdAt(run) : applied;
};

/** Whether something came between the run and now. */
function newerThan(mine: RunData, real: readonly RunData[], wanted: string | undefined): Choice | undefined {
  const meaning = meaningOf(mine.attributes.status, mine.attributes.actions);
  if (!["planned", "finished", "applied"].includes(meaning)) return undefined;
  const others = real.filter((run) => run !== mine);
  const applied = others.find((run) => appliedAt(run) > since(mine));
  if (applied) return { refusal: `${applied.id} was applied after ${mine.id}, which is out of date; ${AGAIN}` };
  if (meaning !== "planned" || wanted !== undefined) return undefined;
  const newer = others.find(
    (run) =>
      createdAt(run) > createdAt(mine) &&
      !["failed", "stopped", "finished"].includes(meaningOf(run.attributes.status, run.attributes.actions)),
  );
  return (
    newer && {
      refusal: `${newer.id} is newer than ${mine.id}, which was planned from what lies here; discard ${newer.id}, or name the run to apply with --run`,
    }
  );
}

function byMeaning(run: RunData): Choice {
  const { status, actions } = run.attributes;
  switch (meaningOf(status, actions)) {
    case "planned":
    case "applying":
      return { run };
    case "finished":
      return { nothing: `${run.id} found nothing to change`, run };
    case "applied":
      return { nothing: `${run.id} is applied already`, run };
    case "held":
      return { refusal: `${run.id} failed a policy; somebody with the right may override it in HCP Terraform` };
    case "working":
      return { refusal: `${run.id} is still ${status.replaceAll("_", " ")}; wait for it` };
    default:
      return { refusal: `${run.id} is ${status.replaceAll("_", " ")} and can not be applied any more; ${AGAIN}` };
  }
}
