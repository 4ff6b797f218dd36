/** Google Cloud: which attribute of which kind is about what; see table.ts. */
import { ALL, kinds, type Table } from "./rows";

export const GOOGLE: Table = {
  google_compute_instance_template: {
    image: ["disk.source_image"],
    name: ["name", "name_prefix"],
    launch: ALL,
    identity: ["service_account"],
    public: ["network_interface.access_config"],
    encryption: ["disk.disk_encryption_key", "confidential_instance_config"],
    computed: ["metadata_fingerprint", "tags_fingerprint"],
  },
  google_compute_instance_group_manager: {
    size: ["target_size"],
    name: ["name", "base_instance_name"],
    launch: ["version", "update_policy", "instance_lifecycle_policy", "all_instances_config"],
    health: ["auto_healing_policies"],
    traffic: ["named_port", "target_pools"],
    network: ["distribution_policy_zones"],
    computed: ["status", "fingerprint"],
  },
  google_compute_autoscaler: { limits: ["autoscaling_policy"], launch: ["target"] },
  google_compute_backend_service: {
    traffic: ALL,
    health: ["health_checks"],
    security: ["security_policy", "iap"],
    logs: ["log_config"],
    computed: ["fingerprint"],
  },
  google_compute_url_map: { traffic: ALL, computed: ["fingerprint"] },
  google_compute_target_http_proxy: { traffic: ALL, computed: ["fingerprint"] },
  google_compute_target_https_proxy: {
    traffic: ALL,
    encryption: ["ssl_policy", "ssl_certificates", "certificate_manager_certificates", "certificate_map"],
    computed: ["fingerprint"],
  },
  google_compute_ssl_policy: { encryption: ALL, computed: ["fingerprint", "enabled_features"] },
  google_compute_forwarding_rule: { traffic: ALL, public: ["load_balancing_scheme", "ip_address"] },
  google_compute_health_check: { health: ALL },
  google_compute_firewall: { security: ALL, logs: ["log_config"] },
  google_compute_address: { network: ALL, attached: ["users"] },
  google_compute_subnetwork: { network: ALL, logs: ["log_config"], computed: ["fingerprint"] },
  ...kinds(
    [
      "google_compute_network",
      "google_compute_router",
      "google_compute_router_nat",
      "google_compute_global_address",
      "google_service_networking_connection",
      "google_dns_managed_zone",
      "google_dns_record_set",
    ],
    { network: ALL },
  ),
  ...kinds(
    [
      "google_service_account_iam_member",
      "google_service_account_iam_binding",
      "google_project_iam_member",
      "google_storage_bucket_iam_member",
      "google_secret_manager_secret_iam_member",
    ],
    { identity: ALL, computed: ["etag"] },
  ),
  ...kinds(["google_service_account", "google_project_iam_custom_role"], { identity: ALL }),
  google_storage_bucket: {
    public: ["public_access_prevention", "uniform_bucket_level_access", "website", "cors"],
    encryption: ["encryption"],
    protection: ["versioning", "retention_policy", "soft_delete_policy", "lifecycle_rule"],
    logs: ["logging"],
    computed: ["updated"],
  },
  google_sql_database_instance: {
    public: ["settings.ip_configuration"],
    encryption: ["encryption_key_name"],
    protection: [
      "deletion_protection",
      "settings.deletion_protection_enabled",
      "settings.backup_configuration",
      "settings.availability_type",
    ],
    // Its disk grows by itself.
    size: ["settings.disk_size"],
    computed: ["settings.version", "available_maintenance_versions"],
  },
  google_filestore_instance: { protection: ["deletion_protection_enabled"], public: ["networks"], computed: ["etag"] },
  // A key that rotates gets a new primary version.
  google_kms_crypto_key: { encryption: ALL, computed: ["primary"] },
  ...kinds(["google_logging_project_bucket_config", "google_logging_project_sink", "google_monitoring_alert_policy"], {
    logs: ALL,
  }),
};
