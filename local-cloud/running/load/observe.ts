/** Watches a running cloud under load: what its clients see, which machines are healthy meanwhile, and in which step. */
import { HEADERS, type Running, type RunningEntry, type Status } from "../live";
import { lateness, LATE_MS, type Load, startLoad } from "./load";
import type { News } from "./messages";
import { type Run, type Sample, type Step, thousands } from "./run";
import type { LoadSettings } from "./settings";
import { answered, versionsSeen } from "./tally";

const SAMPLE_MS = 250;

/** Seconds of the cloud after which clients close idle connections: half of what an entry waits at least. */
const IDLE_SEC = 30;

/** What a load is like if nobody says otherwise. */
export const USUAL_LOAD = {
  rate: 20,
  seed: 1,
  kept: 0.5,
  clients: 8,
  path: "/",
  timeoutMs: 30_000,
  versionHeader: HEADERS.version,
} as const satisfies Partial<LoadSettings>;

export interface ObserveOptions {
  readonly running: Pick<Running, "status">;
  /** Services to send to, such as `prod-web`. @default all that have an entry */
  readonly services?: readonly string[];
  /** Share of long requests, and how many seconds of the cloud each takes. @default one in twenty, 10 seconds */
  readonly long?: { readonly share: number; readonly seconds: number };
  readonly load?: Partial<Omit<LoadSettings, "entries" | "long">>;
  /** Told twice a second, in one line. */
  readonly onNews?: (line: string) => void;
}

/** A load that is under way. */
export class Observation {
  readonly #running: ObserveOptions["running"];
  readonly #load: Load;
  readonly #entries: readonly Named[];
  readonly #samples = new Map<string, Sample[]>();
  readonly #steps: { title: string; from: number }[] = [];
  readonly #timer: NodeJS.Timeout;
  /** By how many milliseconds at most the process of the session came to a sample too late. */
  #busy = 0;

  private constructor(running: ObserveOptions["running"], entries: readonly Named[], load: Load) {
    this.#running = running;
    this.#load = load;
    this.#entries = entries;
    for (const { name } of entries) this.#samples.set(name, []);
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** @throws Error when nothing takes traffic; LoadSettingsError */
  static async start({ running, services, long, load, onNews }: ObserveOptions): Promise<Observation> {
    const { share, seconds } = long ?? { share: 0.05, seconds: 10 };
    const { speed, entries: open } = running.status();
    const entries = named(open.filter(({ service, serves }) => serves && (services?.includes(service) ?? true)));
    if (entries.length === 0)
      throw new Error(`Nothing of ${services?.join(", ") ?? "the cloud"} takes traffic: no listener leads to machines`);
    const settings = {
      ...USUAL_LOAD,
      idleMs: (IDLE_SEC * 1000) / speed,
      ...load,
      entries: entries.map(({ name, entry }) => ({ name, origin: entry.url })),
      long: { share, path: `/?ms=${seconds * 1000}` },
    };
    return new Observation(running, entries, await startLoad(settings, (news) => onNews?.(newsLine(news))));
  }

  /** A step begins, and the one before it is over. */
  step(title: string): void {
    this.#steps.push({ title, from: this.#now() });
  }

  /** Another rate, for each entry. */
  rate(perSecond: number): void {
    this.#load.rate(perSecond);
  }

  /** Sends nothing new, and tells the whole once the last request is settled. */
  async end(title: string, notes: readonly string[] = []): Promise<Run> {
    const over = this.#now();
    clearInterval(this.#timer);
    const { outcomes } = await this.#load.stop();
    return {
      title,
      entries: this.#entries.map(({ name }) => ({
        name,
        outcomes: outcomes.get(name)!,
        samples: this.#samples.get(name)!,
      })),
      steps: this.#steps.map((step, index): Step => ({ ...step, to: this.#steps[index + 1]?.from ?? over })),
      notes: [...notes, latenessNote([...outcomes.values()]), ...busyNote(this.#busy)],
    };
  }

  /** Ends it without a result. */
  kill(): void {
    clearInterval(this.#timer);
    this.#load.kill();
  }

  #now(): number {
    return Date.now() - this.#load.began;
  }

  #sample(): void {
    const at = Math.max(0, this.#now());
    const [{ name: first }] = this.#entries as [Named];
    const last = this.#samples.get(first)!.at(-1)?.at ?? at;
    this.#busy = Math.max(this.#busy, at - last - SAMPLE_MS);
    const status = this.#running.status();
    for (const { name, entry } of this.#entries)
      this.#samples.get(name)!.push({ at, groups: groupsBehind(entry, status) });
  }
}

interface Named {
  readonly name: string;
  readonly entry: RunningEntry;
}

/** By cloud and region; where that is the same twice, also by service and port. */
function named(entries: readonly RunningEntry[]): Named[] {
  const place = ({ cloud, region }: RunningEntry) => `${cloud} ${region}`;
  return entries.map((entry) => {
    const alone = entries.filter((other) => place(other) === place(entry)).length === 1;
    return { name: alone ? place(entry) : `${place(entry)} ${entry.service}:${entry.port}`, entry };
  });
}

const groupsBehind = (entry: RunningEntry, { groups }: Status): Sample["groups"] =>
  groups
    .filter(
      ({ cloud, region, service }) => cloud === entry.cloud && region === entry.region && service === entry.service,
    )
    .map(({ name, version, machines }) => ({
      name,
      version,
      healthy: machines.filter(({ healthy }) => healthy).length,
    }));

/** What clients see right now, at each entry. */
export function newsLine(news: ReadonlyMap<string, News>): string {
  const each = [...news].map(([name, { second, failed }]) => {
    const versions = versionsSeen(second).map((version) => `${version} ${answered(second, version)}/s`);
    return `${name.split(" ")[0]}: ${versions.join(" + ") || "no answer"}${failed > 0 ? `, ${thousands(failed)} FAILED` : ""}`;
  });
  const all = (of: "sent" | "failed") => [...news.values()].reduce((sum, one) => sum + one[of], 0);
  return `${each.join("  ")}  (${thousands(all("sent"))} sent, ${thousands(all("failed"))} failed)`;
}

/** So long no health check of the session may be held up: some have a second for their answer. */
const BUSY_MS = 1000;

const busyNote = (most: number): string[] =>
  most <= BUSY_MS
    ? []
    : [
        `This computer was too busy: the local cloud stood still for ${(most / 1000).toFixed(1)} s at least once. What failed may be its failure.`,
      ];

function latenessNote(outcomes: Parameters<typeof lateness>[0]): string {
  const { late, of, most } = lateness(outcomes);
  return late === 0
    ? `The load kept its times: no request went out more than ${LATE_MS} ms late.`
    : `The load itself was late: ${thousands(late)} of ${thousands(of)} requests went out more than ${LATE_MS} ms after their time, ` +
        `one by ${most.toFixed(0)} ms; latencies are counted from the intended time and contain it.`;
}
