/**
 * The placement's PostgreSQL server: Cloud SQL with a private address, TLS always, and sign-in by service account. It has
 * no password: the server's own `postgres` user gets none until somebody sets one.
 */
import { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { SqlDatabaseInstance } from "@cdktf/provider-google/lib/sql-database-instance";
import { Construct } from "constructs";
import type { Persistent } from "../contract/ground-spec";
import { names, networkId, type Place } from "./network";
import { addressOf } from "./zone";

export const databaseInstance = (place: Place): string => `${names(place).network}-database`;

/** The smallest machine of the edition that keeps the log for a restore to any point longer than a week. */
const TYPE = "db-perf-optimized-N-2";

/**
 * Editions by their machine types, and the days that each keeps the log:
 * https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr#log-retention
 */
const edition = (type: string) =>
  /^db-(perf-optimized|c4a)-/.test(type)
    ? { edition: "ENTERPRISE_PLUS", logDays: 35 }
    : { edition: "ENTERPRISE", logDays: 7 };

/** C4A and N4 have no other disks than Hyperdisk: https://cloud.google.com/sql/docs/postgres/machine-series-overview */
const diskType = (type: string) => (/^db-(c4a|custom-n4)-/i.test(type) ? "HYPERDISK_BALANCED" : "PD_SSD");

/** Not log_duration, a line for every statement, and not log_hostname, a question to DNS for every connection. */
const FLAGS = {
  "cloudsql.iam_authentication": "on",
  "cloudsql.enable_pgaudit": "on",
  "pgaudit.log": "role,ddl",
  log_checkpoints: "on",
  log_connections: "on",
  log_disconnections: "on",
  log_lock_waits: "on",
  log_min_error_statement: "error",
  log_min_messages: "warning",
  log_statement: "ddl",
  log_temp_files: "0",
};

export interface DatabaseProps extends Place {
  readonly database: NonNullable<Persistent["database"]>;
  /** Terraform and Google Cloud refuse to destroy it. */
  readonly isProtected: boolean;
}

export class Database extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { placement, database, isProtected } = props;
    const tier = database.type ?? TYPE;
    const { logDays, ...choice } = edition(tier);
    const server = new SqlDatabaseInstance(this, "server", {
      name: databaseInstance(props),
      region: placement.region,
      databaseVersion: `POSTGRES_${database.postgres}`,
      ...(placement.encryptionKey ? { encryptionKeyName: placement.encryptionKey } : {}),
      settings: {
        ...choice,
        tier,
        availabilityType: database.standby ? "REGIONAL" : "ZONAL",
        diskType: diskType(tier),
        diskSize: database.diskGb,
        // A disk that has grown by itself is larger than the declared one, and Terraform would replace the server.
        diskAutoresize: false,
        databaseFlags: Object.entries(FLAGS).map(([name, value]) => ({ name, value })),
        ipConfiguration: {
          ipv4Enabled: false,
          privateNetwork: networkId(props),
          allocatedIpRange: names(props).services,
          // A client certificate on top would be a key to keep on machines, which show a token.
          sslMode: "ENCRYPTED_ONLY",
          // Its certificates come with the region and can be part of an image.
          serverCaMode: "GOOGLE_MANAGED_CAS_CA",
        },
        backupConfiguration: {
          enabled: true,
          startTime: "03:00",
          location: placement.region,
          pointInTimeRecoveryEnabled: true,
          transactionLogRetentionDays: Math.min(database.backupDays, logDays),
          backupRetentionSettings: { retainedBackups: database.backupDays, retentionUnit: "COUNT" },
        },
        maintenanceWindow: { day: 7, hour: 4, updateTrack: "stable" },
        retainBackupsOnDelete: true,
        deletionProtectionEnabled: isProtected,
      },
      deletionProtection: isProtected,
      timeouts: { create: "60m", update: "60m", delete: "60m" },
      lifecycle: { preventDestroy: isProtected },
    });
    new DnsRecordSet(this, "name", addressOf("database", props, server.privateIpAddress));
  }
}
