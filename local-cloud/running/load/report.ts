/** A run in words, and as files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { page } from "./picture/page";
import { svg } from "./picture/svg";
import { type EntryRun, type Run, thousands } from "./run";
import { FAILURES } from "./outcomes";
import { failed, sent, tally } from "./tally";

/** Requests that failed, at all entries. */
export const failedIn = ({ entries }: Pick<Run, "entries">): number =>
  entries.reduce((sum, { outcomes }) => sum + failed(tally(outcomes)), 0);

export const sentIn = ({ entries }: Pick<Run, "entries">): number =>
  entries.reduce((sum, { outcomes }) => sum + sent(tally(outcomes)), 0);

/** Why requests of an entry failed: by cause, and what exactly was met. */
export function causes({ outcomes }: Pick<EntryRun, "outcomes">): string[] {
  const all = tally(outcomes);
  const counted = FAILURES.map((cause) => [cause, failed(all, cause)] as const).filter(([, count]) => count > 0);
  const details = Object.entries(outcomes.details);
  return [...counted, ...details].map(([what, count]) => `${thousands(count)} ${what}`);
}

/** One sentence that says whether clients noticed. */
export function verdict(run: Pick<Run, "entries">): string {
  const [all, bad] = [sentIn(run), failedIn(run)];
  if (bad === 0) return `Clients noticed nothing: ${thousands(all)} requests, 0 failed.`;
  const each = run.entries.filter((entry) => causes(entry).length > 0);
  const why = each.map((entry) => `${entry.name}: ${causes(entry).join(", ")}`);
  return `CLIENTS NOTICED: ${thousands(bad)} of ${thousands(all)} requests failed (${why.join("; ")}).`;
}

/** Writes the picture and the page into a folder, which is made. @returns their paths */
export function writePictures(run: Run, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const files = [
    [join(folder, "traffic.svg"), svg(run)],
    [join(folder, "traffic.html"), page(run)],
  ] as const;
  for (const [file, content] of files) writeFileSync(file, content);
  return files.map(([file]) => file);
}
