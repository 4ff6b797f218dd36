/** Whether an environment may run a version: its effective state against the environment's policy. */
import { join } from "node:path";
import { findImage, type Found, type ImageRecord, type Lookup, type State } from "./catalog";
import { channelSchema, everIn, type Channel } from "./channel";
import { effectiveState } from "./effective";
import { readJsonIfThere } from "./json-file";
import { DEFAULT_POLICY, policyOf, policySchema, type ChannelPolicy } from "./policy";
import { statementsOf } from "./provenance/statement";
import { named } from "./refuse";

/** How far a version has come. Revoked and deleted versions run nowhere. */
const RANK: Record<State, number> = { deleted: -1, revoked: -1, built: 0, tested: 1, approved: 2, deprecated: 2 };

export interface EnvironmentView {
  readonly name: string;
  readonly policy: ChannelPolicy;
  /** The image's channel of the same name. */
  readonly channel?: Channel | undefined;
}

export type Allowed =
  | { readonly ok: true; readonly state: State; readonly ended: boolean; readonly warnings: readonly string[] }
  | {
      readonly ok: false;
      readonly reason: string;
      /** What would help, where it is not another version. */
      readonly todo?: string;
    };

/** Whether an environment may run a version now, or why not, in plain words. */
export function allowedIn(env: EnvironmentView, record: ImageRecord, lookup: Lookup, now: Date): Allowed {
  const { policy, name, channel } = env;
  const what = named(record.image, record.version);
  const { state, why, ended } = effectiveState(record, lookup, now);
  const instead = record.lifecycle.replacement ? `; use ${record.lifecycle.replacement}` : "";
  if (RANK[state] < 0) return { ok: false, reason: `${what} is ${why}${instead}` };
  if (RANK[state] < RANK[policy.min])
    return { ok: false, reason: `${what} is ${state}, and ${name} needs ${policy.min}` };
  if (policy.provenance?.required && statementsOf(record).length === 0)
    return { ok: false, reason: `${what} is not signed, and ${name} needs signed provenance` };
  if (policy.promotedOnly && !everIn(channel, record.version))
    return {
      ok: false,
      reason: `${what} was never promoted to channel ${name}`,
      todo: `promote it first: npx fleet image promote ${record.image} ${record.version} ${name}`,
    };
  if (ended && policy.afterEndOfLife === "refuse") return { ok: false, reason: `${what} is ${why}${instead}` };
  const warnings = state === "deprecated" ? [`${what} is deprecated${why ? `, ${why}` : ""}${instead}`] : [];
  return { ok: true, state, ended, warnings };
}

/** A version that a release names, and the verdict on it. */
export interface JudgedImage {
  readonly record: ImageRecord;
  /** Effective state: what the release's variables carry. */
  readonly state: State;
  readonly warnings: readonly string[];
  /** Why the environment must not run it, in plain words; undefined when it may. */
  readonly refusal?: string | undefined;
}

/**
 * The version that a release names and whether its environment may run it now. Reads only what the answer depends on: the
 * version, what it is built on, policy.json and one channel.
 *
 * @param wantedBy file and field that name the version, for the errors
 */
export function judgeImage(
  catalog: string,
  environment: string,
  wanted: { readonly image: string; readonly version: string },
  wantedBy: string,
  now: Date,
): Found<JudgedImage> {
  const { image, version } = wanted;
  const found = findImage(catalog, image, version, wantedBy);
  if (found.problems) return found;
  const policy = readJsonIfThere(join(catalog, "policy.json"), policySchema);
  if (policy?.problems) return policy;
  const channel = readJsonIfThere(join(catalog, image, "channels", `${environment}.json`), channelSchema);
  if (channel?.problems) return channel;
  const rule = policyOf(policy?.value ?? DEFAULT_POLICY, environment);
  const lookup: Lookup = (name, at) => findImage(catalog, name, at, wantedBy).value;
  const record = found.value;
  const allowed = allowedIn({ name: environment, policy: rule, channel: channel?.value }, record, lookup, now);
  if (allowed.ok) return { value: { record, state: allowed.state, warnings: allowed.warnings } };
  const { state } = effectiveState(record, lookup, now);
  return {
    value: { record, state, warnings: [], refusal: `${allowed.reason}; ${allowed.todo ?? "release another version"}` },
  };
}
