/** Types that keep data, on three clouds, by what they are: destroying one is more than a change of machines. */
import type { Change } from "./facts";
import { happens, isOnly, isReplaced } from "./subject";

const KEEPERS = {
  database: [
    ...["aws_db_instance", "aws_rds_cluster", "aws_rds_global_cluster", "aws_docdb_cluster", "aws_neptune_cluster"],
    ...["aws_redshift_cluster", "aws_dynamodb_table", "aws_elasticache_cluster", "aws_elasticache_replication_group"],
    ...["aws_elasticache_serverless_cache", "aws_memorydb_cluster", "aws_opensearch_domain", "aws_keyspaces_table"],
    ...["aws_timestreamwrite_table", "aws_qldb_ledger", "aws_dsql_cluster"],
    ...["google_sql_database_instance", "google_sql_database", "google_spanner_instance", "google_spanner_database"],
    ...["google_bigtable_instance", "google_bigtable_table", "google_firestore_database", "google_alloydb_cluster"],
    ...["google_redis_instance", "google_redis_cluster", "google_memorystore_instance", "google_bigquery_dataset"],
    ...["google_bigquery_table"],
    ...[
      "azurerm_postgresql_flexible_server",
      "azurerm_postgresql_flexible_server_database",
      "azurerm_postgresql_server",
    ],
    ...["azurerm_postgresql_database", "azurerm_mysql_flexible_server", "azurerm_mysql_flexible_database"],
    ...[
      "azurerm_mssql_server",
      "azurerm_mssql_database",
      "azurerm_mssql_managed_instance",
      "azurerm_mssql_managed_database",
    ],
    ...["azurerm_cosmosdb_account", "azurerm_cosmosdb_sql_database", "azurerm_cosmosdb_sql_container"],
    ...["azurerm_cosmosdb_mongo_database", "azurerm_cosmosdb_mongo_collection", "azurerm_mongo_cluster"],
    ...["azurerm_redis_cache", "azurerm_managed_redis", "azurerm_kusto_cluster", "azurerm_kusto_database"],
  ],
  "object store": [
    ...["aws_s3_bucket", "aws_s3_directory_bucket", "aws_s3_object"],
    ...["google_storage_bucket", "google_storage_bucket_object"],
    ...["azurerm_storage_account", "azurerm_storage_container", "azurerm_storage_blob", "azurerm_storage_table"],
    ...["azurerm_storage_data_lake_gen2_filesystem"],
  ],
  "file share": [
    ...["aws_efs_file_system", "aws_fsx_lustre_file_system", "aws_fsx_ontap_file_system", "aws_fsx_ontap_volume"],
    ...["aws_fsx_openzfs_file_system", "aws_fsx_openzfs_volume", "aws_fsx_windows_file_system"],
    ...["google_filestore_instance", "google_netapp_volume", "google_netapp_storage_pool"],
    ...["azurerm_storage_share", "azurerm_netapp_volume", "azurerm_netapp_pool", "azurerm_managed_lustre_file_system"],
  ],
  disk: ["aws_ebs_volume", "google_compute_disk", "google_compute_region_disk", "azurerm_managed_disk"],
  backup: [
    ...["aws_backup_vault", "aws_db_snapshot", "aws_db_cluster_snapshot", "aws_ebs_snapshot"],
    ...["google_compute_snapshot", "google_filestore_backup", "google_filestore_snapshot"],
    ...["google_backup_dr_backup_vault", "google_alloydb_backup"],
    ...["azurerm_snapshot", "azurerm_recovery_services_vault", "azurerm_data_protection_backup_vault"],
    ...["azurerm_backup_protected_vm", "azurerm_backup_protected_file_share"],
  ],
  "log store": [
    ...["aws_cloudwatch_log_group", "google_logging_project_bucket_config", "azurerm_log_analytics_workspace"],
    ...["azurerm_application_insights"],
  ],
  queue: [
    ...["aws_sqs_queue", "aws_kinesis_stream", "aws_msk_cluster", "aws_mq_broker"],
    ...["google_pubsub_topic", "google_pubsub_subscription"],
    ...["azurerm_servicebus_queue", "azurerm_servicebus_topic", "azurerm_servicebus_namespace", "azurerm_eventhub"],
    ...["azurerm_eventhub_namespace", "azurerm_storage_queue"],
  ],
  registry: ["aws_ecr_repository", "google_artifact_registry_repository", "azurerm_container_registry"],
  // What a key encrypts is lost with it.
  key: [
    ...["aws_kms_key", "aws_kms_replica_key", "google_kms_crypto_key", "google_kms_crypto_key_version"],
    ...["azurerm_key_vault", "azurerm_key_vault_key", "azurerm_key_vault_managed_hardware_security_module"],
  ],
  secret: [
    ...["aws_secretsmanager_secret", "aws_secretsmanager_secret_version", "google_secret_manager_secret"],
    ...["google_secret_manager_regional_secret", "google_secret_manager_secret_version", "azurerm_key_vault_secret"],
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries(KEEPERS).flatMap(([word, types]) => types.map((type): [string, string] => [type, word])),
);

/** Every type that keeps data. */
export const DATA_TYPES: readonly string[] = [...WORDS.keys()];

/** What an object that keeps data is, such as "database"; undefined for any other. */
export const dataWord = ({ type, mode }: Pick<Change, "type" | "mode">): string | undefined =>
  mode === "managed" ? WORDS.get(type) : undefined;

/** What becomes of an object, in a word. */
export type Fate = "destroyed" | "replaced" | "forgotten" | "updated" | "created";
export function fateOf(change: Change): Fate | undefined {
  if (!happens(change)) return undefined;
  if (change.actions.includes("forget")) return "forgotten";
  if (isReplaced(change)) return "replaced";
  if (isOnly(change, "delete")) return "destroyed";
  if (isOnly(change, "update")) return "updated";
  return isOnly(change, "create") ? "created" : undefined;
}
