/** Which versions may be deleted. Everything is kept that has a reason to be kept, and so is what it is built on. */
import type { ImageRecord } from "./catalog";
import { after, reached, stamp } from "./clock";
import { ancestors, effectiveState } from "./effective";
import type { InUse } from "./in-use";
import { MOVES, settled } from "./lifecycle";
import { allRecords, lookupIn, type Catalog, type Image } from "./load";
import { named } from "./refuse";

export interface Verdict {
  readonly record: ImageRecord;
  /** Why it stays; empty when it may go. */
  readonly keep: readonly string[];
}

type Rule = (record: ImageRecord, view: View) => string[];

interface View {
  readonly catalog: Catalog;
  readonly image: Image;
  readonly newest: ReadonlySet<string>;
  readonly used: InUse;
  readonly now: Date;
}

const RULES: readonly Rule[] = [
  (record, { now }) => {
    const { state } = settled(record, now).lifecycle;
    return state in MOVES.delete.to ? [] : [`${state}: deprecate or revoke it first`];
  },
  ({ version }, { image }) =>
    [...image.channels.values()].flatMap(({ channel, version: current, previous }) => [
      ...(current === version ? [`in channel ${channel}`] : []),
      ...(previous.some((entry) => entry.version === version) ? [`way back in channel ${channel}`] : []),
    ]),
  ({ image, version }, { used }) => (used.get(named(image, version)) ?? []).map((where) => `in use: ${where}`),
  ({ version }, { newest }) => (newest.has(version) ? ["among the newest"] : []),
  ({ build, lifecycle }, { catalog, now }) => {
    const until = [build.at, lifecycle.since].map((at) => after(at, catalog.policy.keep.minAge)).sort(byTime)[1]!;
    return reached(stamp(until), now) ? [] : [`too young until ${stamp(until)}`];
  },
];

const byTime = (a: Date, b: Date) => a.getTime() - b.getTime();

/** Revoked versions are no use as a stock of versions to go back to, so they do not count. */
function newestOf(catalog: Catalog, image: Image, now: Date): Set<string> {
  const lookup = lookupIn(catalog);
  const good = [...image.versions.values()].filter(
    (record) => !["revoked", "deleted"].includes(effectiveState(record, lookup, now).state),
  );
  return new Set(good.slice(-catalog.policy.keep.newest).map(({ version }) => version));
}

/** A verdict on every version whose images still exist, by image and then version. */
export function prune(catalog: Catalog, used: InUse, now: Date): Verdict[] {
  const newest = new Map([...catalog.images].map(([name, image]) => [name, newestOf(catalog, image, now)]));
  const verdicts = allRecords(catalog)
    .filter(({ lifecycle }) => lifecycle.state !== "deleted")
    .map((record) => {
      const image = catalog.images.get(record.image)!;
      const view = { catalog, image, newest: newest.get(record.image)!, used, now };
      return { record, keep: RULES.flatMap((rule) => rule(record, view)) };
    });
  const lookup = lookupIn(catalog);
  const children = new Map<string, string>();
  for (const { record, keep } of verdicts)
    if (keep.length > 0)
      for (const ancestor of ancestors(record, lookup).records) {
        const name = named(ancestor.image, ancestor.version);
        if (!children.has(name)) children.set(name, named(record.image, record.version));
      }
  return verdicts.map(({ record, keep }) => {
    const child = children.get(named(record.image, record.version));
    return { record, keep: child ? [...keep, `base of ${child}, which is kept`] : keep };
  });
}
