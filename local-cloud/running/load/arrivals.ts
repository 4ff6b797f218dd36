/**
 * When requests are due. An open load has its arrival times before anything is sent and never waits for an answer: what a
 * stall delays is counted from the time at which it should have gone out. A load that waits sends nothing while the
 * service stands still, and so leaves out what its users would have felt ("coordinated omission",
 * https://github.com/giltene/wrk2#acknowledgements and https://github.com/HdrHistogram/HdrHistogram#corrected-vs-raw-value-recording-calls).
 */

/** A request that is due. */
export interface Arrival {
  readonly index: number;
  /** Milliseconds since the load began. */
  readonly at: number;
  readonly long: boolean;
  /** The client whose connection it uses; undefined for a connection of its own. */
  readonly client: number | undefined;
}

interface Chances {
  readonly seed: number;
  readonly rate: number;
  readonly kept: number;
  readonly clients: number;
  readonly long: { readonly share: number };
}

/** Arrivals in their order: one at a random moment of each 1/rate of a second, so that every second has its number. */
export class Arrivals {
  readonly #chances: Chances;
  #rate: number;
  /** Where the present rate began. */
  #from = { index: 0, at: 0 };
  #next: Arrival;

  constructor(chances: Chances) {
    this.#chances = chances;
    this.#rate = chances.rate;
    this.#next = this.#arrival(0);
  }

  /** The one that comes next. */
  get next(): Arrival {
    return this.#next;
  }

  take(): Arrival {
    const arrival = this.#next;
    this.#next = this.#arrival(arrival.index + 1);
    return arrival;
  }

  /** Another rate, from a moment on that is no earlier than what was taken. */
  change(rate: number, at: number): void {
    this.#rate = rate;
    this.#from = { index: this.#next.index, at };
    this.#next = this.#arrival(this.#next.index);
  }

  #arrival(index: number): Arrival {
    const { seed, kept, clients, long } = this.#chances;
    const [moment = 0, connection = 0, length = 0, client = 0] = [0, 1, 2, 3].map((use) => chance(seed, index, use));
    return {
      index,
      at: this.#from.at + ((index - this.#from.index + moment) * 1000) / this.#rate,
      long: length < long.share,
      client: connection < kept ? Math.floor(client * clients) : undefined,
    };
  }
}

/** From 0 up to 1, by MurmurHash3's finalizer: https://github.com/aappleby/smhasher/wiki/MurmurHash3 */
function chance(seed: number, index: number, use: number): number {
  let mixed = mix(seed ^ Math.imul(use + 1, 0x9e3779b1));
  mixed = mix(mixed ^ Math.imul(index + 1, 0x85ebca77));
  return mixed / 2 ** 32;
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
