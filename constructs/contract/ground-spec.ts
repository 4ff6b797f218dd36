/** What a placement has besides its network, and what a service may use of it: all that outlives every machine. */
import { z } from "zod";

const named = (pattern: RegExp, rule: string) => z.string().regex(pattern, rule);

/** Keys that people read: `LOG_LEVEL`. */
const name = named(/^[A-Z][A-Z0-9_]{0,63}$/, "upper-case names such as LOG_LEVEL");

/** Periods that all three clouds can keep records for, in days. */
const RETENTION = [30, 60, 90, 120, 180, 365, 400, 545] as const;

/** Where machines send their records, and who hears when something is wrong. */
export const logs = z.strictObject({
  /** Time that records are kept, in days. @default 365 */
  retentionDays: z.literal(RETENTION).default(365),
  /** Addresses that hear of alarms. @default [] */
  alarmEmails: z.array(z.email()).default([]),
});

/** A PostgreSQL server. Machines sign in as what they are: there is no password to keep. */
const database = z.strictObject({
  /** Major version; another one is a migration, see docs/persistent.md. @default "17" */
  postgres: z.enum(["15", "16", "17"]).default("17"),
  /** Size of the server in the cloud's own words. @default the smallest that the cloud recommends for production */
  type: z.string().min(1).optional(),
  /** Size of the disk, in GiB; it can grow and never shrink. @default 64 */
  diskGb: z.literal([32, 64, 128, 256, 512, 1024]).default(64),
  /** Time that backups and the log for a restore to any point are kept, in days. @default 14 */
  backupDays: z.int().min(7).max(35).default(14),
  /** A standby in another zone takes over. @default true */
  standby: z.boolean().default(true),
});

/** A bucket or container: versions of objects are kept after they are overwritten or deleted. */
const objects = z.strictObject({
  /** Time that an overwritten or deleted object can be had back, in days. @default 30 */
  keepDays: z.int().min(7).max(365).default(30),
});

/** A share that machines mount over NFS. */
const files = z.strictObject({
  /**
   * Size in GiB, where the cloud wants one: on Google Cloud in steps of 256 up to 9984, then of 2560 from 10240; on Azure any.
   *
   * @default 1024
   */
  sizeGb: z.int().min(1024).max(65_536).default(1024),
});

/** The persistent store of a placement; each part is there only when it is asked for. */
export const persistent = z.strictObject({
  database: database.optional(),
  objects: objects.optional(),
  files: files.optional(),
  /**
   * Terraform and the cloud both refuse to destroy it, and a part that is no longer declared stays in the cloud. Set to
   * false, and deploy, before taking it down. @default true
   */
  protected: z.boolean().default(true),
});

/**
 * Settings that machines read when they boot and every minute, outside image and user data: changing one replaces nothing. Not for secrets.
 */
export const settings = z.record(
  name,
  named(/^(?!.*[$%]\{)[\x20-\x7e]{1,1024}$/, "one line of printable ASCII without ${ or %{"),
);

/** Names of secrets. Terraform makes the place and the right to read it; a person or a pipeline puts the value there. */
export const secrets = z.array(name).max(20);

/** What of the placement's persistent store the machines may use: a right to just that. */
export const uses = z.strictObject({
  database: z.boolean().default(false),
  objects: z.enum(["none", "read", "write"]).default("none"),
  files: z.boolean().default(false),
});

export type Persistent = z.output<typeof persistent>;

/** A persistent store with every part that there is. */
export const everyPart: Persistent = persistent.parse({ database: {}, objects: {}, files: {} });
