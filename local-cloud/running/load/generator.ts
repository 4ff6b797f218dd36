/**
 * The process that sends a load. It has nothing else to do, so that neither terraform nor the machines hold up its pace,
 * and it goes with the process that started it, however that ends.
 */
import { Agent } from "node:http";
import { Arrivals } from "./arrivals";
import type { FromGenerator, ToGenerator } from "./messages";
import { KEPT, LONG, Recorder } from "./outcomes";
import { ask } from "./request";
import type { Entry, LoadSettings } from "./settings";
import { tally } from "./tally";

/** How often it says how it goes, and how long it sleeps at most. */
const TELL_MS = 500;
const LOOK_MS = 20;

/** The load through one entry. */
class Stream {
  readonly recorder = new Recorder();
  readonly #arrivals: Arrivals;
  readonly #settings: LoadSettings;
  readonly #entry: Entry;
  readonly #clients: readonly Agent[];
  readonly #alone = new Agent({ keepAlive: false, maxSockets: Infinity });
  readonly #short: URL;
  readonly #long: URL;
  #rate: number;

  constructor(settings: LoadSettings, number: number) {
    this.#settings = settings;
    this.#rate = settings.rate;
    this.#entry = settings.entries[number]!;
    this.#arrivals = new Arrivals({ ...settings, seed: settings.seed + number });
    this.#short = new URL(settings.path, this.#entry.origin);
    this.#long = new URL(settings.long.path, this.#entry.origin);
    this.#clients = Array.from(
      { length: settings.clients },
      () => new Agent({ keepAlive: true, maxSockets: Infinity, timeout: settings.idleMs }),
    );
  }

  /** When something is due next; never, once everything was sent. */
  get next(): number {
    return this.#done() ? Infinity : this.#arrivals.next.at;
  }

  #done(): boolean {
    return this.#arrivals.next.index >= (this.#settings.requests ?? Infinity);
  }

  /** Sends all that is due up to a moment. */
  send(upTo: number, clock: () => number): void {
    while (this.next <= upTo) {
      const { at, long, client } = this.#arrivals.take();
      const now = clock();
      const kind = (client === undefined ? 0 : KEPT) | (long ? LONG : 0);
      const line = this.recorder.open(at, now - at, kind);
      ask(
        {
          url: long ? this.#long : this.#short,
          agent: client === undefined ? this.#alone : this.#clients[client]!,
          headers: this.#entry.headers ?? {},
          patience: at + this.#settings.timeoutMs - now,
          versionHeader: this.#settings.versionHeader,
        },
        (end) => this.recorder.settle(line, clock() - at, end),
      );
    }
  }

  change(rate: number, at: number): void {
    if (rate !== this.#rate) this.#arrivals.change((this.#rate = rate), at);
  }

  close(): void {
    for (const agent of [this.#alone, ...this.#clients]) agent.destroy();
  }
}

class Generator {
  readonly #began = performance.now();
  readonly #streams: readonly Stream[];
  #told = 0;
  #ending = false;

  constructor(settings: LoadSettings) {
    this.#streams = settings.entries.map((_, number) => new Stream(settings, number));
    tell({ kind: "began", at: performance.timeOrigin + this.#began });
    this.#turn();
  }

  readonly #clock = (): number => performance.now() - this.#began;

  hear(message: ToGenerator): void {
    if (message.kind === "rate") for (const stream of this.#streams) stream.change(message.rate, this.#clock());
    if (message.kind === "stop") {
      for (const stream of this.#streams) stream.send(this.#clock(), this.#clock);
      this.#ending = true;
    }
  }

  #turn(): void {
    const now = this.#clock();
    if (!this.#ending) for (const stream of this.#streams) stream.send(now, this.#clock);
    if (now - this.#told >= TELL_MS) this.#tellNews(now);
    const next = this.#ending ? Infinity : Math.min(...this.#streams.map((stream) => stream.next));
    if (next === Infinity && this.#streams.every(({ recorder }) => recorder.pending === 0)) return this.#finish();
    const wake = Math.min(next, now + LOOK_MS, this.#told + TELL_MS);
    setTimeout(() => this.#turn(), Math.max(0, wake - this.#clock()));
  }

  #tellNews(now: number): void {
    this.#told = now;
    const news = this.#streams.map(({ recorder }) => ({
      sent: recorder.length,
      failed: recorder.failed,
      pending: recorder.pending,
      second: tally(recorder.outcomes(), { from: now - 1000, to: now }),
    }));
    tell({ kind: "news", news, elapsed: now });
  }

  #finish(): void {
    for (const stream of this.#streams) stream.close();
    const outcomes = this.#streams.map(({ recorder }) => recorder.outcomes());
    tell({ kind: "result", outcomes, elapsed: this.#clock() }, () => process.disconnect());
  }
}

const tell = (message: FromGenerator, then?: () => void): void =>
  void process.send?.(message, undefined, undefined, then);

let generator: Generator | undefined;
process.on("message", (message: ToGenerator) => {
  if (message.kind === "start") generator = new Generator(message.settings);
  else generator?.hear(message);
});
process.on("disconnect", () => process.exit());
// Ctrl-C reaches every process of a terminal; what was sent until then is still to be counted.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
