/** What runs, from terraform's JSON of a state or of a plan. */
import { z } from "zod";
import type { Cloud } from "../../constructs/contract/spec";
import { shareOf } from "../../constructs/contract/slots";
import type { Change, PlanFacts } from "../../review/facts";
import { cloudOf } from "../../constructs/contract/own-cloud";
import { slotOf } from "../../review/planes";
import type { Shown } from "../../review/read/attributes";
import { digest } from "../../review/read/digest";
import { scanFile, UnusableFile } from "../../review/read/scan-file";
import { Secrets } from "../../review/read/secrets";
import { subjectOf } from "../../review/subject";
import { clean } from "../../review/text";

/** One group of machines. Every text in it is made harmless. */
export interface RunningGroup {
  readonly slot: string;
  readonly cloud: Cloud;
  readonly group: string;
  readonly imageId: string;
  /** What the group's name says; empty when it is of another form. */
  readonly version: string;
  readonly key: string;
  /** Machines that terraform last saw, and their limits. */
  readonly size?: number;
  readonly min?: number;
  readonly max?: number;
  /** Share of the traffic, in percent; undefined where the state does not say. */
  readonly weight?: number;
  /** When the group was made, where the state knows. */
  readonly since?: string;
  /** Left by a rollout that did not finish: `tainted` never got healthy, `deposed` is the old one beside it. */
  readonly leftOver?: "tainted" | "deposed";
  /** Whether the state holds what lets people get in: never on Azure, where a break-glass release opens nothing. */
  readonly wayIn?: true;
}

const object = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  name: z.string(),
  index: z.unknown().optional(),
  values: z.record(z.string(), z.unknown()).nullish(),
  sensitive_values: z.unknown().optional(),
  tainted: z.boolean().optional(),
  deposed_key: z.string().optional(),
});
type StateObject = z.output<typeof object>;

const SHOW = "write it with: terraform show -json > state.json";

/** @throws UnusableFile with one clear reason */
export function readGroups(file: string): RunningGroup[] {
  const objects: StateObject[] = [];
  const take = (value: unknown) => {
    const read = object.safeParse(value);
    if (!read.success) throw new UnusableFile(`${file} holds an object of a form that is not known; ${SHOW}`);
    if (read.data.mode === "managed") objects.push(read.data);
  };
  const values = { inside: { root_module: { inside: { resources: { each: take } } } } };
  const names = scanFile(file, { values, prior_state: { inside: { values } } });
  if (names.includes("lineage")) throw new UnusableFile(`${file} is a state file, not its JSON; ${SHOW}`);
  if (!names.includes("format_version"))
    throw new UnusableFile(`${file} is neither the JSON of a state nor of a plan; ${SHOW}`);
  if (names.includes("plan_format_version") || (names.includes("resource_changes") && !names.includes("prior_state")))
    throw new UnusableFile(`${file} is a plan without the state that it was made from; ${SHOW}`);
  return groupsOf(objects);
}

interface Seen {
  readonly change: Change;
  readonly object: StateObject;
}

function groupsOf(objects: readonly StateObject[]): RunningGroup[] {
  const secrets = new Secrets();
  const seen = objects.map((one): Seen => ({ object: one, change: asChange(one, secrets) }));
  const facts: PlanFacts = {
    file: "",
    digest: "",
    unsaid: [],
    changes: seen.map(({ change }) => change),
    untouched: 0,
    releases: {},
    outputs: [],
    drift: [],
    failedChecks: [],
    deferred: 0,
    invocations: 0,
    managed: objects.length,
    found: [],
    leftBehind: [],
    secrets,
  };
  const { slots, weights, planes } = subjectOf(facts);
  const show = (text: string | undefined) => clean(secrets.show(text ?? ""));
  const of = (change: Change) => seen.find((one) => one.change === change)!.object;
  const templates = seen.map(({ change }) => change).filter(planes.carriesImage);
  const describe = (slot: string, group: Change, members: readonly Change[]): RunningGroup => {
    const { name = "" } = group.before;
    const key = keyIn(name);
    const template =
      templates.find((one) => keyIn(one.before.name ?? "")?.key === key?.key) ?? members.find(planes.carriesImage);
    const limits = members.find(({ before }) => before.min !== undefined)?.before ?? {};
    const { tainted, values } = of(group);
    return {
      slot,
      cloud: cloudOf(group.type)!,
      group: show(name),
      imageId: show((planes.carriesImage(group) ? group : template)?.before.image),
      version: key?.version ?? "",
      key: key?.key ?? "",
      ...numbers({ size: group.before.size, min: limits.min, max: limits.max }),
      ...since(name, values),
      ...(group.deposed !== undefined ? { leftOver: "deposed" } : tainted ? { leftOver: "tainted" } : {}),
    }; // prettier-ignore
  };
  const current = [...slots.values()].flatMap((slot) =>
    slot.group ? [describe(slot.name, slot.group, slot.members)] : [],
  );
  const entered = new Set<string>(
    seen.filter(({ change }) => planes.isWayIn(change)).map(({ change }) => slotOf(change)),
  );
  const deposed = seen.filter(({ change }) => change.deposed !== undefined && planes.isGroup(change));
  return [
    ...current.map((group) => ({
      ...group,
      ...weightIn(weights.before, group, current),
      ...(entered.has(group.slot) && { wayIn: true as const }),
    })),
    ...deposed.map(({ change }) => describe(slotOf(change), change, [])),
  ];
}

/** A state is a plan in which nothing happens. */
function asChange(one: StateObject, secrets: Secrets): Change {
  const { values, sensitive_values, deposed_key, ...rest } = one;
  return digest(
    {
      ...rest,
      ...(deposed_key === undefined ? {} : { deposed: deposed_key }),
      change: {
        actions: ["no-op"],
        before: values,
        after: values,
        before_sensitive: sensitive_values,
        after_sensitive: sensitive_values,
      },
    },
    secrets,
  );
}

const numbers = (values: Shown): Pick<RunningGroup, "size" | "min" | "max"> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** Version and key in a group's name: web-blue-1-5-0-3fa9c01b, on AWS with terraform's suffix. */
function keyIn(name: string): { version: string; key: string } | undefined {
  const [, version, key] = /-(\d+-\d+-\d+)-([0-9a-f]{8})(?:-\d[0-9a-f]*)?$/.exec(name) ?? [];
  return version && key ? { version: version.replaceAll("-", "."), key } : undefined;
}

/**
 * Google says when a group was made. AWS does not, but the suffix that terraform gives a name with a prefix begins with the
 * time (https://github.com/hashicorp/terraform-plugin-sdk/blob/main/helper/id/id.go). Azure's state says nothing.
 */
function since(name: string, values: StateObject["values"]): { since?: string } {
  const { creation_timestamp: made } = values ?? {};
  const [, ...parts] = /-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{4}[0-9a-f]{8}$/.exec(name) ?? [];
  const [y, mo, d, h, mi, s] = parts;
  const text = typeof made === "string" ? made : parts.length > 0 ? `${y}-${mo}-${d}T${h}:${mi}:${s}Z` : "";
  const time = Date.parse(text);
  return Number.isNaN(time) ? {} : { since: `${new Date(time).toISOString().slice(0, 19)}Z` };
}

/** Where machines of two slots stand in one pool, their number is the share. */
function weightIn(
  weights: Readonly<Record<string, number>> | undefined,
  { slot, size }: RunningGroup,
  all: readonly RunningGroup[],
): { weight?: number } {
  if (!weights) return {};
  const isShared = weights.live !== undefined && all.every((other) => other.slot !== "live");
  if (!isShared) return { weight: weights[slot] ?? 0 };
  const others = all.filter((other) => other.slot !== slot).reduce((sum, other) => sum + (other.size ?? 0), 0);
  return size === undefined || size + others === 0 ? {} : { weight: Math.round(shareOf(size, others)) };
}
