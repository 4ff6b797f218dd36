/** One planning engine for every resource type: flags in, planned object and replacement paths out. */
import { type Obj, Unknown, UNKNOWN, type Value } from "../protocol/values";
import { type Change, diffBlock, type DiffContext } from "./diff";
import { planFramework } from "./framework";
import { keepEmptiesInBlock, rebuildPrior, setUnknowns } from "./normalise";
import { Draft } from "./draft";
import { replacePaths } from "./replace-paths";
import type { PlanRequest, PlanResult } from "./request";
import type { Rules } from "./rules";

const OUTSIDE_DIFF = ["id", "timeouts"];

/** Plans a create or an update. */
export function plan(request: PlanRequest, rules: Rules): PlanResult {
  const { schema, prior, proposed } = request;
  if (schema.framework) return planFramework(request, rules);
  const changes: Change[] = [];
  const context: DiffContext = {
    create: prior === null,
    suppress: rules.suppress(schema, request),
    normalise: rules.normalise(schema),
    hash: rules.hash,
    changes,
  };
  const rebuilt = prior && rebuildPrior(schema.block, prior);
  const diffed = diffBlock(schema.block, rebuilt, proposed, [], context, false, OUTSIDE_DIFF);
  const draft = new Draft(request, diffed, changes);
  for (const rule of rules.plan(schema)) rule(draft);
  const timeouts: Obj = schema.block.has("timeouts") ? { timeouts: proposed.timeouts ?? null } : {};
  if (prior !== null && draft.unchanged()) {
    return { planned: { ...prior, ...timeouts }, requiresReplace: [], problems: draft.problems };
  }
  const id: Obj = schema.block.has("id") ? { id: prior ? (prior.id ?? null) : (userId(request) ?? UNKNOWN) } : {};
  const kept = keepEmptiesInBlock(schema.block, { ...draft.planned, ...id, ...timeouts }, proposed);
  const planned = prior === null ? { ...setUnknowns(schema.block, kept), ...timeouts } : kept;
  const paths = replacePaths(draft.changes);
  // The SDK adds the id, so that terraform sees a replacement whose other reasons it was told to ignore.
  return { planned, requiresReplace: paths.length > 0 ? [...paths, ["id"]] : [], problems: draft.problems };
}

/** A few types let the user set the id. */
const userId = ({ config }: PlanRequest): Value => (config.id instanceof Unknown ? null : (config.id ?? null));
