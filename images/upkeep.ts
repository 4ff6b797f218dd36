/** Which images are behind their base or too old, and in which order to build them anew. */
import type { Arch } from "../constructs/contract/spec";
import { ARCHS, type ImageRecord } from "./catalog";
import { after, days, milliseconds, reached, stamp } from "./clock";
import { effectiveState } from "./effective";
import { lookupIn, type Catalog } from "./load";
import { compareVersions, nextPatch } from "./version";
import { ownIn } from "../constructs/contract/own";

/** A version that matters today, and where: in a channel, or the newest usable one. */
export interface Head {
  readonly record: ImageRecord;
  /** Channels that point at it; `newest` when none does. */
  readonly where: readonly string[];
}

const usable = (catalog: Catalog, record: ImageRecord, now: Date): boolean =>
  !["revoked", "deleted"].includes(effectiveState(record, lookupIn(catalog), now).state);

/** The versions of an image that channels point at; without channels its newest usable version. */
export function heads(catalog: Catalog, image: string, now: Date): Head[] {
  const { versions, channels } = catalog.images.get(image)!;
  const names = new Map<string, string[]>();
  for (const { version, channel } of channels.values()) names.set(version, [...(names.get(version) ?? []), channel]);
  const pointed = [...versions.values()]
    .filter(({ version }) => names.has(version))
    .map((record) => ({ record, where: names.get(record.version)! }));
  if (pointed.length > 0) return pointed;
  const newest = [...versions.values()].reverse().find((record) => usable(catalog, record, now));
  return newest ? [{ record: newest, where: ["newest"] }] : [];
}

/** The newest approved version of an image. */
export const newestApproved = (catalog: Catalog, image: string, now: Date): ImageRecord | undefined =>
  [...(catalog.images.get(image)?.versions.values() ?? [])]
    .reverse()
    .find((record) => effectiveState(record, lookupIn(catalog), now).state === "approved");

export interface Outdated extends Head {
  /** Base version to build on. */
  readonly newer: ImageRecord;
  /** Time until which the policy wants it built. */
  readonly due: string;
  readonly overdue: boolean;
}

/** Versions that matter and are built on something other than the newest approved version of their base. */
export const outdated = (catalog: Catalog, now: Date): Outdated[] =>
  [...catalog.images.keys()].flatMap((image) =>
    heads(catalog, image, now).flatMap((head) => {
      const { base } = head.record;
      const newer = base && newestApproved(catalog, base.image, now);
      // An older one that is still approved is no way on from a base that was revoked: what is in it is older too.
      if (!newer || compareVersions(newer.version, base.version) <= 0) return [];
      const due = stamp(after(newer.lifecycle.since, catalog.policy.rebuildWithin));
      return [{ ...head, newer, due, overdue: reached(due, now) }];
    }),
  );

export interface Stale extends Head {
  readonly ageDays: number;
  readonly maxAge: string;
}

/** When the oldest of a version's images was built. */
const oldestBuild = ({ build }: ImageRecord): string =>
  [build.at, ...(build.merged ?? []).map(({ at }) => at)].sort((a, b) => Date.parse(a) - Date.parse(b))[0]!;

/** Versions that matter and are older than the policy allows. */
export const stale = (catalog: Catalog, now: Date): Stale[] =>
  [...catalog.images.keys()].flatMap((image) => {
    const maxAge = ownIn(catalog.policy.maxAge, image) ?? catalog.policy.maxAge["*"];
    if (maxAge === undefined) return [];
    return heads(catalog, image, now)
      .filter(({ record }) => now.getTime() - Date.parse(oldestBuild(record)) > milliseconds(maxAge))
      .map((head) => ({ ...head, ageDays: days(oldestBuild(head.record), now), maxAge }));
  });

export interface Rebuild {
  readonly image: string;
  /** Version to build: one patch above the newest there ever was. */
  readonly version: string;
  readonly base?: { readonly image: string; readonly version: string };
  /** Architectures that the version before was built for. */
  readonly archs: readonly Arch[];
  readonly why: string;
}

/** A base that an image must leave: what stands in for it, and why. */
interface Leave {
  /** Newest version that is newer than the base and may become approved; undefined when one has to be built. */
  readonly newer: ImageRecord | undefined;
  readonly why: string;
}

/** Whether the base of a version is revoked, and whether anything newer is there to build on. */
function leave(catalog: Catalog, { base }: ImageRecord, now: Date): Leave | undefined {
  const record = base && lookupIn(catalog)(base.image, base.version);
  if (!record) return undefined;
  const { state } = effectiveState(record, lookupIn(catalog), now);
  if (state !== "revoked" && state !== "deleted") return undefined;
  const newer = [...(catalog.images.get(base.image)?.versions.values() ?? [])]
    .reverse()
    .find((one) => compareVersions(one.version, base.version) > 0 && usable(catalog, one, now));
  return { newer, why: `${base.image} ${base.version}, which it is built on, is ${state}` };
}

/**
 * What to build, bases first: an image is rebuilt when it is old, when its base is newer, is revoked, or is rebuilt. It never
 * goes back to an older base.
 */
export function planRebuild(catalog: Catalog, now: Date): Rebuild[] {
  const old = new Map(stale(catalog, now).map((entry) => [entry.record.image, entry]));
  const behind = new Map(outdated(catalog, now).map((entry) => [entry.record.image, entry]));
  const plan = new Map<string, Rebuild | undefined>();
  const seen = new Set<string>();
  const add = (image: string, like: ImageRecord, why: string, base?: Rebuild["base"]): Rebuild => {
    const newest = [...catalog.images.get(image)!.versions.keys()].at(-1)!;
    const archs = ARCHS.filter((arch) => like.artifacts.some((artifact) => artifact.arch === arch));
    const rebuild = { image, version: nextPatch(newest), ...(base && { base }), archs, why };
    // Set again after its base, because a map keeps the order of first insertion.
    plan.delete(image);
    plan.set(image, rebuild);
    return rebuild;
  };
  /** A base that has to be built because nothing newer than a revoked one is there. */
  const anew = (base: NonNullable<ImageRecord["base"]>, why: string): Rebuild | undefined => {
    const record = lookupIn(catalog)(base.image, base.version);
    const planned = plan.get(base.image);
    if (planned || !record) return planned;
    const above = record.base && visit(record.base.image);
    return add(base.image, record, why, above ?? record.base);
  };
  const visit = (image: string): Rebuild | undefined => {
    if (seen.has(image)) return plan.get(image);
    seen.add(image);
    const head = heads(catalog, image, now).at(-1)?.record;
    if (!head) return plan.get(image);
    const left = leave(catalog, head, now);
    const parent = head.base && (visit(head.base.image) ?? (left && !left.newer ? anew(head.base, `${head.base.version} is revoked, and no newer version is there`) : undefined)); // prettier-ignore
    const [aged, late] = [old.get(image), behind.get(image)];
    const why =
      (parent && `its base becomes ${parent.image} ${parent.version}`) ??
      (late && `${late.newer.image} ${late.newer.version} is newer than its base ${late.record.base!.version}`) ??
      left?.why ??
      (aged && `${aged.record.version} is ${aged.ageDays} days old, and ${aged.maxAge} is allowed`);
    if (why === undefined) return plan.get(image);
    const on = parent ?? late?.newer ?? left?.newer ?? head.base;
    return add(image, head, why, on && { image: on.image, version: on.version });
  };
  for (const image of catalog.images.keys()) visit(image);
  return [...plan.values()].filter((entry) => entry !== undefined);
}
