/**
 * Differences between two environments that are meant. A path names props as fleet.ts does; `*` stands for one name. What
 * is not here should be the same, or the smaller environment proves nothing about the larger one.
 */

interface Wanted {
  readonly path: string;
  /** Only where both have a value: one without is a difference in what the service does. */
  readonly both?: true;
  readonly why: string;
}

export const WANTED: readonly Wanted[] = [
  { path: "backend", why: "each environment keeps its own state" },
  { path: "placements.*.account", why: "an account of its own" },
  { path: "placements.*.project", why: "a project of its own" },
  { path: "placements.*.subscription", why: "a subscription of its own" },
  { path: "placements.*.region", why: "a region of its own" },
  { path: "placements.*.location", why: "a location of its own" },
  // One more is more of the same: users are nearer, or one may be lost. How it is made is compared (compare.ts).
  { path: "placements.*.regionCount", why: "how many regions is a matter of size" },
  { path: "placements.*.cidr", why: "a network of its own" },
  { path: "placements.*.zones", why: "zones of its region" },
  { path: "placements.*.encryptionKey", both: true, why: "a key of its own" },
  { path: "placements.*.logs.alarmEmails", why: "other people hear of it" },
  { path: "placements.*.persistent.database.type", why: "how large is a matter of size" },
  { path: "placements.*.persistent.database.diskGb", why: "how large is a matter of size" },
  { path: "placements.*.persistent.files.sizeGb", why: "how large is a matter of size" },
  { path: "services.*.capacity.min", why: "how many is a matter of size" },
  { path: "services.*.capacity.max", why: "how many is a matter of size" },
  { path: "services.*.traffic.certificates.*", both: true, why: "a certificate of its own" },
  { path: "services.*.machine.*.kmsKeyId", both: true, why: "a key of its own" },
  { path: "services.*.machine.azure.diskEncryptionSetId", both: true, why: "a key of its own" },
  { path: "services.*.machine.boot.*", both: true, why: "a value of its own; the name is there in both" },
  { path: "services.*.settings.*", both: true, why: "a value of its own; the name is there in both" },
  { path: "releases.*.epoch", why: "each environment renews its machines when it likes" },
  { path: "releases.*.capacity", why: "how many is a matter of size" },
];

const covers = (pattern: string, path: readonly string[]): boolean => {
  const steps = pattern.split(".");
  return steps.length <= path.length && steps.every((step, index) => step === "*" || step === path[index]);
};

/** Why a difference is meant; undefined when it is not. */
export function whyWanted(path: readonly string[], a: unknown, b: unknown): string | undefined {
  const both = a !== undefined && b !== undefined;
  return WANTED.find((wanted) => covers(wanted.path, path) && (both || !wanted.both))?.why;
}
