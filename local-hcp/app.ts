/** What every handler needs. */
import type { Engine } from "./engine";
import type { Faults } from "./faults";
import type { Role } from "./rights";
import type { Store } from "./store";
import type { TaskRunner } from "./task-runner";
import type { Tickets } from "./tickets";

/** A request as it came in, for those who watch. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  /** It carried an Authorization header. */
  readonly authorized: boolean;
}

export interface App {
  readonly store: Store;
  readonly engine: Engine;
  readonly tasks: TaskRunner;
  readonly tickets: Tickets;
  readonly faults: Faults;
  readonly tokens: Readonly<Record<Role, string>>;
  /** Where the API listens, e.g. `http://127.0.0.1:4711`. */
  readonly base: string;
  /** The hostname that configurations name. */
  readonly hostname: string;
  readonly terraformVersion: string;
  /** The organizations that exist; every name does when absent. */
  readonly organizations?: readonly string[] | undefined;
  /** How long a slow upload stays pending. */
  readonly slowUploadMs: number;
  /** Aborted when the stand-in ends. */
  readonly closing: AbortSignal;
  readonly onRequest: (seen: Seen) => void;
}

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** How long an address works, in seconds. */
const LIFE = {
  "upload-configuration": DAY,
  configuration: DAY,
  state: DAY,
  "upload-state": DAY,
  discard: DAY,
  log: DAY,
  plan: MINUTE,
};
export type ArchiveUse = keyof typeof LIFE;

/** An address that works without a token for a while, as those of HCP Terraform's archive do. */
export const archiveUrl = ({ tickets, base }: Pick<App, "tickets" | "base">, use: ArchiveUse, id: string): string =>
  `${base}/_archive/v1/object/${tickets.issue(use, id, LIFE[use])}`;
