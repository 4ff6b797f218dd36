/** How well the machines of a group are in the eyes of whoever replaces them. */
import type { Healing } from "../model";
import { draw, type Clock } from "./clock";
import type { Machine } from "./machine";
import { probe } from "./probe";
import type { Registry } from "./registry";
import { judged, UNKNOWN, WELL, type Verdict } from "./verdict";

const LEAST_INTERVAL_MS = 10;

export class Healer {
  readonly #clock: Clock;
  readonly #registry: Registry;
  readonly #healing: () => Healing | undefined;
  readonly #verdicts = new Map<Machine, Verdict>();
  /** When something is done about a machine that is not well, by `performance.now()`. */
  readonly #due = new Map<Machine, number>();

  constructor(clock: Clock, registry: Registry, healing: () => Healing | undefined) {
    this.#clock = clock;
    this.#registry = registry;
    this.#healing = healing;
  }

  /** Begins to check a machine that the cloud has started. */
  watch(machine: Machine, standing: boolean): void {
    this.#verdicts.set(machine, standing ? WELL : UNKNOWN);
    const healing = this.#healing();
    if (!healing || healing.by === "pools") return;
    const { intervalSec, firstDelay } = healing.by;
    this.#clock.after(standing ? intervalSec : draw(firstDelay), () => void this.#check(machine));
  }

  forget(machine: Machine): void {
    this.#verdicts.delete(machine);
    this.#due.delete(machine);
  }

  /** Seen healthy by the group's own check, or by every pool where those judge. */
  well(machine: Machine): boolean {
    const healing = this.#healing();
    if (machine.crashed || machine.startedAt === undefined) return false;
    if (!healing) return true;
    if (healing.by !== "pools") return this.#verdicts.get(machine)?.state === "healthy";
    return this.#registry.of(machine).every(({ healthy }) => healthy);
  }

  /** Whether it is time to replace a machine. */
  isDue(machine: Machine): boolean {
    const healing = this.#healing();
    if (!healing || !this.#unwell(machine, healing)) {
      this.#due.delete(machine);
      return false;
    }
    const now = performance.now();
    const due = this.#due.get(machine) ?? now + this.#clock.ms(draw(healing.reaction));
    this.#due.set(machine, due);
    return now >= due;
  }

  #unwell(machine: Machine, { by, graceSec, graceEndsEarly }: Healing): boolean {
    if (machine.stopped) return true;
    const bad =
      by === "pools"
        ? this.#registry.of(machine).some(({ verdict }) => verdict.state === "unhealthy")
        : this.#verdicts.get(machine)?.state === "unhealthy";
    if (!bad || machine.startedAt === undefined) return false;
    const inGrace = performance.now() - machine.startedAt < this.#clock.ms(graceSec);
    return !inGrace || (graceEndsEarly && machine.wasHealthy);
  }

  async #check(machine: Machine): Promise<void> {
    const by = this.#healing()?.by;
    if (machine.gone || !by || by === "pools") return;
    const begun = performance.now();
    const verdict = judged(this.#verdicts.get(machine) ?? UNKNOWN, await probe(machine, by, this.#clock), by);
    if (machine.gone) return;
    if (!machine.waking) this.#verdicts.set(machine, verdict);
    if (verdict.state === "healthy") machine.wasHealthy = true;
    const rest = this.#clock.ms(by.intervalSec, LEAST_INTERVAL_MS) - (performance.now() - begun);
    this.#clock.afterMs(Math.max(rest, 1), () => void this.#check(machine));
  }
}
