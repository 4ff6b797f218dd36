/** What runs, joined with where it comes from: the catalog's record of each image. */
import { days, milliseconds } from "../../images/clock";
import type { ImageRecord } from "../../images/catalog";
import { effectiveState } from "../../images/effective";
import { csv } from "../../images/inventory";
import { allRecords, lookupIn, type Catalog } from "../../images/load";
import { named } from "../../images/refuse";
import type { SlotRelease } from "../../releases/file";
import { canonical } from "../../constructs/contract/meaning";
import { parseStackName } from "../stacks";
import type { RunningGroup } from "./read";
import { ownIn } from "../../constructs/contract/own";

export interface StackGroups {
  readonly stack: string;
  readonly groups: readonly RunningGroup[];
}

export const COLUMNS = [
  "environment",
  "service",
  "cloud",
  "region",
  "slot",
  "image",
  "version",
  "state",
  "base",
  "git_sha",
  "built",
  "age_days",
  "since",
  "running_days",
  "key",
  "weight",
  "machines",
  "min",
  "max",
  "group",
  "image_id",
  "stack",
  "note",
] as const;
export type Row = Record<(typeof COLUMNS)[number], string>;

export interface Inventory {
  readonly rows: readonly Row[];
  /** Rows that somebody must look at: too old, revoked, unknown, or left over. */
  readonly wanted: readonly Row[];
  /** Machines that are older than allowed. */
  readonly oldMachines: number;
}

const text = (value: number | string | undefined): string => (value === undefined ? "" : String(value));

/** What the release file of an environment's service says of a slot; undefined where there is none. */
export type Released = (environment: string, service: string, slot: string) => SlotRelease | undefined;

/** @param olderThan ISO 8601 length of time; undefined for what the policy says of each image */
export function inventory(
  stacks: readonly StackGroups[],
  catalog: Catalog,
  now: Date,
  olderThan: string | undefined,
  released: Released,
): Inventory {
  const records = new Map(
    allRecords(catalog).flatMap((record) => record.artifacts.map(({ id }) => [canonical(id), record] as const)),
  );
  const found = stacks.flatMap(({ stack, groups }) =>
    groups.map((group) =>
      describe(stack, group, records.get(canonical(group.imageId)), catalog, now, olderThan, released),
    ),
  );
  return {
    rows: found.map(({ row }) => row),
    wanted: found.filter(({ row }) => row.note !== "").map(({ row }) => row),
    oldMachines: found.filter(({ isOld }) => isOld).reduce((sum, { size }) => sum + size, 0),
  };
}

function describe(
  stack: string,
  group: RunningGroup,
  record: ImageRecord | undefined,
  catalog: Catalog,
  now: Date,
  olderThan: string | undefined,
  released: Released,
): { row: Row; isOld: boolean; size: number } {
  const place = parseStackName(stack);
  const state = record && effectiveState(record, lookupIn(catalog), now);
  const limit = olderThan ?? (record && (ownIn(catalog.policy.maxAge, record.image) ?? catalog.policy.maxAge["*"]));
  const isOld =
    record !== undefined && limit !== undefined && now.getTime() - Date.parse(record.build.at) > milliseconds(limit);
  const notes = [
    group.leftOver === "deposed" && "left over from a rollout that did not finish",
    group.leftOver === "tainted" && "never got healthy",
    wayInOf(group, place && released(place.environment, place.layer, group.slot), now),
    !record && "not in the catalog",
    state && ["revoked", "deleted"].includes(state.state) && state.why,
    isOld && `older than ${limit}`,
    record && group.version !== "" && group.version !== record.version && `named ${group.version}`,
  ].filter((note) => typeof note === "string");
  const row: Row = {
    environment: text(place?.environment),
    service: text(place?.layer),
    cloud: group.cloud,
    region: text(place?.region),
    slot: group.slot,
    image: text(record?.image),
    version: record?.version ?? group.version,
    state: state?.state ?? "unknown",
    base: record?.base ? named(record.base.image, record.base.version) : "",
    git_sha: text(record?.build.gitSha),
    built: text(record?.build.at),
    age_days: record ? text(days(record.build.at, now)) : "",
    since: text(group.since),
    running_days: group.since === undefined ? "" : text(days(group.since, now)),
    key: group.key,
    weight: text(group.weight),
    machines: text(group.size),
    min: text(group.min),
    max: text(group.max),
    group: group.group,
    image_id: group.imageId,
    stack,
    note: notes.join("; "),
  };
  return { row, isOld, size: group.size ?? 0 };
}

/** Machines that people may get into. Azure's state does not tell them apart; what is to run there does. */
function wayInOf(
  { cloud, wayIn, version }: RunningGroup,
  release: SlotRelease | undefined,
  now: Date,
): string | undefined {
  const { breakGlass } = release ?? {};
  const isEntered = wayIn ?? (cloud === "azure" && breakGlass !== undefined && release?.version === version);
  if (!isEntered) return undefined;
  if (!breakGlass) return "break-glass: people may get in";
  const is = Date.parse(breakGlass.until) > now.getTime() ? "may get in until" : "could get in, which was over at";
  return `break-glass: people ${is} ${breakGlass.until}, ${breakGlass.reason}`;
}

export const inventoryCsv = ({ rows }: Inventory): string => csv(COLUMNS, rows);
