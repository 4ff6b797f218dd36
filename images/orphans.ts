/** Images of our templates that no version of the catalog owns: what builds left behind that failed, or were never ingested. */
import type { Source } from "./in-use";
import type { Artifact } from "./catalog";
import { stamp } from "./clock";
import type { Listed } from "./listed";
import { allRecords, type Catalog } from "./load";

export interface Orphan {
  readonly artifact: Artifact;
  readonly image: string;
  readonly version: string;
  readonly createdAt: Date;
  /** Why it is not to be removed; empty when nothing speaks for it. */
  readonly keep: readonly string[];
}

/** A build that is under way has not been ingested yet. */
const UNDER_WAY_HOURS = 24;

/** Each image once, by cloud and id; those of other people's templates are none of ours and are left out. */
export function orphans(
  catalog: Catalog,
  listed: readonly Listed[],
  used: readonly Source[],
  now: Date,
): readonly Orphan[] {
  const owned = new Set(
    allRecords(catalog)
      .filter(({ lifecycle }) => lifecycle.state !== "deleted")
      .flatMap(({ artifacts }) => artifacts.map(({ id }) => id.toLowerCase())),
  );
  const found = new Map<string, Orphan>();
  for (const { artifact, made, createdAt } of listed) {
    const key = `${artifact.cloud} ${artifact.id.toLowerCase()}`;
    if (!made || owned.has(artifact.id.toLowerCase()) || found.has(key)) continue;
    const until = new Date(createdAt.getTime() + UNDER_WAY_HOURS * 3_600_000);
    const keep = [
      ...used.filter(({ ids }) => ids.has(artifact.id.toLowerCase())).map(({ file }) => `in use: ${file}`),
      ...(until > now ? [`too young until ${stamp(until)}: its build may not be ingested yet`] : []),
    ];
    found.set(key, { artifact, ...made, createdAt, keep });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, orphan]) => orphan);
}
