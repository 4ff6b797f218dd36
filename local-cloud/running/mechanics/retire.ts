/** The end of machines, step by step, as their group's retirement says it. */
import type { Notice } from "../model";
import { draw, type Clock } from "./clock";
import type { Machine } from "./machine";

export interface Undertaker {
  readonly clock: Clock;
  /** Settles when nothing is in flight any more in pools that it left. */
  drained(machine: Machine): Promise<void>;
  told(machine: Machine): void;
}

/** Retires machines that go at the same time; settles when they are gone. */
export async function retire(machines: readonly Machine[], undertaker: Undertaker): Promise<void> {
  const consents = machines.map(() => deferred());
  const all = Promise.all(consents.map(({ promise }) => promise));
  await Promise.all(
    machines.map(async (machine, i) => {
      const consent = consents[i] ?? deferred();
      await steps(machine, undertaker, consent, all);
      consent.settle();
    }),
  );
}

async function steps(machine: Machine, undertaker: Undertaker, own: Deferred, all: Promise<unknown>): Promise<void> {
  const { clock } = undertaker;
  const { pools, notice, margin, end } = machine.group.retirement;
  // One that has not come up, or has failed, has nothing to finish.
  const lives = () => machine.startedAt !== undefined && !machine.stopped && !machine.gone;
  if (lives() && pools === "first") await undertaker.drained(machine);
  if (lives() && notice) await tell(machine, notice, undertaker, own, all);
  if (lives()) await clock.sleep(draw(margin));
  await machine.end(machine.stopped ? "killed" : end);
}

async function tell(
  machine: Machine,
  { seconds, latency, consent, collective }: Notice,
  { clock, told }: Undertaker,
  own: Deferred,
  all: Promise<unknown>,
): Promise<void> {
  await clock.sleep(draw(latency));
  if (machine.gone) return;
  told(machine);
  void machine.tell().then(own.settle);
  const over = clock.sleep(seconds);
  await (consent ? Promise.race([over, collective ? all : own.promise]) : over);
}

interface Deferred {
  readonly promise: Promise<void>;
  settle(): void;
}

function deferred(): Deferred {
  let settle: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (settle = resolve));
  return { promise, settle };
}
