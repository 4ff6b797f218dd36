/** One resource change, reduced to facts: what happens, why, and the few attributes that may be shown. */
import { z } from "zod";
import type { Change } from "../facts";
import { changedPaths, holdsTrue } from "../../constructs/contract/meaning";
import { shownOf } from "./attributes";

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

/** The facts of a change. Strings that Terraform marks sensitive are added to `secrets`. */
export function digest(raw: RawChange, secrets: Set<string>): Change {
  const { change } = raw;
  collectSecrets(change.before, change.before_sensitive, secrets);
  collectSecrets(change.after, change.after_sensitive, secrets);
  const before = shownOf(raw.type, change.before, change.before_sensitive);
  const after = shownOf(raw.type, change.after, change.after_sensitive);
  const unknown = typeof change.after_unknown === "object" ? { ...change.after_unknown } : {};
  const happens = change.actions.some((action) => action !== "no-op");
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
    changed:
      happens && change.before && change.after ? changedPaths(change.before, change.after, unknown, MOST_PATHS) : [],
    unknown: Object.entries(unknown).flatMap(([name, value]) => (holdsTrue(value) ? [name] : [])),
    before: before.shown,
    after: after.shown,
    masked: [...new Set([...before.masked, ...after.masked])],
  };
}

/** Keeps what a mask covers; a `true` covers everything below it. */
export function collectSecrets(value: unknown, mask: unknown, secrets: Set<string>): void {
  if (mask === true) strings(value, secrets);
  else if (typeof mask === "object" && mask !== null && typeof value === "object" && value !== null)
    for (const [name, inner] of Object.entries(mask))
      collectSecrets((value as Record<string, unknown>)[name], inner, secrets);
}

function strings(value: unknown, secrets: Set<string>): void {
  if (typeof value === "string" && value !== "") secrets.add(value);
  else if (typeof value === "number") secrets.add(String(value));
  else if (typeof value === "object" && value !== null)
    Object.values(value).forEach((inner) => strings(inner, secrets));
}
