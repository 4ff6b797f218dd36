/**
 * What a running session shows and takes: for the load, the demo and drills.
 *
 * In the same process: `const running = prepareRunning({ speed: 20 })` of `session.ts`, then `startLocalCloud({ dir, machinery:
 * running })`, which also ends it; `FLEET_DRAIN_SEC` must not be set then, for the drain gates sleep in the session's time.
 * A command under `npm run local -- --run` finds
 * `LOCAL_CLOUD_RUNNING` set to the address of a control server on loopback: `GET /` answers with `Status` as JSON,
 * `GET /events?after=<number>` with the `RunEvent`s since then, and `POST /` with a `Drill` as JSON plays it.
 */
import type { Entry, Group } from "./model";

/**
 * Requests and answers carry these, set by the machine. Besides its health path it serves `/`, which answers at once, `/?ms=<n>`, which
 * takes n milliseconds of the cloud's time, and `/boot`, which answers with its boot settings as JSON.
 */
export const HEADERS = {
  /** Of the image: `1.1.0`. */
  version: "x-fleet-version",
  image: "x-fleet-image",
  instance: "x-fleet-instance",
  group: "x-fleet-group",
  zone: "x-fleet-zone",
} as const;

/** An entry as it is shown. */
export interface RunningEntry
  extends Pick<Entry, "id" | "cloud" | "service" | "region" | "address" | "port" | "style"> {
  /** Whether a machine answers, whatever the path: one that redirects to TLS, or gets machines probed, sends clients away. */
  readonly serves: boolean;
  /** Where it is here: `http://127.0.0.1:41234`. It stays the same while the entry lives. */
  readonly url: string;
}

/** How a machine is: told to go is `leaving`, whatever its health. */
export type MachineState = "launching" | "booting" | "serving" | "leaving";

export interface RunningMachine {
  readonly instance: string;
  readonly group: string;
  readonly zone: string;
  readonly version: string;
  readonly image: string;
  readonly state: MachineState;
  /** Healthy in every pool that is checked; where none is, such as an idle slot's, by the group's own check, if any. */
  readonly healthy: boolean;
}

/** A group as it is shown. */
export interface RunningGroupStatus
  extends Pick<Group, "id" | "name" | "cloud" | "service" | "region" | "slot" | "version" | "size"> {
  readonly machines: readonly RunningMachine[];
}

export interface Status {
  readonly speed: number;
  readonly entries: readonly RunningEntry[];
  /** With machines, also those whose object is gone while they still drain. */
  readonly groups: readonly RunningGroupStatus[];
}

/** What happened, in order. `at` is `Date.now()`. */
export interface RunEvent {
  readonly number: number;
  readonly at: number;
  readonly what:
    | "entry-open"
    | "entry-closed"
    | "machine-launched"
    | "machine-serving"
    | "machine-healthy"
    | "machine-unhealthy"
    | "machine-told"
    | "machine-gone"
    | "machine-died"
    | "machine-replaced"
    | "group-resized"
    | "gate-open"
    | "gate-failed";
  /** Id of the entry, the machine's group, or the group; and in words what. */
  readonly of: string;
  readonly words: string;
}

/** What goes wrong on purpose. */
export type Drill =
  /** A machine is killed at once. */
  | { readonly kill: string }
  /** All machines of a zone are killed, and none start there until it is `back`. */
  | { readonly zoneDown: string }
  | { readonly zoneBack: string };

/** A session's machinery. */
export interface Running {
  status(): Status;
  events(after?: number): readonly RunEvent[];
  /** Calls for each event; returns what ends that. */
  listen(hear: (event: RunEvent) => void): () => void;
  /** @throws RunningError when there is no such machine or zone */
  drill(drill: Drill): void;
}
