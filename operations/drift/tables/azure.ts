/** Azure: which attribute of which kind is about what; see table.ts. */
import { ALL, kinds, type Table } from "./rows";

export const AZURE: Table = {
  azurerm_linux_virtual_machine_scale_set: {
    image: ["source_image_id", "source_image_reference"],
    name: ["name", "computer_name_prefix"],
    size: ["instances"],
    launch: ALL,
    identity: ["identity"],
    security: [
      "network_interface.network_security_group_id",
      "admin_ssh_key",
      "admin_username",
      "disable_password_authentication",
    ],
    health: ["extension", "automatic_instance_repair", "health_probe_id"],
    traffic: ["network_interface.ip_configuration.load_balancer_backend_address_pool_ids"],
    public: ["network_interface.ip_configuration.public_ip_address"],
    network: ["network_interface"],
    encryption: ["encryption_at_host_enabled", "os_disk.disk_encryption_set_id"],
  },
  azurerm_monitor_autoscale_setting: { limits: ["profile", "enabled"], launch: ["target_resource_id"] },
  azurerm_lb: {
    traffic: ALL,
    public: ["frontend_ip_configuration.public_ip_address_id"],
    attached: [
      "frontend_ip_configuration.inbound_nat_rules",
      "frontend_ip_configuration.load_balancer_rules",
      "frontend_ip_configuration.outbound_rules",
    ],
  },
  azurerm_lb_backend_address_pool: {
    traffic: ALL,
    attached: ["backend_ip_configurations", "load_balancing_rules", "inbound_nat_rules", "outbound_rules"],
  },
  azurerm_lb_probe: { health: ALL, attached: ["load_balancer_rules"] },
  azurerm_lb_rule: { traffic: ALL },
  ...kinds(
    ["azurerm_network_security_group", "azurerm_network_security_rule", "azurerm_subnet_network_security_group_association"],
    { security: ALL },
  ), // prettier-ignore
  azurerm_public_ip: { public: ALL },
  azurerm_virtual_network: { network: ALL },
  ...kinds(
    [
      "azurerm_subnet",
      "azurerm_nat_gateway",
      "azurerm_subnet_nat_gateway_association",
      "azurerm_nat_gateway_public_ip_association",
      "azurerm_resource_group_template_deployment",
      "azurerm_private_endpoint",
      "azurerm_private_dns_zone",
      "azurerm_private_dns_a_record",
      "azurerm_private_dns_zone_virtual_network_link",
    ],
    { network: ALL },
  ),
  ...kinds(
    [
      "azurerm_user_assigned_identity",
      "azurerm_role_assignment",
      "azurerm_role_definition",
      "azurerm_key_vault_access_policy",
      "azurerm_federated_identity_credential",
    ],
    { identity: ALL },
  ),
  azurerm_storage_account: {
    public: ["public_network_access_enabled", "allow_nested_items_to_be_public", "network_rules"],
    encryption: ["https_traffic_only_enabled", "min_tls_version", "customer_managed_key"],
    identity: ["shared_access_key_enabled", "identity"],
    protection: ["blob_properties", "share_properties", "account_replication_type"],
  },
  azurerm_storage_container: { public: ["container_access_type"] },
  azurerm_postgresql_flexible_server: {
    public: ["public_network_access_enabled"],
    encryption: ["customer_managed_key"],
    identity: ["authentication", "identity"],
    protection: ["backup_retention_days", "geo_redundant_backup_enabled", "high_availability"],
  },
  azurerm_key_vault: {
    public: ["public_network_access_enabled", "network_acls"],
    identity: ["access_policy", "rbac_authorization_enabled", "enable_rbac_authorization"],
    protection: ["purge_protection_enabled", "soft_delete_retention_days"],
  },
  ...kinds(["azurerm_key_vault_key", "azurerm_disk_encryption_set"], { encryption: ALL }),
  azurerm_storage_management_policy: { protection: ALL },
  ...kinds(
    [
      "azurerm_log_analytics_workspace",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_monitor_data_collection_rule",
      "azurerm_monitor_data_collection_rule_association",
      "azurerm_monitor_action_group",
      "azurerm_monitor_metric_alert",
      "azurerm_monitor_scheduled_query_rules_alert_v2",
      "azurerm_network_watcher_flow_log",
    ],
    { logs: ALL },
  ),
};
