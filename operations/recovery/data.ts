/** Where data comes from in another region. What must be set up before the day is said so: afterwards it is too late. */
import type { Cloud } from "../../constructs/contract/spec";

/** Parts of a persistent store. */
export const PARTS = ["database", "objects", "files"] as const;
export type Part = (typeof PARTS)[number];

export interface DataSource {
  /** What there must be before the region is lost. */
  readonly before: string;
  /** The clouds' own commands; words in capitals stand for names. */
  readonly commands: readonly string[];
  readonly then: string;
}

const MOVE_IN = "then move the data into the new server (pg_dump, pg_restore), or import the restored one into the stack before it makes its own"; // prettier-ignore

export const DATA: Readonly<Record<Cloud, Readonly<Record<Part, (from: string, to: string) => DataSource>>>> = {
  aws: {
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
    database: (from, to) => ({
      before: `automated backups replicated to ${to}, or snapshots copied there`,
      commands: [
        `aws rds copy-db-snapshot --region ${to} --source-region ${from} --source-db-snapshot-identifier SNAPSHOT-ARN --target-db-snapshot-identifier NAME --kms-key-id KEY-IN-${to.toUpperCase()}`,
        `aws rds restore-db-instance-from-db-snapshot --region ${to} --db-instance-identifier NAME --db-snapshot-identifier NAME --db-subnet-group-name SUBNETS`,
        `aws rds restore-db-instance-to-point-in-time --region ${to} --source-db-instance-automated-backups-arn BACKUP-ARN --target-db-instance-identifier NAME --use-latest-restorable-time`,
      ],
      then: MOVE_IN,
    }),
    objects: (from, to) => ({
      before: "replication of the bucket to another region",
      commands: [`aws s3 sync s3://BUCKET-OR-REPLICA s3://NEW-BUCKET --source-region ${from} --region ${to}`],
      then: "compare the number of objects; versions of objects come with replication only",
    }),
    files: (_from, to) => ({
      before: `a backup plan that copies to ${to}, or replication of the file system`,
      commands: [
        `aws backup start-restore-job --region ${to} --recovery-point-arn RECOVERY-POINT-ARN --iam-role-arn ROLE-ARN --metadata file-system-id=NEW-FILE-SYSTEM,newFileSystem=false`,
      ],
      then: "the restore stands in a folder of its own: move it into place before services mount it",
    }),
  },
  google: {
    // https://cloud.google.com/sql/docs/postgres/backup-recovery/restoring
    database: (_from, to) => ({
      before: "automated backups, kept in more than one region, or a replica in another one",
      commands: [
        "gcloud sql backups list --instance OLD",
        `gcloud sql backups restore BACKUP --backup-instance OLD --restore-instance NEW-IN-${to.toUpperCase()}`,
      ],
      then: "the restore overwrites the new server: do it before services use it",
    }),
    objects: () => ({
      before: "a bucket in two regions, or a copy of it",
      commands: ["gcloud storage rsync --recursive gs://OLD-BUCKET gs://NEW-BUCKET"],
      then: "compare the number of objects",
    }),
    files: (_from, to) => ({
      before: "backups of the share in another region",
      // A regional share has no zone, and only the beta command takes a location (https://cloud.google.com/sdk/gcloud/reference/beta/filestore/instances/restore).
      commands: [
        `gcloud beta filestore instances restore NEW --location ZONE-OF-${to.toUpperCase()} --file-share SHARE --source-backup BACKUP --source-backup-region REGION`,
      ],
      then: "check that the services' machines can mount it",
    }),
  },
  azure: {
    // https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-backup-restore
    database: (_from, to) => ({
      before: "backups kept in two regions (it can only be chosen when the server is made), which restores to the paired region alone",
      commands: [
        `az postgres flexible-server geo-restore --resource-group GROUP --name NAME --location ${to} --source-server SERVER-ID`,
      ],
      then: MOVE_IN,
    }), // prettier-ignore
    objects: () => ({
      before: "a storage account kept in two regions, or replication of the container",
      commands: ["azcopy sync 'https://OLD.blob.core.windows.net/CONTAINER' 'https://NEW.blob.core.windows.net/CONTAINER' --recursive"], // prettier-ignore
      then: "compare the number of objects",
    }),
    files: () => ({
      before: "a copy of the share elsewhere: NFS shares are not kept in two regions",
      commands: ["rsync -aH OLD-MOUNT/ NEW-MOUNT/"],
      then: "run it from a machine that mounts both",
    }),
  },
};
