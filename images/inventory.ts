/** What runs where, with where it comes from: one row per slot of each release. */
import { days } from "./clock";
import { effectiveState } from "./effective";
import type { ImageOfService } from "./in-use";
import { lookupIn, type Catalog } from "./load";
import { named } from "./refuse";
import type { Released } from "./released";

export const COLUMNS = [
  "environment",
  "service",
  "slot",
  "image",
  "version",
  "state",
  "base",
  "built",
  "age_days",
  "git_sha",
] as const;
export type Row = Record<(typeof COLUMNS)[number], string>;

export const inventory = (
  catalog: Catalog,
  released: readonly Released[],
  imageOfService: ImageOfService,
  now: Date,
): Row[] =>
  released.map(({ environment, service, slot, version }) => {
    const image = imageOfService(environment, service) ?? service;
    const record = lookupIn(catalog)(image, version);
    return {
      environment,
      service,
      slot,
      image,
      version,
      state: record ? effectiveState(record, lookupIn(catalog), now).state : "unknown",
      base: record?.base ? named(record.base.image, record.base.version) : "",
      built: record?.build.at ?? "",
      age_days: record ? String(days(record.build.at, now)) : "",
      git_sha: record?.build.gitSha ?? "",
    };
  });

/** RFC 4180. A cell that a spreadsheet would take for a formula is made text (https://owasp.org/www-community/attacks/CSV_Injection). */
const cell = (text: string) => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const csv = <C extends string>(columns: readonly C[], rows: readonly Readonly<Record<C, string>>[]): string =>
  [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((line) => line.map(cell).join(","))
    .join("\n");
