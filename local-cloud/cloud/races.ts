/**
 * Makes a race visible. Terraform may run what nothing orders in any sequence, so an object that takes a place may come before
 * the one that leaves it. Here it always does: whoever leaves a place that a plan gives to another object waits for that one a
 * moment, and it meets a place that is still held. Where the configuration orders the two, nobody comes, and the wait ends.
 */
import { clash, type Place } from "./places";

/** Far more than terraform needs to start all that it may start. */
const WAIT_MS = 2000;

export class Races {
  #expected: Place[] = [];
  readonly #waiting = new Set<{ readonly places: readonly Place[]; readonly go: () => void }>();

  /** Places that planned objects do not hold yet. */
  expects(places: readonly Place[]): void {
    this.#expected = [...without(this.#expected, places), ...places];
  }

  /** Somebody wants these places now. */
  arrives(places: readonly Place[]): void {
    this.#expected = without(this.#expected, places);
    for (const one of this.#waiting) if (meet(one.places, places)) one.go();
  }

  /** Ends when whoever was expected at these places has come, or does not come. */
  async leaves(places: readonly Place[]): Promise<void> {
    if (!meet(places, this.#expected)) return;
    const waiter = { places, go: () => {} };
    await new Promise<void>((resolve) => {
      waiter.go = resolve;
      this.#waiting.add(waiter);
      setTimeout(resolve, WAIT_MS).unref();
    });
    this.#waiting.delete(waiter);
  }
}

const meet = (some: readonly Place[], others: readonly Place[]): boolean =>
  some.some((place) => others.some((other) => clash(other, place)));

const without = (some: readonly Place[], gone: readonly Place[]): Place[] =>
  some.filter(({ key, range }) => !gone.some((place) => place.key === key && place.range === range));
