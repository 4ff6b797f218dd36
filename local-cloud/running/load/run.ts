/** A run as it is told afterwards: what clients saw at each entry, in each step, and which machines were healthy meanwhile. */
import type { Outcomes } from "./outcomes";
import { failed, sent, tally, versionsSeen } from "./tally";

/** A step of a run; times in milliseconds since the load began. */
export interface Step {
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/** Groups of machines at one moment; a group that is not there has none. */
export interface Sample {
  readonly at: number;
  readonly groups: readonly { readonly name: string; readonly version: string; readonly healthy: number }[];
}

/** What happened at one entry. */
export interface EntryRun {
  readonly name: string;
  readonly outcomes: Outcomes;
  readonly samples: readonly Sample[];
}

export interface Run {
  readonly title: string;
  readonly entries: readonly EntryRun[];
  readonly steps: readonly Step[];
  /** What one must know to read it, a sentence each. */
  readonly notes: readonly string[];
}

export const ROW_HEAD = ["cloud", "step", "requests", "failed", "p50 ms", "p99 ms", "versions seen"] as const;

/** One row for each entry and step, by the time at which a request should have gone out. */
export function rows({ entries, steps }: Pick<Run, "entries" | "steps">): string[][] {
  return entries.flatMap(({ name, outcomes }) =>
    steps.map(({ title, from, to }) => {
      const those = tally(outcomes, { from, to });
      return [
        name,
        title,
        thousands(sent(those)),
        thousands(failed(those)),
        those.p50.toFixed(0),
        those.p99.toFixed(0),
        versionsSeen(those).join(", ") || "none",
      ];
    }),
  );
}

export const thousands = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
