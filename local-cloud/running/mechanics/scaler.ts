/** Changes a group's size by the load of its machines. */
import type { Scaling } from "../model";
import type { Clock } from "./clock";
import type { Machine } from "./machine";

/** Share of the newest look in the load; the rest is what was. It keeps one pause of this computer from counting. */
const NEWEST = 0.3;

export class Scaler {
  readonly #clock: Clock;
  readonly #seen = new Map<Machine, number>();
  #looked = performance.now();
  #load: number | undefined;
  #highSince: number | undefined;
  #lowSince: number | undefined;
  #quietUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The size that the group should have now; undefined where it is fine. */
  look(scaling: Scaling, machines: readonly Machine[], size: number): number | undefined {
    const now = performance.now();
    const counted = this.#measure(machines, now, this.#clock.ms(scaling.warmupSec));
    const load = this.#load;
    if (load === undefined) return undefined;
    const high = load > scaling.targetPercent;
    const low = load < (scaling.lowPercent ?? scaling.targetPercent);
    this.#highSince = high ? (this.#highSince ?? now) : undefined;
    this.#lowSince = low ? (this.#lowSince ?? now) : undefined;
    const lasted = (since: number | undefined, seconds: number) =>
      since !== undefined && now - since >= this.#clock.ms(seconds);
    const wanted = Math.ceil((counted * load) / scaling.targetPercent);
    const next = lasted(this.#highSince, scaling.outAfterSec)
      ? resized(scaling, size, "out", wanted)
      : lasted(this.#lowSince, scaling.inAfterSec)
        ? resized(scaling, size, "in", wanted)
        : size;
    if (next === size || now < this.#quietUntil) return undefined;
    this.#quietUntil = now + this.#clock.ms(scaling.cooldownSec);
    [this.#highSince, this.#lowSince] = [undefined, undefined];
    return next;
  }

  /** Takes the load, in percent of what the machines that count can carry; returns how many count. */
  #measure(machines: readonly Machine[], now: number, warmupMs: number): number {
    const seconds = (now - this.#looked) / 1000;
    this.#looked = now;
    let [requests, capacity, counted] = [0, 0, 0];
    for (const machine of machines) {
      const more = machine.requests - (this.#seen.get(machine) ?? 0);
      this.#seen.set(machine, machine.requests);
      if (machine.startedAt === undefined || now - machine.startedAt < warmupMs) continue;
      requests += more;
      capacity += machine.behaviour.capacity;
      counted += 1;
    }
    for (const machine of this.#seen.keys()) if (machine.gone) this.#seen.delete(machine);
    if (capacity === 0 || seconds <= 0) return counted;
    const newest = (requests / seconds / capacity) * 100;
    this.#load = this.#load === undefined ? newest : this.#load * (1 - NEWEST) + newest * NEWEST;
    return counted;
  }
}

/**
 * The size after a step: by as many as a step has, or to what the load asks for. That is reckoned from the machines that count, so
 * that those which are on their way are not asked for twice.
 */
export function resized({ min, max, step }: Scaling, size: number, to: "out" | "in", wanted: number): number {
  const next = to === "out" ? Math.max(size, step ? size + step : wanted) : Math.min(size, step ? size - step : wanted);
  return Math.min(Math.max(next, min), max);
}
