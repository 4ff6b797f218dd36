/** The life of one machine: launched, booted, serving, told that it is to go, gone. Its thread runs `machine-thread.cjs`. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Settled } from "../behaviours";
import { HEADERS, type MachineState } from "../live";
import type { Group } from "../model";
import { draw, type Clock } from "./clock";

/** What a machine tells those who look after it. */
export interface MachineEvents {
  /** The cloud has started it: it has an address, and nothing listens there yet. */
  started(machine: Machine): void;
  serving(machine: Machine): void;
  /** It ended without being told to, or was ended. */
  ended(machine: Machine, how: "died" | "gone"): void;
}

/** Threads that start at the same time: more of them would only keep each other and the proxies from working. */
const STARTING_AT_ONCE = 4;
/**
 * A machine ends idle connections so much later than its time says. One that keeps them longer than its load balancer is safe in a cloud by
 * seconds; in a fast session these would be milliseconds, which a busy computer loses.
 */
const LATER_MS = 2000;
const MEMORY = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };

/** Lets a few at a time begin. */
export class StartQueue {
  readonly #waiting: (() => void)[] = [];
  #starting = 0;

  async run(start: () => Promise<void>): Promise<void> {
    if (this.#starting >= STARTING_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#starting += 1;
    try {
      await start();
    } finally {
      this.#starting -= 1;
      this.#waiting.shift()?.();
    }
  }
}

export interface MachineProps {
  readonly clock: Clock;
  readonly queue: StartQueue;
  readonly group: Group;
  readonly behaviour: Settled;
  /** Order of launch in the session. */
  readonly number: number;
  readonly instance: string;
  readonly zone: string;
  readonly events: MachineEvents;
  /** It ran before the session began, and takes no time to start. */
  readonly standing: boolean;
}

export class Machine {
  readonly instance: string;
  readonly zone: string;
  readonly number: number;
  readonly group: Group;
  readonly behaviour: Settled;
  state: MachineState = "launching";
  /** When the cloud had started it, by `performance.now()`. */
  startedAt: number | undefined;
  /** Its process ended by itself; the machine is still there. */
  crashed = false;
  /** Whoever may replace it has seen it healthy. */
  wasHealthy = false;
  /** The machine itself has stopped, or was stopped: its group need not ask how it is. */
  stopped = false;
  /** It is no more. */
  gone = false;
  /** It went without a word to those who were connected. */
  vanished = false;
  readonly #props: MachineProps;
  readonly #counts = new Int32Array(new SharedArrayBuffer(8));
  #worker: Worker | undefined;
  #port: number | undefined;
  #consented: (() => void) | undefined;

  constructor(props: MachineProps) {
    this.#props = props;
    ({
      instance: this.instance,
      zone: this.zone,
      number: this.number,
      group: this.group,
      behaviour: this.behaviour,
    } = props);
    if (props.standing) this.#start();
    void this.#live();
  }

  /** Requests that it has had. */
  get requests(): number {
    return this.#counts[0] ?? 0;
  }

  /** It ran before the session began, and its thread does not yet: nothing that is asked of it now counts. */
  get waking(): boolean {
    return this.#props.standing && this.state === "booting" && !this.crashed;
  }

  /** The port here where it serves the given port of its own; undefined where nothing listens. */
  portFor(port: number): number | undefined {
    return port === (this.behaviour.port ?? this.group.port) ? this.#port : undefined;
  }

  /** Tells it that it is about to go; settles when it consents. One that does not listen never does. */
  tell(): Promise<void> {
    const { clock } = this.#props;
    const boot = bootSettings(this.group.userData);
    const whole = (text: string | undefined, unset: number) => (/^\d+$/.test(text ?? "") ? Number(text) : unset);
    const drainMs = clock.ms(this.behaviour.drainSec ?? whole(boot.DRAIN_SEC, 30));
    const idleMs = Math.min(clock.ms(whole(boot.DRAIN_IDLE_SEC, Infinity)), drainMs);
    return new Promise((resolve) => {
      if (this.behaviour.ignoresNotice) return;
      this.#consented = resolve;
      if (this.#worker) this.#worker.postMessage({ drainMs, idleMs });
      else resolve();
    });
  }

  /** Ends it; nobody is told who does not ask. */
  async end(how: "killed" | "vanishes"): Promise<void> {
    if (this.gone) return;
    this.gone = true;
    this.vanished = how === "vanishes";
    await this.#terminate();
    this.#props.events.ended(this, "gone");
  }

  /** It fails: whatever is connected to it loses its connection, and its cloud does not know it yet. */
  async stop(): Promise<void> {
    if (this.gone || this.stopped) return;
    [this.stopped, this.crashed] = [true, true];
    await this.#terminate();
    this.#consented?.();
    this.#props.events.ended(this, "died");
  }

  async #terminate(): Promise<void> {
    const worker = this.#worker;
    [this.#worker, this.#port] = [undefined, undefined];
    await worker?.terminate();
  }

  async #live(): Promise<void> {
    const { clock, standing, behaviour, group, queue, events } = this.#props;
    if (!standing) {
      await clock.sleep(draw(group.launch));
      if (this.gone || this.stopped) return;
      this.#start();
      events.started(this);
      await clock.sleep(behaviour.bootSec);
      if (this.gone || this.stopped) return;
    }
    if (behaviour.crashAtBoot) return this.#crash();
    await queue.run(() => this.#serve());
    if (this.gone || this.crashed) return;
    if (this.state === "booting") this.state = "serving";
    events.serving(this);
  }

  #start(): void {
    this.startedAt = performance.now();
    if (this.state === "launching") this.state = "booting";
  }

  #serve(): Promise<void> {
    const { clock, group, behaviour } = this.#props;
    if (this.gone || this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const worker = new Worker(join(__dirname, "machine-thread.cjs"), {
        workerData: {
          ...{ speed: clock.speed, healthPath: group.healthPath, behaviour, counts: this.#counts },
          headers: this.#headers(),
          boot: bootSettings(group.userData),
          keepAliveMs: Math.min(clock.ms(behaviour.keepAliveSec) + LATER_MS, 2 ** 31 - 1),
        },
        resourceLimits: MEMORY,
        env: {},
        execArgv: [],
      });
      this.#worker = worker;
      worker.on("message", ({ port, consent }: { port?: number; consent?: boolean }) => {
        if (consent) this.#consented?.();
        if (port === undefined) return;
        if (this.#worker === worker) this.#port = port;
        resolve();
      });
      worker.on("error", () => undefined);
      worker.on("exit", () => {
        if (this.#worker === worker) this.#crash();
        resolve();
      });
    });
  }

  #crash(): void {
    this.crashed = true;
    [this.#worker, this.#port] = [undefined, undefined];
    this.#consented?.();
    this.#props.events.ended(this, "died");
  }

  #headers(): Record<string, string> {
    const { version, image, name } = this.group;
    return {
      [HEADERS.version]: version,
      [HEADERS.image]: image,
      [HEADERS.instance]: this.instance,
      [HEADERS.group]: name,
      [HEADERS.zone]: this.zone,
    };
  }
}

/** Lines of NAME=value; lines of any other form are left out, as `fleet-boot` does. */
export function bootSettings(userData: string): Record<string, string> {
  const lines = userData.split(/\r?\n/).map((line) => /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line));
  return Object.fromEntries(lines.flatMap((match) => (match ? [[match[1] ?? "", match[2] ?? ""]] : [])));
}
