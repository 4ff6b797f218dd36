/**
 * What a version may still be used for. The file says its own state; clock and ancestry can only make it worse. Computed
 * each time and never stored, so that revoking a base is a change of one file however many images were built on it.
 */
import type { ImageRecord, Lookup, State } from "./catalog";
import { reached } from "./clock";
import { named } from "./refuse";

export interface Effective {
  readonly state: State;
  /** Why it is not the state in the file, or why the version is revoked; empty when there is nothing to explain. */
  readonly why: string;
  /** Whether the version is past its end of life. */
  readonly ended: boolean;
}

/** When and why a version itself is revoked, whatever its ancestors are. A deletion does not undo a revocation. */
function ownRevocation({ lifecycle }: ImageRecord, now: Date): { at: string; reason: string } | undefined {
  const { state, was, since, revokeAt, reason = "no reason given" } = lifecycle;
  if (state === "revoked" || (state === "deleted" && was === "revoked")) return { at: since, reason };
  return revokeAt !== undefined && reached(revokeAt, now) ? { at: revokeAt, reason } : undefined;
}

/** The images that a version was built on, nearest first. A gap or a circle ends it with the name that is at fault. */
export function ancestors(
  record: ImageRecord,
  lookup: Lookup,
): { readonly records: readonly ImageRecord[]; readonly broken?: string } {
  const records: ImageRecord[] = [];
  const seen = new Set([named(record.image, record.version)]);
  for (let at = record.base; at !== undefined; at = records.at(-1)!.base) {
    const name = named(at.image, at.version);
    if (seen.has(name)) return { records, broken: `${name}, which is its own ancestor` };
    seen.add(name);
    const found = lookup(at.image, at.version);
    if (!found) return { records, broken: `${name}, which is not in the catalog` };
    records.push(found);
  }
  return { records };
}

function inheritedRevocation(record: ImageRecord, lookup: Lookup, now: Date): string | undefined {
  const { records, broken } = ancestors(record, lookup);
  for (const ancestor of records) {
    const revoked = ancestor.lifecycle.inherit === false ? undefined : ownRevocation(ancestor, now);
    if (revoked)
      return `revoked because ${named(ancestor.image, ancestor.version)}, which it is built on, was revoked on ${revoked.at}: ${revoked.reason}`;
  }
  return broken && `revoked because it is built on ${broken}, so that nobody can say whether that was revoked`;
}

/**
 * The worst of a version's own state, its dates against the clock, and the revocations of what it is built on.
 *
 * @param lookup finds the records of its ancestors; one that is missing counts as revoked
 */
export function effectiveState(record: ImageRecord, lookup: Lookup, now: Date): Effective {
  const { state, since, notAfter, reason } = record.lifecycle;
  const ended = reached(notAfter, now);
  if (state === "deleted") return { state, why: `deleted on ${since}${reason ? `: ${reason}` : ""}`, ended };
  const revoked = ownRevocation(record, now);
  if (revoked) return { state: "revoked", why: `revoked on ${revoked.at}: ${revoked.reason}`, ended };
  const inherited = inheritedRevocation(record, lookup, now);
  if (inherited) return { state: "revoked", why: inherited, ended };
  if (!ended) return { state, why: "", ended };
  return { state: state === "approved" ? "deprecated" : state, why: `past its end of life, ${notAfter}`, ended };
}
