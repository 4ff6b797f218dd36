/** Where the proxies of one entry send what comes in, by what each of them knows by now. */
import type { Entry, Forward, Pool, Route } from "../model";
import type { Clock } from "./clock";
import type { Registry } from "./registry";
import { Turns } from "./routing";
import { Fact, type Target } from "./target";

interface Version {
  readonly since: Fact;
  readonly routes: readonly Route[];
  readonly text: string;
}

export class Chooser {
  entry: Entry;
  readonly #clock: Clock;
  readonly #registry: Registry;
  /** The oldest first. */
  readonly #versions: Version[] = [];
  /** By what is forwarded where: other weights begin anew. */
  readonly #turns = new WeakMap<Forward, Turns[]>();
  readonly #next = new Map<string, number>();
  #newest = 0;

  constructor(entry: Entry, clock: Clock, registry: Registry) {
    this.entry = entry;
    this.#clock = clock;
    this.#registry = registry;
    // Nobody knew the entry before, so nobody waits for its first routes.
    this.#versions.push({ since: new Fact(-Infinity), routes: entry.routes, text: JSON.stringify(entry.routes) });
  }

  /** Takes in a changed entry; the proxies learn new routes in their time. */
  change(entry: Entry): void {
    this.entry = entry;
    const text = JSON.stringify(entry.routes);
    if (text !== this.#versions.at(-1)?.text) this.#versions.push({ since: new Fact(), routes: entry.routes, text });
  }

  /** A proxy for a new connection; each gets the same number of them. */
  proxy(): number {
    this.#newest = (this.#newest + 1) % this.entry.propagation.proxies;
    return this.#newest;
  }

  /** The routes that a proxy has. */
  routes(proxy: number): readonly Route[] {
    const now = performance.now();
    const { routes: range } = this.entry.propagation;
    const known = this.#versions.filter(({ since }) => since.knownTo(proxy, range, this.#clock, now)).at(-1);
    return known?.routes ?? [];
  }

  /** The pool whose turn it is; undefined where the weights leave nobody. */
  pool(proxy: number, forward: Forward): Pool | undefined {
    const { targets } = forward;
    const [only] = targets;
    if (targets.length === 1 && only) return only.weight > 0 ? this.#registry.pool(only.pool) : undefined;
    const turns = this.#turns.get(forward) ?? [];
    this.#turns.set(forward, turns);
    const chosen = (turns[proxy] ??= new Turns()).next(targets);
    return chosen === undefined ? undefined : this.#registry.pool(chosen);
  }

  /** The target of a pool whose turn it is; undefined where there is nobody to send to. */
  target(proxy: number, pool: Pool, except?: Target): Target | undefined {
    const known = this.#registry.targets(pool.id).filter((target) => target !== except && this.#knows(proxy, target));
    const healthy = known.filter((target) => this.#seesHealthy(proxy, target));
    const among = healthy.length === 0 && pool.noneHealthy === "all" ? known : healthy;
    const key = `${proxy} ${pool.id}`;
    const turn = this.#next.get(key) ?? Math.floor(Math.random() * among.length);
    this.#next.set(key, turn + 1);
    return among[turn % among.length];
  }

  #knows(proxy: number, { joined, left }: Target): boolean {
    const now = performance.now();
    const { propagation } = this.entry;
    if (!joined?.knownTo(proxy, propagation.joined, this.#clock, now)) return false;
    return !left?.fact.knownTo(proxy, propagation.left, this.#clock, now);
  }

  #seesHealthy(proxy: number, { pool, checked, turned, verdict }: Target): boolean {
    if (!pool.checked) return checked.state === "healthy";
    const healthy = verdict.state === "healthy";
    return turned.knownTo(proxy, this.entry.propagation.health, this.#clock, performance.now()) ? healthy : !healthy;
  }
}
