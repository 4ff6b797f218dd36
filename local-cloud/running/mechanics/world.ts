/** Makes a topology true: opens entries, keeps groups, fills pools, and answers at gates. */
import { type readBehaviours, RunningError } from "../behaviours";
import type { EventLog } from "../events";
import type { Drill, RunningEntry, RunningGroupStatus, Status } from "../live";
import type { Condition, Entry, Gate, Group, Topology } from "../model";
import { Chooser } from "./chooser";
import { Clock } from "./clock";
import { openFlows } from "./flows";
import { counted, waitAt } from "./gate";
import { Keeper, type Surroundings } from "./keeper";
import type { OpenEntry } from "./listen";
import { type Machine, StartQueue } from "./machine";
import { Registry } from "./registry";
import { openRequests } from "./requests";

export interface WorldProps {
  readonly speed: number;
  readonly behaviours: ReturnType<typeof readBehaviours>;
  readonly log: EventLog;
  /** The load asks for another size of a group. */
  resize(group: string, size: number): void;
}

const TICK_SEC = 1;
/** The health of many machines is looked at in one go: not more often than this, and not less. */
const TICK_MS: readonly [least: number, most: number] = [50, 1000];

export class World {
  readonly #clock: Clock;
  readonly #log: EventLog;
  readonly #registry: Registry;
  readonly #around: Surroundings;
  readonly #keepers = new Map<string, Keeper>();
  readonly #entries = new Map<string, { readonly chooser: Chooser; readonly open: Promise<OpenEntry>; port: number }>();
  readonly #zonesDown = new Set<string>();
  #topology: Topology = { entries: [], pools: [], groups: [], gates: [] };
  #machines = 0;
  #closed = false;

  constructor({ speed, behaviours, log, resize }: WorldProps) {
    this.#clock = new Clock(speed);
    this.#log = log;
    this.#registry = new Registry(this.#clock, (target) => {
      if (target.healthy) target.machine.wasHealthy = true;
      const turned = target.healthy ? "machine-healthy" : "machine-unhealthy";
      log.say(turned, target.machine.group.id, `${target.machine.instance} in ${target.pool.name}`);
    });
    this.#around = {
      ...{ clock: this.#clock, queue: new StartQueue(), registry: this.#registry, log, zonesDown: this.#zonesDown },
      behaviour: behaviours,
      number: () => (this.#machines += 1),
      changed: () => this.#fill(),
      resize: (group, size) => {
        log.say("group-resized", group, `to ${size} machines, by its load`);
        resize(group, size);
      },
    };
    this.#tickLater();
  }

  /** Makes it true; settles when the entries are open. `standing`: all of it was so before the session began. */
  async apply(topology: Topology, standing = false): Promise<void> {
    if (this.#closed) return;
    this.#topology = topology;
    for (const group of topology.groups) this.#keep(group);
    const kept = new Set(topology.groups.map(({ id }) => id));
    for (const [id, keeper] of this.#keepers) if (!kept.has(id)) keeper.leaving = true;
    for (const keeper of this.#keepers.values()) keeper.reconcile(standing);
    this.#registry.sync(topology.pools, this.#everyMachine(), standing);
    const open = new Set(topology.entries.map(({ id }) => id));
    for (const id of this.#entries.keys()) if (!open.has(id)) this.#shut(id);
    await Promise.all(topology.entries.map((entry) => this.#open(entry)));
  }

  /** Settles when the gates of an object are open; says what terraform is told when one stays shut, or it was told to stop. */
  async gate(object: string, on: "create" | "update", stop?: AbortSignal): Promise<string | undefined> {
    const gates = () => this.#topology.gates.filter((gate) => gate.object === object && gate.on.includes(on));
    for (let i = 0; i < gates().length; i += 1) {
      const failure = await waitAt({
        clock: this.#clock,
        gate: () => gates()[i],
        count: (gate) => this.#count(gate),
        interrupted: () => (this.#closed || stop?.aborted ? "context canceled" : undefined),
      });
      this.#log.say(failure === undefined ? "gate-open" : "gate-failed", object, failure ?? "its machines are there");
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  /** Retires all machines of a group whose object is about to be deleted; settles when they are gone. */
  async empty(group: string): Promise<void> {
    const keeper = this.#keepers.get(group);
    if (!keeper) return;
    keeper.leaving = true;
    keeper.reconcile();
    await keeper.emptied();
  }

  /** Settles when every machine serves, or has shown that it will not. */
  async settled(): Promise<void> {
    while (!this.#closed && this.#everyMachine().some(({ state, crashed }) => !crashed && state === "booting"))
      await new Promise((resolve) => setTimeout(resolve, TICK_MS[0]));
  }

  drill(drill: Drill): void {
    if ("kill" in drill) return void this.#machine(drill.kill).stop();
    const zone = "zoneDown" in drill ? drill.zoneDown : drill.zoneBack;
    const known = [...new Set([...this.#keepers.values()].flatMap(({ group }) => group.zones))];
    if (!known.includes(zone))
      throw new RunningError(`there is no zone "${zone}": there are ${known.join(", ") || "none"}`);
    if ("zoneBack" in drill) return void this.#zonesDown.delete(zone);
    this.#zonesDown.add(zone);
    for (const machine of this.#everyMachine()) if (machine.zone === zone) void machine.stop();
  }

  status(): Status {
    const entries = [...this.#entries.values()].filter(({ port }) => port > 0);
    return {
      speed: this.#clock.speed,
      entries: entries.map(({ chooser: { entry }, port }) => shownEntry(entry, port)),
      groups: [...this.#keepers.values()].map((keeper) => this.#shownGroup(keeper)),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#clock.close();
    for (const id of this.#entries.keys()) this.#shut(id);
    await Promise.all(this.#everyMachine().map((machine) => machine.end("killed")));
  }

  #keep(group: Group): void {
    const keeper = this.#keepers.get(group.id);
    if (keeper) keeper.group = group;
    else this.#keepers.set(group.id, new Keeper(group, this.#around));
  }

  async #open(entry: Entry): Promise<void> {
    const known = this.#entries.get(entry.id);
    if (known) known.chooser.change(entry);
    if (known) return void (await known.open);
    const chooser = new Chooser(entry, this.#clock, this.#registry);
    const open = (entry.style === "flows" ? openFlows : openRequests)(chooser, this.#clock);
    const opened = { chooser, open, port: 0 };
    this.#entries.set(entry.id, opened);
    opened.port = (await open).port;
    this.#log.say("entry-open", entry.id, `${entry.address}:${entry.port} at 127.0.0.1:${opened.port}`);
  }

  #shut(id: string): void {
    void this.#entries.get(id)?.open.then((open) => open.close());
    this.#entries.delete(id);
    this.#log.say("entry-closed", id, "its object is gone");
  }

  #fill(): void {
    if (!this.#closed) this.#registry.sync(this.#topology.pools, this.#everyMachine());
  }

  #tickLater(): void {
    const [least, most] = TICK_MS;
    this.#clock.afterMs(Math.min(this.#clock.ms(TICK_SEC, least), most), () => {
      for (const [id, keeper] of this.#keepers) {
        keeper.tick();
        const exists = this.#topology.groups.some((group) => group.id === id);
        if (!exists && keeper.machines.length === 0) this.#keepers.delete(id);
      }
      this.#tickLater();
    });
  }

  #count(gate: Gate): Promise<number> {
    const keepers = gate.groups.flatMap((id) => this.#keepers.get(id) ?? []);
    return counted(gate, keepers, this.#registry, this.#clock);
  }

  #everyMachine(): Machine[] {
    return [...this.#keepers.values()].flatMap(({ machines }) => machines);
  }

  #machine(instance: string): Machine {
    const machine = this.#everyMachine().find((one) => one.instance === instance);
    if (machine) return machine;
    const known = this.#everyMachine().map((one) => one.instance);
    throw new RunningError(`there is no machine "${instance}": there are ${known.join(", ") || "none"}`);
  }

  #shownGroup({ group, machines, healer }: Keeper): RunningGroupStatus {
    const { id, name, cloud, service, region, slot, version, size, healing } = group;
    const checksItself = healing !== undefined && healing.by !== "pools";
    return {
      ...{ id, name, cloud, service, region, ...(slot === undefined ? {} : { slot }), version, size },
      machines: machines.map((machine) => {
        const { instance, zone, state } = machine;
        const checked = this.#registry.of(machine).filter(({ pool }) => pool.checked);
        const unchecked = checksItself && state === "serving" && healer.well(machine);
        const healthy = checked.length > 0 ? checked.every((target) => target.healthy) : unchecked;
        return { instance, group: name, zone, version, image: machine.group.image, state, healthy };
      }),
    };
  }
}

function shownEntry({ id, cloud, service, region, address, port, style, routes }: Entry, here: number): RunningEntry {
  const serves = routes.some(({ action, conditions }) => action.kind === "forward" && conditions.every(isAnyPath));
  return { id, cloud, service, region, address, port, style, serves, url: `http://127.0.0.1:${here}` };
}

const isAnyPath = (condition: Condition): boolean =>
  condition.kind === "path" && condition.values.some((value) => ["*", "/*"].includes(value));
