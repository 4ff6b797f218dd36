/** A machine in a pool: when it came and went, how healthy it is, and what it is busy with. */
import { Agent } from "node:http";
import type { Drain, Pool, Range, Refusal } from "../model";
import type { Clock } from "./clock";
import type { Machine } from "./machine";
import { type Verdict, UNKNOWN, WELL } from "./verdict";

/** A request or a flow that a target is busy with. */
export interface Exchange {
  /** Ends it; the client gets this. */
  cut(refusal: Refusal): void;
}

/** Something that happened, and that each proxy learns in its own time. */
export class Fact {
  readonly #at: number;
  /** How late each proxy is, as a share of the range. */
  readonly #late: number[] = [];

  /** `at`: by `performance.now()`. */
  constructor(at = performance.now()) {
    this.#at = at;
  }

  knownTo(proxy: number, [least, most]: Range, clock: Clock, now: number): boolean {
    if (most === 0) return true;
    this.#late[proxy] ??= Math.random();
    return now >= this.#at + clock.ms(least + (most - least) * (this.#late[proxy] ?? 0));
  }
}

/** Known from the beginning. */
const ALWAYS = -Infinity;
/** Sockets to one machine that wait for the next request; more are closed. */
const IDLE_SOCKETS = 256;

export class Target {
  readonly machine: Machine;
  /** The pool as it is now. */
  readonly #pool: () => Pool;
  verdict: Verdict;
  /** Of the last check: a proxy that has not learned yet that its route is gone goes by it when nothing checks any more. */
  checked: Verdict;
  /** When it was last found healthy or not; before, it was the opposite. */
  turned: Fact;
  /** Absent until it is registered. */
  joined: Fact | undefined;
  left: { readonly fact: Fact; readonly drain: Drain } | undefined;
  /** It has left, and nothing of it is in flight any more or may go on. */
  finished = false;
  /** Settles when it is finished. */
  readonly done: Promise<void>;
  /** Connections to the machine, by how long an idle one is kept. */
  readonly #agents = new Map<number, Agent>();
  readonly #inFlight = new Set<Exchange>();
  #finish: () => void = () => undefined;

  constructor(machine: Machine, pool: () => Pool, standing: boolean) {
    this.machine = machine;
    this.#pool = pool;
    this.verdict = this.checked = standing ? WELL : UNKNOWN;
    this.turned = new Fact(ALWAYS);
    this.joined = standing ? new Fact(ALWAYS) : undefined;
    this.done = new Promise((resolve) => (this.#finish = resolve));
  }

  get pool(): Pool {
    return this.#pool();
  }

  get healthy(): boolean {
    return this.joined !== undefined && this.verdict.state === "healthy" && !this.left;
  }

  /** What a check has found; whether that changed anything. */
  judge(verdict: Verdict): boolean {
    const turns = (verdict.state === "healthy") !== (this.verdict.state === "healthy");
    const changed = verdict.state !== this.verdict.state;
    this.verdict = verdict;
    if (this.pool.checked) this.checked = verdict;
    if (!turns) return changed;
    this.turned = new Fact();
    const { unhealthy, drain } = this.pool;
    if (verdict.state === "unhealthy" && unhealthy === "cut" && drain.end.kind !== "continue") this.cut(drain.end);
    return true;
  }

  /** Keeps connections to the machine for the next request. */
  agent(idleMs: number): Agent {
    const agent =
      this.#agents.get(idleMs) ?? new Agent({ keepAlive: true, maxFreeSockets: IDLE_SOCKETS, timeout: idleMs });
    this.#agents.set(idleMs, agent);
    return agent;
  }

  register(): void {
    this.joined ??= new Fact();
  }

  add(exchange: Exchange): void {
    this.#inFlight.add(exchange);
  }

  remove(exchange: Exchange): void {
    this.#inFlight.delete(exchange);
    if (this.left?.drain.early && this.#inFlight.size === 0) this.#end();
  }

  /** Leaves the pool. */
  leave(drain: Drain, clock: Clock): void {
    if (this.left) return;
    this.left = { fact: new Fact(), drain };
    const nothingToWaitFor = drain.early && this.#inFlight.size === 0;
    if (!this.joined || drain.seconds === 0 || nothingToWaitFor) this.#end();
    else clock.after(drain.seconds, () => this.#end());
  }

  /** Its machine is no more. */
  drop(): void {
    this.left ??= { fact: new Fact(), drain: this.pool.drain };
    this.finished = true;
    for (const agent of this.#agents.values()) agent.destroy();
    this.#finish();
  }

  cut(refusal: Refusal): void {
    for (const exchange of [...this.#inFlight]) exchange.cut(refusal);
  }

  #end(): void {
    if (this.finished) return;
    this.finished = true;
    const end = this.left?.drain.end;
    if (end && end.kind !== "continue") this.cut(end);
    this.#finish();
  }
}
