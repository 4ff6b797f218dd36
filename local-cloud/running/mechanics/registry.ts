/** Which machines stand in which pools, and how healthy their checks find them. */
import type { Pool } from "../model";
import { draw, type Clock } from "./clock";
import type { Machine } from "./machine";
import { probe } from "./probe";
import { Target } from "./target";
import { judged, UNKNOWN } from "./verdict";

/** Two checks of one target are not closer than this, however fast the session is. */
const LEAST_INTERVAL_MS = 10;
/** Seconds for which a target that left is remembered: no proxy is slower to learn of it. */
const REMEMBERED_SEC = 1800;
/** Seconds after which is asked again whether a pool without checks has got some. */
const UNCHECKED_SEC = 10;

interface Members {
  pool: Pool;
  /** Its object is gone. */
  gone: boolean;
  targets: Target[];
}

export class Registry {
  readonly #clock: Clock;
  readonly #pools = new Map<string, Members>();
  /** What each machine is or was. */
  readonly #targets = new Map<Machine, Target[]>();
  readonly #turned: (target: Target) => void;

  /** `turned` hears when a target became healthy or ceased to be. */
  constructor(clock: Clock, turned: (target: Target) => void) {
    this.#clock = clock;
    this.#turned = turned;
  }

  /** The pool, also when its object is gone and a proxy still points at it. */
  pool(id: string): Pool | undefined {
    return this.#pools.get(id)?.pool;
  }

  /** Everybody in a pool, those who left a while ago included. */
  targets(pool: string): readonly Target[] {
    return this.#pools.get(pool)?.targets ?? [];
  }

  /** How many pools a group is in. */
  poolsOf(group: string): number {
    return [...this.#pools.values()].filter(({ pool, gone }) => !gone && pool.groups.includes(group)).length;
  }

  /** The targets that a machine is now. */
  of(machine: Machine): Target[] {
    return (this.#targets.get(machine) ?? []).filter(({ left }) => !left);
  }

  /** Settles when a machine has nothing in flight any more in any pool that it left. */
  async drained(machine: Machine): Promise<void> {
    const leaving = (this.#targets.get(machine) ?? []).filter(({ left }) => left);
    await Promise.all(leaving.map(({ done }) => done));
  }

  /** Makes the pools as they should be. `standing`: what is in them was so before the session began. */
  sync(pools: readonly Pool[], machines: readonly Machine[], standing = false): void {
    for (const pool of pools) {
      const members = this.#pools.get(pool.id);
      if (members) [members.pool, members.gone] = [pool, false];
      else this.#pools.set(pool.id, { pool, gone: false, targets: [] });
    }
    for (const machine of this.#targets.keys()) if (machine.gone) this.#targets.delete(machine);
    const kept = new Set(pools.map(({ id }) => id));
    for (const [id, members] of this.#pools) {
      members.gone = !kept.has(id);
      const groups = members.gone ? [] : members.pool.groups;
      this.#leave(members, groups);
      for (const machine of machines) {
        if (groups.includes(machine.group.id) && stays(machine)) this.#join(members, machine, standing);
      }
    }
  }

  #leave(members: Members, groups: readonly string[]): void {
    for (const target of members.targets) {
      const { machine } = target;
      if (machine.gone) {
        if (!target.finished || !target.left) this.#forget(members, target, () => target.drop());
      } else if (target.left) continue;
      else if (!stays(machine)) this.#forget(members, target, () => target.leave(members.pool.drain, this.#clock));
      else if (!groups.includes(machine.group.id))
        this.#forget(members, target, () => target.leave(members.pool.detach, this.#clock));
    }
  }

  #forget(members: Members, target: Target, leave: () => void): void {
    leave();
    this.#clock.after(REMEMBERED_SEC, () => (members.targets = members.targets.filter((one) => one !== target)));
  }

  #join(members: Members, machine: Machine, standing: boolean): void {
    if (machine.startedAt === undefined) return;
    if (members.targets.some((target) => target.machine === machine && !target.left)) return;
    const target = new Target(machine, () => members.pool, standing);
    members.targets.push(target);
    this.#targets.set(machine, [...(this.#targets.get(machine) ?? []), target]);
    this.#clock.after(standing ? 0 : draw(members.pool.registration), () => {
      target.register();
      this.#clock.after(standing ? 0 : draw(members.pool.check?.firstDelay ?? [0, 0]), () => void this.#check(target));
    });
  }

  async #check(target: Target): Promise<void> {
    if (target.left) return;
    const { check, checked } = target.pool;
    const begun = performance.now();
    if (!checked) target.judge(UNKNOWN);
    else if (!target.machine.waking)
      this.#judge(target, check ? await probe(target.machine, check, this.#clock) : true);
    const rest = this.#clock.ms(check?.intervalSec ?? UNCHECKED_SEC, LEAST_INTERVAL_MS) - (performance.now() - begun);
    this.#clock.afterMs(Math.max(rest, 1), () => void this.#check(target));
  }

  #judge(target: Target, passed: boolean): void {
    if (target.left) return;
    const check = target.pool.check ?? { firstPasses: 1, healthyAfter: 1, unhealthyAfter: 1 };
    if (target.judge(judged(target.verdict, passed, check))) this.#turned(target);
  }
}

/** Whether a machine belongs in its pools: until it is told to go, or to its end where it is never taken out. */
const stays = ({ gone, state, group }: Machine): boolean =>
  !gone && !(state === "leaving" && group.retirement.pools === "first");
