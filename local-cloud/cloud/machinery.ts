/** What runs the machines, where something does: the door through which the cloud's objects and what they run speak. */
import type { CloudObject } from "./store";

/** What whoever runs the machines may ask of the cloud. */
export interface Engine {
  /** What exists now. */
  objects(): readonly CloudObject[];
  /** Goes up with every change, those of other processes included. */
  revision(): number;
  /** Changes a group's size, as an autoscaler does. */
  resize(key: string, size: number): void;
  /** Machines whose image id contains it never get healthy; "" for none. */
  readonly unhealthy: string;
}

/** What the cloud tells whoever runs the machines. Terraform hears nothing before these have settled. */
export interface Machinery {
  /** How many times faster than a cloud's its time passes. */
  readonly speed: number;
  /** Begins with what exists; gives what the session's command finds in its environment. */
  start(engine: Engine): Promise<Readonly<Record<string, string>>>;
  /** An object was made, changed or deleted. */
  changed(): Promise<void>;
  /** An object counts as made or changed when this settles; says why it does not. */
  gate(key: string, on: "create" | "update", stop: AbortSignal | undefined): Promise<string | undefined>;
  /** An object is about to be deleted: settles when what it runs has gone. */
  leaving(key: string): Promise<void>;
  close(): Promise<void>;
}
