/** Which images are behind their base or too old, and in which order to build them anew. */
import type { ImageRecord } from "./catalog";
import { after, days, milliseconds, reached, stamp } from "./clock";
import { effectiveState } from "./effective";
import { lookupIn, type Catalog } from "./load";
import { nextPatch } from "./version";
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
      if (!newer || newer.version === base.version) return [];
      const due = stamp(after(newer.lifecycle.since, catalog.policy.rebuildWithin));
      return [{ ...head, newer, due, overdue: reached(due, now) }];
    }),
  );

export interface Stale extends Head {
  readonly ageDays: number;
  readonly maxAge: string;
}

/** Versions that matter and are older than the policy allows. */
export const stale = (catalog: Catalog, now: Date): Stale[] =>
  [...catalog.images.keys()].flatMap((image) => {
    const maxAge = ownIn(catalog.policy.maxAge, image) ?? catalog.policy.maxAge["*"];
    if (maxAge === undefined) return [];
    return heads(catalog, image, now)
      .filter(({ record }) => now.getTime() - Date.parse(record.build.at) > milliseconds(maxAge))
      .map((head) => ({ ...head, ageDays: days(head.record.build.at, now), maxAge }));
  });

export interface Rebuild {
  readonly image: string;
  /** Version to build: one patch above the newest there ever was. */
  readonly version: string;
  readonly base?: { readonly image: string; readonly version: string };
  readonly why: string;
}

/** What to build, bases first: an image is rebuilt when it is old, when its base is newer, or when its base is rebuilt. */
export function planRebuild(catalog: Catalog, now: Date): Rebuild[] {
  const old = new Map(stale(catalog, now).map((entry) => [entry.record.image, entry]));
  const behind = new Map(outdated(catalog, now).map((entry) => [entry.record.image, entry]));
  const plan = new Map<string, Rebuild | undefined>();
  const visit = (image: string): Rebuild | undefined => {
    if (plan.has(image)) return plan.get(image);
    plan.set(image, undefined);
    const head = heads(catalog, image, now).at(-1)?.record;
    if (!head) return undefined;
    const parent = head.base && visit(head.base.image);
    const [aged, late] = [old.get(image), behind.get(image)];
    const why =
      (parent && `its base becomes ${parent.image} ${parent.version}`) ??
      (late && `${late.newer.image} ${late.newer.version} is newer than its base ${late.record.base!.version}`) ??
      (aged && `${aged.record.version} is ${aged.ageDays} days old, and ${aged.maxAge} is allowed`);
    if (why === undefined) return undefined;
    const newest = [...catalog.images.get(image)!.versions.keys()].at(-1)!;
    const base = head.base && {
      image: head.base.image,
      version: parent?.version ?? newestApproved(catalog, head.base.image, now)?.version ?? head.base.version,
    };
    const rebuild = { image, version: nextPatch(newest), ...(base && { base }), why };
    // Set again after its base, because a map keeps the order of first insertion.
    plan.delete(image);
    plan.set(image, rebuild);
    return rebuild;
  };
  for (const image of catalog.images.keys()) visit(image);
  return [...plan.values()].filter((entry) => entry !== undefined);
}
