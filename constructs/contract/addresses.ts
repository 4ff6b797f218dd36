/**
 * The objects that this project's constructs make, by the names that they give them. Addresses are interface
 * (CONTRIBUTING.md), so whatever stands in a plan under another address came from elsewhere. A construct that makes one more
 * object names it here; a test holds the stacks and this list to each other.
 */
import { cloudOf, perCloud } from "./own-cloud";
import type { Cloud } from "./spec";
import { ownIn } from "./own";

/** What a stack is: the network, what keeps data, or one service. */
export type Layer = "foundation" | "persistent" | "service";
export const STACK_LAYERS: readonly Layer[] = ["service", "persistent", "foundation"];

/** Names by type, each a pattern for the whole of the name. */
type Names = Readonly<Record<string, string>>;

const SLOT = "(live|blue|green)";
const SETTING = "[A-Z][A-Z0-9_]*";
const ZONE = "[a-z0-9-]+";

export const MADE: Readonly<Record<Cloud, Readonly<Record<Layer, Names>>>> = {
  aws: {
    foundation: {
      aws_cloudwatch_log_group: "logs_machines|network_flow-records",
      aws_default_security_group: "network_default",
      aws_eip: `network_nat-${ZONE}-address`,
      aws_flow_log: "network_flow",
      aws_iam_role: "network_flow-writer",
      aws_iam_role_policy: "network_flow-writing",
      aws_internet_gateway: "network_internet",
      aws_kms_key: "alarms_key",
      aws_nat_gateway: `network_nat-${ZONE}`,
      aws_route: `network_(private|public)-${ZONE}-out`,
      aws_route53_zone: "zone_zone",
      aws_route_table: `network_(private|public)-${ZONE}-routes`,
      aws_route_table_association: `network_(private|public)-${ZONE}-association`,
      aws_security_group: "network_doors",
      aws_sns_topic: "alarms_topic",
      aws_sns_topic_subscription: "alarms_email",
      aws_subnet: `network_(private|public)-${ZONE}`,
      aws_vpc: "network_vpc",
      aws_vpc_endpoint: "network_door-(logs|s3|secretsmanager|ssm)",
      aws_vpc_security_group_ingress_rule: "network_doors_in",
    },
    persistent: {
      aws_cloudwatch_log_group: "database_log-(postgresql|upgrade)",
      aws_db_instance: "database_server",
      aws_db_parameter_group: "database_settings",
      aws_db_subnet_group: "database_subnets",
      aws_efs_backup_policy: "files_backup",
      aws_efs_file_system: "files_share",
      aws_efs_file_system_policy: "files_tls",
      aws_efs_mount_target: `files_target-${ZONE}`,
      aws_route53_record: "(database|files)_name",
      aws_s3_bucket: "objects_bucket",
      aws_s3_bucket_lifecycle_configuration: "objects_expiry",
      aws_s3_bucket_ownership_controls: "objects_ownership",
      aws_s3_bucket_policy: "objects_tls",
      aws_s3_bucket_public_access_block: "objects_closed",
      aws_s3_bucket_server_side_encryption_configuration: "objects_encryption",
      aws_s3_bucket_versioning: "objects_versions",
      aws_security_group: "(database|files)_clients",
      aws_vpc_security_group_ingress_rule: "(database|files)_clients_in",
    },
    service: {
      aws_autoscaling_group: `${SLOT}_group`,
      aws_autoscaling_policy: `${SLOT}_scaling`,
      aws_cloudwatch_event_rule: "alarms_rollout",
      aws_cloudwatch_event_target: "alarms_rollout_heard",
      aws_cloudwatch_metric_alarm: `alarms_(too_few|${SLOT}_unhealthy)`,
      aws_efs_access_point: "files_folder",
      aws_iam_instance_profile: "identity_profile",
      aws_iam_role: "identity_role",
      aws_iam_role_policy: `access_machines|${SLOT}_break_glass_session`,
      aws_launch_template: `${SLOT}_template`,
      aws_lb: "traffic_entry",
      aws_lb_listener: "traffic_(listener|redirect)",
      aws_lb_listener_rule: `traffic_(routes|${SLOT}_preview)`,
      aws_lb_target_group: `traffic_${SLOT}_targets`,
      aws_route53_record: "discovery_name",
      aws_secretsmanager_secret: `configuration_secret_${SETTING}`,
      aws_security_group: "firewall_(entry|machines)",
      aws_ssm_parameter: `configuration_${SETTING}`,
      aws_vpc_security_group_egress_rule: "firewall_(database|entry|files|machines|machines_plain)_out",
      aws_vpc_security_group_ingress_rule: "firewall_(clients|clients_plain|machines_in)",
    },
  },
  google: {
    foundation: {
      google_compute_firewall: "network_(others_in|services_out)",
      google_compute_global_address: "network_services",
      google_compute_network: "network_network",
      google_compute_router: "network_router",
      google_compute_router_nat: "network_nat",
      google_compute_subnetwork: "network_(entries|machines)",
      google_dns_managed_zone: "zone_zone",
      google_logging_project_bucket_config: "logs_records",
      google_logging_project_sink: "logs_sink",
      google_monitoring_notification_channel: "alarms_email-[0-9a-f]{8}",
      google_service_networking_connection: "network_peering",
    },
    persistent: {
      google_dns_record_set: "(database|files)_name",
      google_filestore_instance: "files_share",
      google_sql_database_instance: "database_server",
      google_storage_bucket: "objects_bucket",
    },
    service: {
      google_compute_address: "traffic_address",
      google_compute_firewall: `access_(database|files)_out|firewall_(machines_in|machines_out|machines_plain_out|others_out)|${SLOT}_break_glass_ssh`,
      google_compute_forwarding_rule: "traffic_(entry|redirect|warm_entry)",
      google_compute_health_check: `${SLOT}_health`,
      google_compute_project_metadata_item: `configuration_setting-${SETTING}`,
      google_compute_region_autoscaler: `${SLOT}_scaling`,
      google_compute_region_backend_service: `traffic_${SLOT}_backend`,
      google_compute_region_health_check: "traffic_health",
      google_compute_region_instance_group_manager: `${SLOT}_group`,
      google_compute_region_instance_template: `${SLOT}_template`,
      google_compute_region_ssl_policy: "traffic_tls",
      google_compute_region_target_http_proxy: "traffic_(http|redirect_http|warm_http)",
      google_compute_region_target_https_proxy: "traffic_https",
      google_compute_region_url_map: "traffic_(routes|redirect_routes|warm_routes)",
      google_dns_record_set: "discovery_name",
      google_monitoring_alert_policy: "alarms_(rollout|too_few|unhealthy)",
      google_project_iam_member: "access_(database_login|metrics|records)",
      google_secret_manager_secret: `configuration_secret-${SETTING}`,
      google_secret_manager_secret_iam_member: `configuration_reader-${SETTING}`,
      google_service_account: "identity_account",
      google_sql_user: "access_database_user",
      google_storage_bucket_iam_member: "access_objects",
      terraform_data: "live_drain|traffic_warm_up",
    },
  },
  azure: {
    foundation: {
      azurerm_log_analytics_workspace: "log_sink_workspace",
      azurerm_monitor_action_group: "alarms_channel",
      azurerm_monitor_data_collection_rule: "log_sink_machines",
      azurerm_monitor_diagnostic_setting: "log_sink_activity",
      azurerm_nat_gateway: "network_nat",
      azurerm_nat_gateway_public_ip_association: "network_nat_out",
      azurerm_network_security_group: "network_endpoints_guard",
      azurerm_network_security_rule: "network_endpoints_(in|others)",
      azurerm_network_watcher_flow_log: "log_sink_flows",
      azurerm_private_dns_zone: "zone_(database|files|internal|objects|vault)",
      azurerm_private_dns_zone_virtual_network_link: "zone_(database|files|internal|objects|vault)_link",
      azurerm_public_ip: "network_nat_address",
      azurerm_resource_group: "network_group",
      azurerm_resource_group_template_deployment: "network_nat",
      azurerm_storage_account: "log_sink_flow_store",
      azurerm_subnet: "network_(endpoints|machines)",
      azurerm_subnet_nat_gateway_association: "network_machines_out",
      azurerm_subnet_network_security_group_association: "network_endpoints_guarded",
      azurerm_user_assigned_identity: "encryption_identity",
      azurerm_virtual_network: "network_network",
    },
    persistent: {
      azurerm_postgresql_flexible_server: "database_server",
      azurerm_postgresql_flexible_server_configuration: "database_tls",
      azurerm_private_dns_a_record: "(database|files)_name_record",
      azurerm_private_endpoint: "(database|files|objects)_private_endpoint",
      azurerm_resource_group: "group",
      azurerm_storage_account: "(files|objects)_account",
      azurerm_storage_container: "objects_container",
      azurerm_storage_management_policy: "objects_upkeep",
      azurerm_storage_share: "files_share",
    },
    service: {
      azurerm_key_vault: "configuration_(secrets_)?vault",
      azurerm_key_vault_secret: `configuration_${SETTING}`,
      azurerm_lb: "traffic_entry",
      azurerm_lb_backend_address_pool: `traffic_(shared|${SLOT})_pool`,
      azurerm_lb_probe: "traffic_health",
      azurerm_lb_rule: "traffic_routes",
      azurerm_linux_virtual_machine_scale_set: `${SLOT}_group`,
      azurerm_monitor_autoscale_setting: `${SLOT}_scaling`,
      azurerm_monitor_data_collection_rule_association: `${SLOT}_records`,
      azurerm_monitor_diagnostic_setting: "configuration_(secrets_)?audit",
      azurerm_monitor_metric_alert: "alarms_unhealthy",
      azurerm_monitor_scheduled_query_rules_alert_v2: "alarms_(failed|few)",
      azurerm_network_security_group: "firewall_machines",
      azurerm_network_security_rule:
        "firewall_(clients|database_out|files_out|machines_out|machines_plain_out|others|others_out|probes)",
      azurerm_private_dns_a_record: "discovery_name_record",
      azurerm_private_endpoint: "configuration_(secrets_)?private_endpoint",
      azurerm_public_ip: "traffic_address",
      azurerm_resource_group: "group",
      azurerm_role_assignment: "access_(configuration|objects|secrets)",
      azurerm_user_assigned_identity: "identity_identity",
    },
  },
};

/** Of the above what no construct makes any more: the way out of an Azure foundation from before, which stood in one zone. */
export const FORMER: readonly string[] = [
  "foundation azurerm_nat_gateway",
  "foundation azurerm_nat_gateway_public_ip_association",
  "foundation azurerm_public_ip",
];

/** Data sources that the constructs read; others may run code, or bring secrets into a plan. */
export const READ: readonly string[] = [
  "aws_autoscaling_group",
  "aws_autoscaling_groups",
  "aws_db_instance",
  "aws_efs_file_system",
  "aws_route53_zone",
  "aws_subnet",
  "aws_vpc",
  "azurerm_client_config",
  "azurerm_resources",
  "azurerm_subnet",
  "azurerm_virtual_machine_scale_set",
  "google_compute_forwarding_rules",
  "google_compute_region_backend_service",
  "google_compute_region_instance_group_manager",
  "google_compute_subnetwork",
  "google_monitoring_notification_channel",
];

/** Without what every stack of a layer has, a plan is of another project. */
export const ANCHORS: Readonly<Record<Layer, Names>> = {
  foundation: {
    aws_vpc: "network_vpc",
    google_compute_network: "network_network",
    azurerm_virtual_network: "network_network",
  },
  persistent: {
    aws_db_instance: "database_server",
    aws_efs_file_system: "files_share",
    aws_s3_bucket: "objects_bucket",
    google_filestore_instance: "files_share",
    google_sql_database_instance: "database_server",
    google_storage_bucket: "objects_bucket",
    azurerm_postgresql_flexible_server: "database_server",
    azurerm_storage_account: "(files|objects)_account",
  },
  service: {
    aws_autoscaling_group: `${SLOT}_group`,
    aws_launch_template: `${SLOT}_template`,
    google_compute_region_instance_template: `${SLOT}_template`,
    google_compute_region_instance_group_manager: `${SLOT}_group`,
    azurerm_linux_virtual_machine_scale_set: `${SLOT}_group`,
  },
};

/** `type.name` or `type.name[…]`, outside of any module. */
const ADDRESS = /^([a-z0-9_]+)\.([A-Za-z0-9_-]+)(\[.*\])?$/s;
/** Types of which there is one for each of a list; of others there is one, or one in a slot that may be empty. */
export const EACH: readonly string[] = ["aws_sns_topic_subscription"];

const fits = (names: Names, address: string): boolean => {
  const [, type = "", name = "", index] = ADDRESS.exec(address) ?? [];
  const pattern = ownIn(names, type);
  if (pattern === undefined || !new RegExp(`^(${pattern})$`).test(name)) return false;
  return index === undefined || index === "[0]" || EACH.includes(type);
};

/** The layer of the stack that holds these addresses, by what every stack of it has in its cloud; undefined for another project's. */
export const layerOf = (cloud: Cloud | undefined, addresses: readonly string[]): Layer | undefined =>
  STACK_LAYERS.find((layer) =>
    addresses.some((address) => cloudOf(address) === cloud && fits(ANCHORS[layer], address)),
  );

/** Whether a construct of a stack's layer makes an object of this address, in the stack's own cloud. */
export const isMade = (cloud: Cloud | undefined, layer: Layer, address: string): boolean =>
  cloud !== undefined && fits(MADE[cloud][layer], address);

/** Zonal, regional and global kinds of Google are one. */
export const broadKind = (type: string): string => type.replace(/^google_compute_(region|global)_/, "google_compute_");

/** What any stack of this project holds in a cloud, for stacks that others named. */
export const MADE_KINDS: Readonly<Record<Cloud, readonly string[]>> = perCloud((cloud) =>
  STACK_LAYERS.flatMap((layer) => Object.keys(MADE[cloud][layer]).map(broadKind)),
);
