/** Keeps a group as large and as well as it should be. */
import type { Settled } from "../behaviours";
import type { EventLog } from "../events";
import type { Group } from "../model";
import { victim, zoneForNew } from "./choice";
import type { Clock } from "./clock";
import { Healer } from "./healer";
import { Machine, type MachineEvents, type StartQueue } from "./machine";
import type { Registry } from "./registry";
import { retire } from "./retire";
import { Scaler } from "./scaler";

/** What all groups of a session share. */
export interface Surroundings {
  readonly clock: Clock;
  readonly queue: StartQueue;
  readonly registry: Registry;
  readonly log: EventLog;
  readonly zonesDown: ReadonlySet<string>;
  behaviour(image: string): Settled;
  /** The next machine's number, and its id. */
  number(): number;
  /** The pools are to be looked at again. */
  changed(): void;
  /** The load asks for another size. */
  resize(group: string, size: number): void;
}

export class Keeper {
  group: Group;
  machines: Machine[] = [];
  readonly healer: Healer;
  /** It is about to be deleted: its machines go, and none come. */
  leaving = false;
  readonly #around: Surroundings;
  readonly #scaler: Scaler;
  /** Machines that wait for a successor to be well, and the successor. */
  readonly #replaced = new Map<Machine, Machine>();
  #emptied: (() => void)[] = [];

  constructor(group: Group, around: Surroundings) {
    this.group = group;
    this.#around = around;
    this.#scaler = new Scaler(around.clock);
    this.healer = new Healer(around.clock, around.registry, () => this.group.healing);
  }

  /** Machines that are not on their way out. */
  get active(): Machine[] {
    return this.machines.filter(({ state, gone }) => state !== "leaving" && !gone);
  }

  /** Settles when no machine is left. */
  emptied(): Promise<void> {
    return this.machines.length === 0 ? Promise.resolve() : new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** Starts and retires machines until there are as many as wanted. `standing`: they ran before the session began. */
  reconcile(standing = false): void {
    const wanted = this.leaving ? 0 : this.group.size + this.#replaced.size;
    for (let missing = wanted - this.active.length; missing > 0; missing -= 1) if (!this.#launch(standing)) break;
    const going: Machine[] = [];
    let staying = this.active;
    while (staying.length > wanted) {
      const next = staying.find(({ stopped }) => stopped) ?? victim(this.group.scaleIn, staying);
      if (!next) break;
      going.push(next);
      staying = staying.filter((machine) => machine !== next);
    }
    this.#retire(going);
  }

  /** Looks at health and load. */
  tick(): void {
    if (!this.leaving) this.#heal();
    this.reconcile();
    const { scaling, size, id } = this.group;
    const next = scaling && !this.leaving ? this.#scaler.look(scaling, this.active, size) : undefined;
    if (next !== undefined) this.#around.resize(id, next);
  }

  #launch(standing = false): Machine | undefined {
    const { clock, queue, behaviour, zonesDown, log } = this.#around;
    const zone = zoneForNew(this.group.zones, this.active, zonesDown);
    if (zone === undefined) return undefined;
    const number = this.#around.number();
    const machine = new Machine({
      ...{ clock, queue, group: this.group, behaviour: behaviour(this.group.image), number, zone, standing },
      instance: `${this.group.name}-${number.toString(36).padStart(4, "0")}`,
      events: this.#events,
    });
    this.machines.push(machine);
    if (standing) this.healer.watch(machine, true);
    log.say("machine-launched", this.group.id, `${machine.instance} in ${zone}`);
    return machine;
  }

  readonly #events: MachineEvents = {
    started: (machine) => {
      this.healer.watch(machine, false);
      this.#around.changed();
    },
    serving: ({ instance }) => this.#around.log.say("machine-serving", this.group.id, instance),
    ended: (machine, how) => {
      this.#around.log.say(how === "died" ? "machine-died" : "machine-gone", this.group.id, machine.instance);
      if (how === "died") return;
      this.machines = this.machines.filter((one) => one !== machine);
      this.healer.forget(machine);
      this.#around.changed();
      if (this.machines.length > 0) return;
      for (const settle of this.#emptied) settle();
      this.#emptied = [];
    },
  };

  #retire(machines: readonly Machine[]): void {
    if (machines.length === 0) return;
    const { clock, registry, log } = this.#around;
    for (const machine of machines) {
      machine.state = "leaving";
      for (const [old, successor] of this.#replaced) {
        if (old === machine || successor === machine) this.#replaced.delete(old);
      }
    }
    this.#around.changed();
    void retire(machines, {
      clock,
      drained: (machine) => registry.drained(machine),
      told: ({ instance }) => log.say("machine-told", this.group.id, instance),
    });
  }

  #heal(): void {
    const { healing, size } = this.group;
    for (const [old, successor] of this.#replaced) {
      if (this.healer.well(successor) && this.#inPools(successor)) this.#retire([old]);
      else if (successor.crashed || this.healer.isDue(successor)) this.#retire([successor]);
    }
    if (!healing) return;
    const successors = new Set(this.#replaced.values());
    for (const machine of this.active) {
      if (successors.has(machine) || this.#replaced.has(machine) || !this.healer.isDue(machine)) continue;
      // A machine that has stopped serves nobody: nothing is gained by waiting.
      const first = healing.order === "launch-first" && !machine.stopped;
      if (!machine.stopped && this.#replaced.size >= Math.max(1, Math.floor(healing.share * size))) return;
      this.#around.log.say("machine-replaced", this.group.id, machine.instance);
      const successor = first ? this.#launch() : undefined;
      if (successor) this.#replaced.set(machine, successor);
      else this.#retire([machine]);
    }
  }

  #inPools(machine: Machine): boolean {
    return this.#around.registry.of(machine).every(({ healthy }) => healthy);
  }
}
