/** The session's time: seconds of the cloud, which pass `speed` times faster here. */
import type { Range } from "../model";

export class Clock {
  readonly speed: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(speed: number) {
    this.speed = speed;
  }

  /** Milliseconds of this computer. `leastMs`: shorter would measure the computer, not the cloud. */
  ms(seconds: number, leastMs = 0): number {
    return Math.max((seconds * 1000) / this.speed, leastMs);
  }

  /** Calls once, unless the session ends before; returns what takes it back. */
  after(seconds: number, act: () => void, leastMs = 0): () => void {
    return this.afterMs(this.ms(seconds, leastMs), act);
  }

  afterMs(ms: number, act: () => void): () => void {
    if (this.#closed) return () => undefined;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /** Never settles when the session ends before. */
  sleep(seconds: number): Promise<void> {
    return seconds <= 0 ? Promise.resolve() : new Promise((resolve) => this.after(seconds, resolve));
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** A value between the two ends. */
export const draw = ([least, most]: Range, random: () => number = Math.random): number =>
  least + (most - least) * random();
