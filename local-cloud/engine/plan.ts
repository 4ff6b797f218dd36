/** One planning engine for every resource type: flags in, planned object and replacement paths out. */
import type { TypeSchema } from "../schemas/catalog";
import { type Obj, Unknown, UNKNOWN, type Value } from "../protocol/values";
import { type Change, diffBlock, type DiffContext } from "./diff";
import type { Path } from "./path";
import { planFramework } from "./framework";
import { keepEmptiesInBlock, rebuildPrior, setUnknowns } from "./normalise";
import { Draft, type Problem } from "./draft";
import { planRules } from "../rules/plan-rules";
import { suppressor } from "../rules/suppress";
import { normaliser } from "../rules/state-functions";

/** Settings of a provider block that planning needs. */
export interface ProviderSettings {
  readonly region?: string;
  readonly zone?: string;
  readonly project?: string;
  readonly subscription?: string;
  readonly tenant?: string;
  readonly defaultTags: Record<string, string>;
  readonly ignoreTags: readonly string[];
  readonly ignoreTagPrefixes: readonly string[];
  /** AWS: by type, the tags that the organisation asks for. */
  readonly requiredTags?: Readonly<Record<string, readonly string[]>>;
  readonly defaultLabels: Record<string, string>;
  readonly attributionLabel: boolean;
  readonly attributionProactive: boolean;
  readonly features: Record<string, Record<string, Value>>;
}

export interface PlanRequest {
  readonly schema: TypeSchema;
  readonly prior: Obj | null;
  readonly proposed: Obj;
  readonly config: Obj;
  readonly settings: ProviderSettings;
}

export interface PlanResult {
  readonly planned: Obj;
  readonly requiresReplace: readonly Path[];
  readonly problems: readonly Problem[];
}

const OUTSIDE_DIFF = ["id", "timeouts"];

/** Plans a create or an update. */
export function plan(request: PlanRequest): PlanResult {
  const { schema, prior, proposed } = request;
  if (schema.framework) return planFramework(request);
  const changes: Change[] = [];
  const context: DiffContext = {
    create: prior === null,
    suppress: suppressor(schema, request),
    normalise: normaliser(schema),
    changes,
  };
  const rebuilt = prior && rebuildPrior(schema.block, prior);
  const diffed = diffBlock(schema.block, rebuilt, proposed, [], context, false, OUTSIDE_DIFF);
  const draft = new Draft(request, diffed, changes);
  for (const rule of planRules(schema)) rule(draft);
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
