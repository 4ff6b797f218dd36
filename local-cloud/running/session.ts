/** The door to this room: machines and traffic for the objects of a local cloud. */
import type { Engine, Machinery } from "../cloud/machinery";
import { nearest } from "../nearest";
import { readBehaviours, RunningError } from "./behaviours";
import { openControl } from "./control";
import { EventLog } from "./events";
import type { Running } from "./live";
import type { OpenEntry } from "./mechanics/listen";
import { World } from "./mechanics/world";
import type { Rules } from "./model";
import { topologyOf } from "./rules";

export { RunningError };
export { endWithMe, whenOrphaned } from "./parent";

export interface RunningOptions {
  /** How many times faster than a cloud's the session's time passes, 1 to 200. @default 20 */
  readonly speed?: number;
  /** Folder of behaviour files. @default every machine is well */
  readonly behaviours?: string;
  /** What the objects mean, for a test that has rules of its own. */
  readonly rules?: Rules;
}

/** What a person sets, and what a session sets for its command. */
const SETTINGS = new Set(
  [
    ...["DIR", "UNHEALTHY", "BOOT_MS", "SPEED", "BEHAVIOUR", "TAG_POLICY", "HCP_HOST", "HCP_ROLE", "HCP_FAULTS"],
    ...["SESSION", "HCP_SESSION", "RUNNING", "WORDS"],
  ].map((name) => `LOCAL_CLOUD_${name}`),
);
const DEFAULT_SPEED = 20;
const FASTEST = 200;
/** How often it is looked whether another process changed something. */
const LOOK_MS = 250;

/**
 * Prepares what runs the machines; it begins with the cloud that it is given to, and ends with it.
 *
 * @throws RunningError for a setting or a behaviour file that cannot be used
 */
export function prepareRunning({
  speed = DEFAULT_SPEED,
  behaviours,
  rules = topologyOf,
}: RunningOptions): Running & Machinery {
  if (!(speed >= 1 && speed <= FASTEST))
    throw new RunningError(`LOCAL_CLOUD_SPEED must be a number from 1 to ${FASTEST}, got "${speed}"`);
  return new Session(speed, readBehaviours(behaviours), rules);
}

/** The same from environment variables, of which none that looks like a setting may be unknown. */
export function runningFromEnvironment(env: NodeJS.ProcessEnv): Running & Machinery {
  const { LOCAL_CLOUD_SPEED: speed, LOCAL_CLOUD_BEHAVIOUR: behaviours } = env;
  const unknown = Object.keys(env).find((name) => name.startsWith("LOCAL_CLOUD_") && !SETTINGS.has(name));
  if (unknown !== undefined) throw new RunningError(unknownSetting(unknown));
  if (speed && !/^\d+(\.\d+)?$/.test(speed))
    throw new RunningError(`LOCAL_CLOUD_SPEED must be a number from 1 to ${FASTEST}, got "${speed}"`);
  return prepareRunning({ ...(speed ? { speed: Number(speed) } : {}), ...(behaviours ? { behaviours } : {}) });
}

function unknownSetting(name: string): string {
  const near = nearest(name, SETTINGS);
  return `${name} is no setting: ${near.length > 0 ? `the nearest are ${near.join(", ")}` : `there are ${[...SETTINGS].join(", ")}`}`;
}

class Session implements Running, Machinery {
  readonly speed: number;
  readonly #log = new EventLog();
  readonly #rules: Rules;
  readonly #behaviours: ReturnType<typeof readBehaviours>;
  #world: World | undefined;
  #engine: Engine | undefined;
  #control: OpenEntry | undefined;
  #looking: NodeJS.Timeout | undefined;
  #seen = -1;

  constructor(speed: number, behaviours: ReturnType<typeof readBehaviours>, rules: Rules) {
    this.speed = speed;
    this.#behaviours = behaviours;
    this.#rules = rules;
  }

  async start(engine: Engine): Promise<Readonly<Record<string, string>>> {
    const sick = (image: string) => engine.unhealthy !== "" && image.includes(engine.unhealthy);
    this.#engine = engine;
    this.#world = new World({
      ...{ speed: this.speed, log: this.#log },
      behaviours: (image) => ({ ...this.#behaviours(image), ...(sick(image) ? { neverHealthy: true } : {}) }),
      resize: (group, size) => engine.resize(group, size),
    });
    await this.#look(true);
    await this.#world.settled();
    this.#looking = setInterval(() => void this.#look(), LOOK_MS);
    this.#control = await openControl(this);
    return {
      LOCAL_CLOUD_RUNNING: `http://127.0.0.1:${this.#control.port}`,
      LOCAL_CLOUD_SPEED: String(this.speed),
    };
  }

  changed(): Promise<void> {
    return this.#look();
  }

  async gate(key: string, on: "create" | "update", stop?: AbortSignal): Promise<string | undefined> {
    return this.#world?.gate(key, on, stop);
  }

  async leaving(key: string): Promise<void> {
    await this.#world?.empty(key);
  }

  status() {
    return this.#world?.status() ?? { speed: this.speed, entries: [], groups: [] };
  }

  events(after = 0) {
    return this.#log.since(after);
  }

  listen(hear: Parameters<Running["listen"]>[0]) {
    return this.#log.listen(hear);
  }

  drill(drill: Parameters<Running["drill"]>[0]) {
    this.#world?.drill(drill);
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#control?.close();
    await this.#world?.close();
  }

  async #look(standing = false): Promise<void> {
    if (!this.#engine || !this.#world) return;
    const revision = this.#engine.revision();
    if (revision === this.#seen) return;
    this.#seen = revision;
    await this.#world.apply(this.#rules(this.#engine.objects()), standing);
  }
}
