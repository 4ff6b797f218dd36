/**
 * Checks of checkov that fail on purpose, and why. docs/security.md shows the same table; a check that fails without a reason
 * here fails the tests, and so does a reason that nothing needs any more.
 */
import type { Cloud } from "../../constructs/contract/spec";

/** What a fleet may leave out, and then has less of. */
export type Option = "encryptionKey" | "certificate";

export interface Reason {
  readonly check: string;
  readonly type: string;
  /** Names of the resources that the reason is about. @default - every one of the type */
  readonly only?: readonly string[];
  /** The check fails only in a fleet that leaves this out. @default - in every fleet */
  readonly without?: Option;
  readonly reason: string;
}

export const REASONS: Readonly<Record<Cloud, readonly Reason[]>> = {
  aws: [
    {
      check: "CKV_AWS_158",
      type: "aws_cloudwatch_log_group",
      without: "encryptionKey",
      reason: "CloudWatch encrypts every log group.",
    },
    {
      check: "CKV_AWS_149",
      type: "aws_secretsmanager_secret",
      without: "encryptionKey",
      reason: "Secrets Manager encrypts every secret.",
    },
    {
      check: "CKV_AWS_145",
      type: "aws_s3_bucket",
      without: "encryptionKey",
      reason: "S3 encrypts every object.",
    },
    {
      check: "CKV_AWS_184",
      type: "aws_efs_file_system",
      without: "encryptionKey",
      reason: "The share is encrypted with the account's key for EFS.",
    },
    {
      check: "CKV_AWS_354",
      type: "aws_db_instance",
      without: "encryptionKey",
      reason: "Performance Insights is encrypted with the account's key for RDS.",
    },
    {
      check: "CKV_AWS_118",
      type: "aws_db_instance",
      reason:
        "Metrics, Performance Insights and exported logs show the server from outside; enhanced monitoring needs a role with rights beyond this server's logs.",
    },
    {
      check: "CKV_AWS_18",
      type: "aws_s3_bucket",
      reason:
        "Who read or wrote an object is CloudTrail's to record, for the whole account; a second bucket of records would need the same care.",
    },
    {
      check: "CKV_AWS_144",
      type: "aws_s3_bucket",
      reason: "Objects stay in the region that the placement names; a copy elsewhere decides where data may be.",
    },
    { check: "CKV2_AWS_62", type: "aws_s3_bucket", reason: "Nothing listens for events of the bucket." },
    {
      check: "CKV_AWS_46",
      type: "aws_launch_template",
      reason:
        "False alarm: user data holds ENVIRONMENT, SERVICE and `machine.boot`, and base64 of 40 characters looks like a key.",
    },
    {
      check: "CKV_AWS_150",
      type: "aws_lb",
      reason:
        "Deletion protection would stop a change of exposure, which brings the new balancer before the old one goes; it holds no data.",
    },
    {
      check: "CKV_AWS_91",
      type: "aws_lb",
      reason:
        "Machines write what they serve to the log sink, and the network's flow records show every connection; access logs need a bucket in the foundation.",
    },
    {
      check: "CKV_AWS_2",
      type: "aws_lb_listener",
      without: "certificate",
      reason: "Only an internal entry may be without one; with one it listens on HTTPS.",
    },
    {
      check: "CKV_AWS_103",
      type: "aws_lb_listener",
      without: "certificate",
      reason: "Only an internal entry may be without one; with one it demands TLS 1.2 or later.",
    },
    {
      check: "CKV2_AWS_20",
      type: "aws_lb",
      without: "certificate",
      reason: "Only an internal entry may be without one; with one, port 80 redirects to HTTPS.",
    },
    {
      check: "CKV_AWS_378",
      type: "aws_lb_target_group",
      reason: "TLS ends at the entry; machines answer in private subnets, to the entry's security group only.",
    },
    {
      check: "CKV_AWS_260",
      type: "aws_vpc_security_group_ingress_rule",
      only: ["firewall_clients_plain"],
      reason: "A public entry takes port 80 only to redirect to HTTPS.",
    },
    {
      check: "CKV2_AWS_28",
      type: "aws_lb",
      reason:
        "What a web firewall lets through depends on the application: associate your web ACL with the public entry's ARN.",
    },
    {
      check: "CKV2_AWS_34",
      type: "aws_ssm_parameter",
      reason: "Settings are not secrets, and the plan must show what changes; secrets have their own places.",
    },
    {
      check: "CKV2_AWS_57",
      type: "aws_secretsmanager_secret",
      reason:
        "A rotation has to change the secret on both sides, which only its owner can; RDS rotates the database administrator's password.",
    },
  ],
  google: [
    {
      check: "CKV_GCP_6",
      type: "google_sql_database_instance",
      reason:
        "`ssl_mode` is `ENCRYPTED_ONLY`: a connection without TLS is refused. A client certificate on top would be a key to keep on machines; they sign in with a token of their service account.",
    },
    {
      check: "CKV_GCP_79",
      type: "google_sql_database_instance",
      reason: "The major version is chosen in `fleet.ts`: another one is a migration, never a default that moves.",
    },
    {
      check: "CKV_GCP_108",
      type: "google_sql_database_instance",
      reason:
        "`log_hostname` looks every client's address up in DNS, and a slow answer holds up its connection. The address is in the log.",
    },
    {
      check: "CKV2_GCP_13",
      type: "google_sql_database_instance",
      reason:
        "`log_duration` writes a line for every statement. Connections, changes of schema and roles, waits for locks and temporary files are logged.",
    },
    {
      check: "CKV_GCP_62",
      type: "google_storage_bucket",
      reason:
        "Usage logs need a second bucket that Google's own account may write to. Who read and wrote what is in Cloud Audit Logs, once data access logs are on for Cloud Storage in the project.",
    },
  ],
  azure: [
    {
      check: "CKV_AZURE_206",
      type: "azurerm_storage_account",
      reason:
        "ZRS keeps three copies in three zones; a copy in another region decides where data may be, and premium files cannot have one.",
    },
    {
      check: "CKV_AZURE_33",
      type: "azurerm_storage_account",
      only: ["log_sink_flow_store", "objects_account"],
      reason: "The accounts have no queues, and nobody reaches them from outside to make one.",
    },
    {
      check: "CKV2_AZURE_40",
      type: "azurerm_storage_account",
      only: ["log_sink_flow_store"],
      reason:
        "azurerm 4.55 cannot give flow logs an identity, so Network Watcher writes with the account's key; the account does not answer from outside. All other accounts have keys off.",
    },
    {
      check: "CKV2_AZURE_33",
      type: "azurerm_storage_account",
      only: ["log_sink_flow_store"],
      reason: "Network Watcher writes to it, no machine does. The accounts that keep data have private endpoints.",
    },
    {
      check: "CKV2_AZURE_1",
      type: "azurerm_storage_account",
      only: ["log_sink_flow_store"],
      reason: "Flow records stay with Microsoft's keys.",
    },
    {
      check: "CKV2_AZURE_1",
      type: "azurerm_storage_account",
      only: ["objects_account", "files_account"],
      without: "encryptionKey",
      reason: "Microsoft's keys encrypt every account.",
    },
    {
      check: "CKV2_AZURE_38",
      type: "azurerm_storage_account",
      only: ["files_account"],
      reason: "The check looks at blobs; the account of files has none, and keeps a deleted share for 30 days.",
    },
    {
      check: "CKV2_AZURE_21",
      type: "azurerm_storage_container",
      reason:
        "Reads of objects are as many as the service has visitors; who may read is one role on one container. Add a diagnostic setting where reads must be recorded.",
    },
    {
      check: "CKV2_AZURE_31",
      type: "azurerm_subnet",
      only: ["network_machines"],
      reason:
        "Every machine's interface carries its service's security group, which ends with a rule that denies all; one on the subnet would have to allow what all services allow.",
    },
    {
      check: "CKV_AZURE_136",
      type: "azurerm_postgresql_flexible_server",
      reason:
        "Backups stay in the region, in several zones; a copy in another region decides where data may be, and cannot be changed on a server that is there.",
    },
    {
      check: "CKV_AZURE_109",
      type: "azurerm_key_vault",
      reason:
        "Terraform writes settings, and people secrets, from wherever they are; only Entra ID with a role opens a vault, every access is recorded, machines use the private endpoint.",
    },
    {
      check: "CKV_AZURE_189",
      type: "azurerm_key_vault",
      reason: "As CKV_AZURE_109: without a public endpoint, Terraform and people would have to be inside the network.",
    },
    {
      check: "CKV_AZURE_41",
      type: "azurerm_key_vault_secret",
      reason: "What Terraform keeps there are settings, not secrets: they do not expire.",
    },
  ],
};

/** Checks that stop with an error of their own and so judge nothing. */
export const BROKEN: Readonly<Record<string, string>> = {
  CKV_GCP_54: "checkov 3.3.30 stops at a database flag whose value is a number; on a plan it passes.",
  CKV_GCP_57: "as CKV_GCP_54",
};
