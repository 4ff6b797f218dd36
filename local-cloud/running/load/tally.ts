/** Counts over outcomes: of a step, of a second, of all. */
import { type Failure, FIRST, KEPT, LONG, type Outcomes, RESULTS, type Result } from "./outcomes";

/** Requests of one version with one result. */
export interface Count {
  readonly version: string;
  readonly result: Result;
  readonly count: number;
}

/** Some requests. How many were sent is no number of its own but the sum of the counts, so that none can be lost. */
export interface Tally {
  readonly counts: readonly Count[];
  /** Milliseconds from the intended time, of those that were answered; 0 where none was. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** Which requests are meant, from and up to a time in milliseconds since the load began. */
export interface Which {
  readonly from?: number;
  readonly to?: number;
  /** Only those over kept connections, or only those over new ones. */
  readonly kept?: boolean;
  readonly long?: boolean;
  /** Only the first request of each connection. */
  readonly first?: boolean;
}

export function tally(outcomes: Outcomes, which: Which = {}): Tally {
  const lines: number[] = [];
  const end = firstFrom(outcomes.at, which.to ?? Infinity);
  for (let line = firstFrom(outcomes.at, which.from ?? 0); line < end; line++)
    if (meant(outcomes, line, which)) lines.push(line);
  return counted(outcomes, lines);
}

/** The first line that is due at a moment or later: lines stand in the order in which they were due. */
function firstFrom(at: Float64Array, moment: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at[middle]! < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One tally for each second from the beginning on, by the time at which a request should have gone out. */
export function perSecond(outcomes: Outcomes, seconds: number): Tally[] {
  const lines: number[][] = Array.from({ length: seconds }, () => []);
  for (let line = 0; line < outcomes.at.length; line++) lines[Math.floor(outcomes.at[line]! / 1000)]?.push(line);
  return lines.map((those) => counted(outcomes, those));
}

function meant({ kind }: Outcomes, line: number, { kept, long, first }: Which): boolean {
  const bit = (wanted: boolean | undefined, mask: number) =>
    wanted === undefined || wanted === ((kind[line]! & mask) !== 0);
  return bit(kept, KEPT) && bit(long, LONG) && bit(first, FIRST);
}

function counted({ result, version, versions, latency }: Outcomes, lines: readonly number[]): Tally {
  const cells = new Map<number, number>();
  const answered: number[] = [];
  for (const line of lines) {
    const cell = version[line]! * RESULTS.length + result[line]!;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
    if (RESULTS[result[line]!] === "answered") answered.push(latency[line]!);
  }
  const counts = [...cells].map(([cell, count]) => ({
    version: versions[Math.floor(cell / RESULTS.length)]!,
    result: RESULTS[cell % RESULTS.length]!,
    count,
  }));
  const sorted = Float64Array.from(answered).sort();
  return { counts: counts.sort(inOrder), p50: at(sorted, 0.5), p99: at(sorted, 0.99), longest: sorted.at(-1) ?? 0 };
}

const inOrder = (a: Count, b: Count) =>
  a.version === b.version ? RESULTS.indexOf(a.result) - RESULTS.indexOf(b.result) : a.version < b.version ? -1 : 1;

/** The value that this share of all does not exceed: https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method */
const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;

const sum = ({ counts }: Tally, which: (count: Count) => boolean): number =>
  counts.filter(which).reduce((all, { count }) => all + count, 0);

export const sent = (some: Tally): number => sum(some, () => true);
export const answered = (some: Tally, version?: string): number =>
  sum(some, (count) => count.result === "answered" && (version === undefined || count.version === version));
export const failed = (some: Tally, cause?: Failure): number =>
  sum(some, ({ result }) => (cause === undefined ? result !== "answered" : result === cause));

/** Versions that answered, in their order. */
export const versionsSeen = ({ counts }: Tally): string[] => [
  ...new Set(counts.filter(({ version }) => version !== "").map(({ version }) => version)),
];
