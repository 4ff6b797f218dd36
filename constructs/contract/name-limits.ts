/**
 * Most characters of a name, by resource type. Data, from the clouds' own pages:
 * https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html (each service's page of quotas and API),
 * https://cloud.google.com/compute/docs/naming-resources,
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules.
 */
import type { SynthesizedResource } from "./planes";
import type { Problem } from "./problem";

export const NAME_LIMITS: Readonly<Record<string, number>> = {
  aws_autoscaling_group: 255,
  aws_autoscaling_policy: 255,
  aws_cloudwatch_event_rule: 64,
  aws_cloudwatch_log_group: 512,
  aws_cloudwatch_metric_alarm: 255,
  aws_db_instance: 63,
  aws_db_parameter_group: 255,
  aws_db_subnet_group: 255,
  aws_efs_file_system: 64,
  aws_iam_instance_profile: 128,
  aws_iam_role: 64,
  aws_iam_role_policy: 128,
  aws_launch_template: 128,
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
  aws_lb: 32,
  aws_lb_target_group: 32,
  aws_route53_record: 255,
  aws_route53_zone: 255,
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  aws_s3_bucket: 63,
  aws_secretsmanager_secret: 512,
  aws_security_group: 255,
  aws_sns_topic: 256,
  // 1,011 with the ARN before it: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
  aws_ssm_parameter: 900,

  google_compute_address: 63,
  google_compute_firewall: 63,
  google_compute_forwarding_rule: 63,
  google_compute_global_address: 63,
  google_compute_health_check: 63,
  google_compute_network: 63,
  // https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations
  google_compute_project_metadata_item: 128,
  google_compute_region_autoscaler: 63,
  google_compute_region_backend_service: 63,
  google_compute_region_health_check: 63,
  google_compute_region_instance_group_manager: 63,
  google_compute_region_instance_template: 63,
  google_compute_region_ssl_policy: 63,
  google_compute_region_target_http_proxy: 63,
  google_compute_region_target_https_proxy: 63,
  google_compute_region_url_map: 63,
  google_compute_router: 63,
  google_compute_router_nat: 63,
  google_compute_subnetwork: 63,
  google_dns_managed_zone: 63,
  google_dns_record_set: 254,
  google_filestore_instance: 63,
  google_logging_project_bucket_config: 100,
  google_logging_project_sink: 100,
  google_monitoring_alert_policy: 512,
  google_monitoring_notification_channel: 512,
  google_secret_manager_secret: 255,
  // https://cloud.google.com/iam/docs/service-accounts-create
  google_service_account: 30,
  // 98 with the project's id and a colon before it: https://cloud.google.com/sql/docs/postgres/instance-settings
  google_sql_database_instance: 67,
  // https://cloud.google.com/storage/docs/buckets#naming
  google_storage_bucket: 63,

  azurerm_key_vault: 24,
  azurerm_key_vault_secret: 127,
  azurerm_lb: 80,
  azurerm_lb_backend_address_pool: 80,
  azurerm_lb_probe: 80,
  azurerm_lb_rule: 80,
  azurerm_linux_virtual_machine_scale_set: 64,
  azurerm_log_analytics_workspace: 63,
  azurerm_monitor_action_group: 260,
  azurerm_monitor_autoscale_setting: 260,
  azurerm_monitor_data_collection_rule: 64,
  azurerm_monitor_data_collection_rule_association: 64,
  azurerm_monitor_diagnostic_setting: 260,
  azurerm_monitor_metric_alert: 260,
  azurerm_monitor_scheduled_query_rules_alert_v2: 260,
  azurerm_network_security_group: 80,
  azurerm_network_security_rule: 80,
  azurerm_network_watcher_flow_log: 80,
  azurerm_postgresql_flexible_server: 63,
  azurerm_postgresql_flexible_server_configuration: 63,
  azurerm_private_dns_a_record: 63,
  azurerm_private_dns_zone: 63,
  azurerm_private_dns_zone_virtual_network_link: 80,
  azurerm_private_endpoint: 64,
  azurerm_public_ip: 80,
  azurerm_resource_group: 90,
  azurerm_resource_group_template_deployment: 64,
  azurerm_storage_account: 24,
  azurerm_storage_container: 63,
  azurerm_storage_share: 63,
  azurerm_subnet: 80,
  // "For the assignment to a virtual machine or virtual machine scale set to work properly, the name is limited to 24 characters":
  // https://github.com/MicrosoftDocs/azure-docs/blob/main/includes/managed-identity-limits.md
  azurerm_user_assigned_identity: 24,
  azurerm_virtual_network: 64,
};

/**
 * Most characters of a version. A group is named `<service>-<slot>-<version>-<key>` and its machines after it, on Google Cloud with a
 * hyphen and four more (https://cloud.google.com/compute/docs/naming-resources): 20 + 1 + 5 + 1 + 22 + 1 + 8 leave room for them in 63.
 */
export const VERSION_LIMIT = 22;

/** Characters that the aws provider adds to a `name_prefix`. */
const AWS_SUFFIX = 26;

/** Attributes that name an object for its cloud. */
const NAMING = [
  "name",
  "name_prefix",
  "alarm_name",
  "identifier",
  "bucket",
  "creation_token",
  "account_id",
  "secret_id",
  "key",
];

/** Names in a resource as it was synthesized, with the most characters of each; of a type without a limit, none. */
export function namesIn({ type, block }: SynthesizedResource): { name: string; max: number }[] {
  const max = NAME_LIMITS[type];
  if (max === undefined) return [];
  return NAMING.flatMap((attribute) => {
    const name = block[attribute];
    // An expression's value is bounded where it is made: VERSION_LIMIT.
    if (typeof name !== "string" || name.includes("${")) return [];
    return [{ name, max: attribute === "name_prefix" ? max - AWS_SUFFIX : max }];
  });
}

/** Names that are longer than their cloud allows. */
export const nameProblems = (stack: string, resources: readonly SynthesizedResource[]): Problem[] =>
  resources.flatMap((resource) =>
    namesIn(resource)
      .filter(({ name, max }) => name.length > max)
      .map(({ name, max }) => ({
        path: `${stack} ${resource.type}.${resource.name}`,
        message: `${JSON.stringify(name)} has ${name.length} characters and may have ${max}; shorten the name of environment or service`,
      })),
  );
