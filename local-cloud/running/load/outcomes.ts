/**
 * What became of each request. A request has a line from the moment it is due, and the line says "unanswered" until it is
 * settled, once. Whatever is counted is counted over these lines, so that no request can be left out of a sum.
 */

/** Everything that can become of a request; all but the first is a failure. */
export const RESULTS = ["answered", "unanswered", "refused", "reset", "timed out", "5xx", "other"] as const;
export type Result = (typeof RESULTS)[number];
export type Failure = Exclude<Result, "answered">;
export const FAILURES = RESULTS.filter((result): result is Failure => result !== "answered");

/** How a request went over the network, as bits of `kind`. */
export const KEPT = 1;
export const LONG = 2;
/** The first request of its connection, which on a load balancer of flows is the one that was balanced. */
export const FIRST = 4;

export interface Settled {
  readonly result: Result;
  /** Version that answered, or "" where no machine did. */
  readonly version: string;
  readonly first: boolean;
  /** What exactly went wrong, where the result does not say. */
  readonly detail?: string | undefined;
}

/** All requests through one entry, as columns: line n of each is request n. */
export interface Outcomes {
  /** Milliseconds from the load's beginning to the intended time. */
  readonly at: Float64Array;
  /** Milliseconds from the intended time until it was sent. */
  readonly lag: Float32Array;
  /** Milliseconds from the intended time until it was settled. */
  readonly latency: Float32Array;
  /** Place in RESULTS. */
  readonly result: Uint8Array;
  /** Place in `versions`. */
  readonly version: Uint16Array;
  readonly kind: Uint8Array;
  readonly versions: readonly string[];
  /** How often which error was met. */
  readonly details: Readonly<Record<string, number>>;
}

const UNANSWERED = RESULTS.indexOf("unanswered");
const MOST_DETAILS = 20;

/** Takes down outcomes while the load goes on. */
export class Recorder {
  #length = 0;
  #pending = 0;
  #failed = 0;
  #columns = columns(1024);
  readonly #versions = [""];
  readonly #details: Record<string, number> = {};

  /** A request is due; the number is what `settle` wants. */
  open(at: number, lag: number, kind: number): number {
    if (this.#length === this.#columns.at.length) this.#columns = grown(this.#columns);
    const line = this.#length++;
    this.#pending++;
    this.#columns.at[line] = at;
    this.#columns.lag[line] = lag;
    this.#columns.kind[line] = kind;
    this.#columns.result[line] = UNANSWERED;
    return line;
  }

  /** The first word about a request counts; a socket may well say more than one. */
  settle(line: number, latency: number, { result, version, first, detail }: Settled): void {
    if (this.#columns.result[line] !== UNANSWERED || line >= this.#length || result === "unanswered") return;
    this.#pending--;
    if (result !== "answered") this.#failed++;
    this.#columns.latency[line] = latency;
    this.#columns.result[line] = RESULTS.indexOf(result);
    this.#columns.version[line] = this.#versionNumber(version);
    if (first) this.#columns.kind[line] = this.#columns.kind[line]! | FIRST;
    if (detail !== undefined) this.#note(detail);
  }

  get length(): number {
    return this.#length;
  }

  /** Requests that have failed by now. */
  get failed(): number {
    return this.#failed;
  }

  /** Requests that are under way. */
  get pending(): number {
    return this.#pending;
  }

  /** What there is so far, without a copy. */
  outcomes(): Outcomes {
    const { at, lag, latency, result, version, kind } = this.#columns;
    return {
      at: at.subarray(0, this.#length),
      lag: lag.subarray(0, this.#length),
      latency: latency.subarray(0, this.#length),
      result: result.subarray(0, this.#length),
      version: version.subarray(0, this.#length),
      kind: kind.subarray(0, this.#length),
      versions: this.#versions,
      details: this.#details,
    };
  }

  #versionNumber(version: string): number {
    const known = this.#versions.indexOf(version);
    return known >= 0 ? known : this.#versions.push(version) - 1;
  }

  #note(detail: string): void {
    const known = Object.keys(this.#details);
    const key = known.includes(detail) || known.length < MOST_DETAILS ? detail : "more";
    this.#details[key] = (this.#details[key] ?? 0) + 1;
  }
}

const columns = (size: number) => ({
  at: new Float64Array(size),
  lag: new Float32Array(size),
  latency: new Float32Array(size),
  result: new Uint8Array(size),
  version: new Uint16Array(size),
  kind: new Uint8Array(size),
});

function grown(old: ReturnType<typeof columns>): ReturnType<typeof columns> {
  const wider = columns(old.at.length * 2);
  for (const name of Object.keys(old) as (keyof typeof old)[]) wider[name].set(old[name]);
  return wider;
}
