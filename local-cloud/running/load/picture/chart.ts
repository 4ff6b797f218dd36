/** What is drawn, in numbers: requests each second by version, failures, and healthy machines. */
import type { EntryRun, Run } from "../run";
import { answered, failed, perSecond, sent, tally, type Tally } from "../tally";

/** A stretch of time with what was sent each second in it. */
export interface Column {
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  /** Answered each second, by version in the order of `Chart.versions`. */
  readonly answered: readonly number[];
  readonly failed: number;
}

/** How many machines of a group were healthy, on top of those of the groups that were there before it. */
export interface Band {
  readonly group: string;
  /** Place in `Chart.versions`. */
  readonly version: number;
  readonly spans: readonly Span[];
}

export interface Span {
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  readonly below: number;
  readonly healthy: number;
}

export interface Panel {
  readonly name: string;
  readonly sent: number;
  readonly failed: number;
  readonly columns: readonly Column[];
  readonly bands: readonly Band[];
}

export interface Chart {
  readonly seconds: number;
  readonly versions: readonly string[];
  readonly panels: readonly Panel[];
  /** Requests each second, and machines, at the upper end of the axes of all panels. */
  readonly mostRequests: number;
  readonly mostMachines: number;
}

/** As many columns as can be told apart. */
const COLUMNS = 200;

export function chart({ entries, steps }: Run): Chart {
  const ends = [
    ...steps.map(({ to }) => to),
    ...entries.flatMap(({ outcomes, samples }) => [outcomes.at.at(-1) ?? 0, samples.at(-1)?.at ?? 0]),
  ];
  const seconds = Math.max(1, (Math.max(...ends) + 1) / 1000);
  const width = Math.ceil(seconds / COLUMNS);
  const versions = [
    ...new Set([
      ...entries.flatMap(({ samples }) => samples.flatMap(({ groups }) => groups.map(({ version }) => version))),
      ...entries.flatMap(({ outcomes }) => answering(tally(outcomes))),
    ]),
  ].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const panels = entries.map((entry) => panel(entry, versions, seconds, width));
  const each = panels.flatMap(({ columns }) => columns.map((column) => sum(column.answered) + column.failed));
  const spans = panels.flatMap(({ bands }) => bands.flatMap((band) => band.spans));
  return {
    seconds,
    versions,
    panels,
    mostRequests: round(Math.max(1, ...each)),
    mostMachines: Math.max(1, ...spans.map(({ below, healthy }) => below + healthy)),
  };
}

function panel(
  { name, outcomes, samples }: EntryRun,
  versions: readonly string[],
  seconds: number,
  width: number,
): Panel {
  const all = tally(outcomes);
  const counts = perSecond(outcomes, Math.ceil(seconds));
  // A short rest is no column of its own: of a tenth of a second no rate can be said.
  const number = Math.max(1, Math.round(seconds / width));
  const columns = Array.from({ length: number }, (_, index) => {
    const [from, to] = [index * width, index === number - 1 ? seconds : (index + 1) * width];
    return column(counts.slice(from, Math.ceil(to)), versions, from, to);
  });
  return { name, sent: sent(all), failed: failed(all), columns, bands: bands(samples, versions, seconds) };
}

function column(counts: readonly Tally[], versions: readonly string[], from: number, to: number): Column {
  const perSecondOf = (of: (second: Tally) => number) => sum(counts.map(of)) / (to - from);
  return {
    from,
    to,
    answered: versions.map((version) => perSecondOf((second) => answered(second, version))),
    failed: perSecondOf((second) => failed(second)),
  };
}

/** A sample holds until the next one. */
function bands(samples: EntryRun["samples"], versions: readonly string[], seconds: number): Band[] {
  const groups = new Map(
    samples.flatMap((sample) => sample.groups.map(({ name, version }) => [name, version] as const)),
  );
  const found = [...groups].map(([group, version]) => ({
    group,
    version: versions.indexOf(version),
    spans: [] as Span[],
  }));
  samples.forEach((sample, index) => {
    const [from, to] = [sample.at / 1000, Math.min(seconds, (samples[index + 1]?.at ?? sample.at + 1000) / 1000)];
    let below = 0;
    for (const { group, spans } of found) {
      const healthy = sample.groups.find(({ name }) => name === group)?.healthy ?? 0;
      if (healthy > 0) add(spans, { from, to, below, healthy });
      below += healthy;
    }
  });
  return found;
}

/** What goes on as it was is one span. */
function add(spans: Span[], next: Span): void {
  const last = spans.at(-1);
  if (last?.to === next.from && last.below === next.below && last.healthy === next.healthy)
    spans[spans.length - 1] = { ...last, to: next.to };
  else spans.push(next);
}

const answering = ({ counts }: Tally) =>
  counts.filter(({ result }) => result === "answered").map(({ version }) => version);

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

/** The next of 1, 2, 5, 10, 20, 50 … */
function round(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}
