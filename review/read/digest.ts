/** One resource change, reduced to facts: what happens, why, and the few attributes that may be shown. */
import { z } from "zod";
import type { Change } from "../facts";
import { beyondIn } from "../../constructs/contract/given";
import { changedPaths, holdsTrue } from "../../constructs/contract/meaning";
import { isOwnText } from "../../constructs/contract/way-out";
import { shownOf } from "./attributes";
import type { Secrets } from "./secrets";
import { valuesOf } from "./values";

const values = z.record(z.string(), z.unknown()).nullable().optional();

const resourceChange = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  module_address: z.string().optional(),
  mode: z.string(),
  type: z.string(),
  /** Some forms leave it out; the address ends with it. */
  name: z.string().optional(),
  index: z.unknown().optional(),
  index_unknown: z.boolean().optional(),
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change: z.object({
    actions: z.array(z.string()),
    before: values,
    after: values,
    after_unknown: z.unknown().optional(),
    before_sensitive: z.unknown().optional(),
    after_sensitive: z.unknown().optional(),
    replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
    importing: z.unknown().optional(),
  }),
});
export type RawChange = z.output<typeof resourceChange>;

const MOST_PATHS = 200;

/** @throws Error that names the first field that is not as Terraform writes it. */
export function parseChange(input: unknown): RawChange {
  const parsed = resourceChange.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "malformed"}`);
}

/** The facts of a change. What Terraform marks sensitive is added to `secrets`. */
export function digest(raw: RawChange, secrets: Secrets): Change {
  const { change } = raw;
  secrets.add(change.before, change.before_sensitive);
  secrets.add(change.after, change.after_sensitive);
  const before = shownOf(raw.type, change.before, change.before_sensitive);
  const after = shownOf(raw.type, change.after, change.after_sensitive);
  const unknown = typeof change.after_unknown === "object" ? { ...change.after_unknown } : {};
  const happens = change.actions.some((action) => action !== "no-op");
  const masks = [change.before_sensitive, change.after_sensitive];
  const differing =
    happens && change.before && change.after ? changedPaths(change.before, change.after, unknown, MOST_PATHS) : [];
  const changed = [...new Set(differing.map((path) => withoutSecretKeys(path, masks)))];
  return {
    key: raw.address,
    address: raw.address,
    mode: raw.mode,
    type: raw.type,
    name: raw.name ?? /([^.[\]]+)(\[.*\])?$/s.exec(raw.address)?.[1] ?? "",
    ...(typeof raw.index === "string" || typeof raw.index === "number" ? { index: raw.index } : {}),
    inModule: raw.module_address !== undefined,
    ...(raw.previous_address === undefined ? {} : { previousAddress: raw.previous_address }),
    ...(raw.deposed === undefined ? {} : { deposed: raw.deposed }),
    actions: change.actions,
    ...(raw.action_reason === undefined ? {} : { reason: raw.action_reason }),
    importing: change.importing !== undefined && change.importing !== null,
    indexUnknown: raw.index_unknown === true,
    forcedBy: [...new Set((change.replace_paths ?? []).map(([attribute]) => String(attribute)))].sort(),
    changed,
    unknown: Object.entries(unknown).flatMap(([name, value]) => (holdsTrue(value) ? [name] : [])),
    before: before.shown,
    after: after.shown,
    values: valuesOf(raw.type, changed, change.before, change.after, masks),
    isOwnText: isOwnText(raw.type, change.after),
    beyond: raw.mode === "managed" ? beyondIn(raw) : [],
    undoes: [],
    remakes: false,
    masked: [...new Set([...before.masked, ...after.masked])],
  };
}

/** The keys of a map that is marked as a whole are secrets too; entries of a list are blocks, whose keys are not. */
function withoutSecretKeys(path: string, masks: readonly unknown[]): string {
  const steps = path.split(".");
  const isEntry = (step = "") => /^\d+$/.test(step);
  let covers = masks;
  for (const [at, step] of steps.entries()) {
    covers = covers.map((mask) =>
      mask === true ? mask : (mask as Record<string, unknown> | null | undefined)?.[step],
    );
    if (covers.includes(true) && !isEntry(step) && !isEntry(steps[at + 1])) return steps.slice(0, at + 1).join(".");
  }
  return path;
}
