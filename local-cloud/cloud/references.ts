/** Which attribute names which object: the ground of "not found" on create and "in use" on delete. */

/** One kind of reference; `child` may be several types. */
export interface Reference {
  readonly child: string;
  readonly path: string;
  readonly parent: string;
  /** The parent cannot be deleted while it is referenced. */
  readonly holds: boolean;
}

type Row = readonly [child: string, path: string, parent: string];

const anyOf = (child: string, path: string, ...parents: readonly string[]): Row[] =>
  parents.map((parent) => [child, path, parent]);

/** A group boots a template of its region or a global one: https://cloud.google.com/compute/docs/instance-templates */
const TEMPLATES = ["google_compute_region_instance_template", "google_compute_instance_template"];
const GLOBAL_HEALTH_CHECKS = [
  ...["google_compute_health_check", "google_compute_http_health_check", "google_compute_https_health_check"],
];
/** https://cloud.google.com/load-balancing/docs/health-check-concepts#category_and_protocol */
const HEALTH_CHECKS = ["google_compute_region_health_check", ...GLOBAL_HEALTH_CHECKS];
const BACKENDS = ["google_compute_backend_service", "google_compute_backend_bucket"];

/** The parent cannot go while the child names it. */
const HOLDS: readonly Row[] = [
  ["aws_subnet", "vpc_id", "aws_vpc"],
  ["aws_internet_gateway", "vpc_id", "aws_vpc"],
  ["aws_route_table", "vpc_id", "aws_vpc"],
  ["aws_security_group", "vpc_id", "aws_vpc"],
  ["aws_vpc_endpoint", "vpc_id", "aws_vpc"],
  ["aws_lb_target_group", "vpc_id", "aws_vpc"],
  ["aws_route", "gateway_id", "aws_internet_gateway"],
  ["aws_route", "nat_gateway_id", "aws_nat_gateway"],
  ["aws_route_table_association", "route_table_id", "aws_route_table"],
  ["aws_route_table_association", "subnet_id", "aws_subnet"],
  ["aws_nat_gateway", "subnet_id", "aws_subnet"],
  ["aws_nat_gateway", "allocation_id", "aws_eip"],
  ["aws_vpc_security_group_ingress_rule", "referenced_security_group_id", "aws_security_group"],
  ["aws_vpc_security_group_egress_rule", "referenced_security_group_id", "aws_security_group"],
  ["aws_iam_instance_profile", "role", "aws_iam_role"],
  ["aws_iam_role_policy", "role", "aws_iam_role"],
  ["aws_iam_role_policy_attachment", "role", "aws_iam_role"],
  ["aws_iam_user_policy_attachment", "user", "aws_iam_user"],
  ["aws_iam_user_policy", "user", "aws_iam_user"],
  ["aws_egress_only_internet_gateway", "vpc_id", "aws_vpc"],
  ["aws_route", "egress_only_gateway_id", "aws_egress_only_internet_gateway"],
  ["aws_lb", "subnets", "aws_subnet"],
  ["aws_lb", "security_groups", "aws_security_group"],
  ["aws_lb_listener", "default_action.target_group_arn", "aws_lb_target_group"],
  ["aws_lb_listener", "default_action.forward.target_group.arn", "aws_lb_target_group"],
  ["aws_lb_listener_rule", "action.target_group_arn", "aws_lb_target_group"],
  ["aws_lb_listener_rule", "action.forward.target_group.arn", "aws_lb_target_group"],
  ["aws_launch_template", "vpc_security_group_ids", "aws_security_group"],
  ["aws_launch_template", "network_interfaces.security_groups", "aws_security_group"],
  ["aws_launch_template", "iam_instance_profile.arn", "aws_iam_instance_profile"],
  ["aws_launch_template", "iam_instance_profile.name", "aws_iam_instance_profile"],
  ["aws_autoscaling_group", "launch_template.id", "aws_launch_template"],
  ["aws_autoscaling_group", "vpc_zone_identifier", "aws_subnet"],
  ["aws_autoscaling_group", "target_group_arns", "aws_lb_target_group"],
  ["aws_instance", "subnet_id", "aws_subnet"],
  ["aws_vpc_endpoint", "subnet_ids", "aws_subnet"],
  ["aws_vpc_endpoint", "security_group_ids", "aws_security_group"],
  ["aws_route53_zone", "vpc.vpc_id", "aws_vpc"],
  ["aws_route53_record", "zone_id", "aws_route53_zone"],
  ["aws_sns_topic_subscription", "topic_arn", "aws_sns_topic"],
  ["aws_db_subnet_group", "subnet_ids", "aws_subnet"],
  ["aws_db_instance", "db_subnet_group_name", "aws_db_subnet_group"],
  ["aws_db_instance", "parameter_group_name", "aws_db_parameter_group"],
  ["aws_db_instance", "vpc_security_group_ids", "aws_security_group"],
  ["aws_efs_mount_target", "file_system_id", "aws_efs_file_system"],
  ["aws_efs_mount_target", "subnet_id", "aws_subnet"],
  ["aws_efs_mount_target", "security_groups", "aws_security_group"],
  ["google_compute_subnetwork", "network", "google_compute_network"],
  ["google_compute_router", "network", "google_compute_network"],
  ["google_compute_firewall", "network", "google_compute_network"],
  ["google_compute_router_nat", "router", "google_compute_router"],
  ["google_compute_global_address", "network", "google_compute_network"],
  ["google_service_networking_connection", "network", "google_compute_network"],
  ["google_service_networking_connection", "reserved_peering_ranges", "google_compute_global_address"],
  ["google_sql_database_instance", "settings.ip_configuration.private_network", "google_compute_network"],
  ["google_filestore_instance", "networks.network", "google_compute_network"],
  ["google_dns_record_set", "managed_zone", "google_dns_managed_zone"],
  ["google_compute_region_instance_template", "network_interface.subnetwork", "google_compute_subnetwork"],
  ["google_compute_instance_template", "network_interface.subnetwork", "google_compute_subnetwork"],
  ...anyOf("google_compute_region_instance_group_manager", "version.instance_template", ...TEMPLATES),
  ...anyOf("google_compute_region_instance_group_manager", "auto_healing_policies.health_check", ...HEALTH_CHECKS),
  ...anyOf("google_compute_instance_group_manager", "version.instance_template", ...TEMPLATES),
  ...anyOf("google_compute_instance_group_manager", "auto_healing_policies.health_check", ...HEALTH_CHECKS),
  ["google_compute_region_autoscaler", "target", "google_compute_region_instance_group_manager"],
  ["google_compute_autoscaler", "target", "google_compute_instance_group_manager"],
  ...anyOf("google_compute_backend_service", "health_checks", ...GLOBAL_HEALTH_CHECKS),
  ["google_compute_backend_service", "backend.group", "google_compute_region_instance_group_manager"],
  ...anyOf("google_compute_region_backend_service", "health_checks", ...HEALTH_CHECKS),
  ["google_compute_region_backend_service", "backend.group", "google_compute_region_instance_group_manager"],
  ["google_compute_url_map", "default_service", "google_compute_backend_service"],
  [
    "google_compute_url_map",
    "default_route_action.weighted_backend_services.backend_service",
    "google_compute_backend_service",
  ],
  ...anyOf("google_compute_url_map", "path_matcher.default_service", ...BACKENDS),
  ...anyOf("google_compute_url_map", "path_matcher.path_rule.service", ...BACKENDS),
  ["google_compute_url_map", "path_matcher.route_rules.service", "google_compute_backend_service"],
  ["google_compute_region_url_map", "default_service", "google_compute_region_backend_service"],
  ["google_compute_target_http_proxy", "url_map", "google_compute_url_map"],
  ["google_compute_target_https_proxy", "url_map", "google_compute_url_map"],
  ["google_compute_target_https_proxy", "ssl_certificates", "google_compute_managed_ssl_certificate"],
  ["google_compute_region_target_http_proxy", "url_map", "google_compute_region_url_map"],
  ["google_compute_region_target_https_proxy", "url_map", "google_compute_region_url_map"],
  ["google_compute_global_forwarding_rule", "target", "google_compute_target_http_proxy"],
  ["google_compute_global_forwarding_rule", "ip_address", "google_compute_global_address"],
  ["azurerm_subnet_network_security_group_association", "network_security_group_id", "azurerm_network_security_group"],
  ["azurerm_subnet_nat_gateway_association", "nat_gateway_id", "azurerm_nat_gateway"],
  ["azurerm_nat_gateway_public_ip_association", "public_ip_address_id", "azurerm_public_ip"],
  ["azurerm_lb", "frontend_ip_configuration.public_ip_address_id", "azurerm_public_ip"],
  ["azurerm_lb", "frontend_ip_configuration.subnet_id", "azurerm_subnet"],
  ["azurerm_lb_rule", "backend_address_pool_ids", "azurerm_lb_backend_address_pool"],
  ["azurerm_lb_rule", "probe_id", "azurerm_lb_probe"],
  ["azurerm_lb_outbound_rule", "backend_address_pool_id", "azurerm_lb_backend_address_pool"],
  ["azurerm_linux_virtual_machine_scale_set", "network_interface.ip_configuration.subnet_id", "azurerm_subnet"],
  [
    "azurerm_linux_virtual_machine_scale_set",
    "network_interface.ip_configuration.load_balancer_backend_address_pool_ids",
    "azurerm_lb_backend_address_pool",
  ],
  [
    "azurerm_linux_virtual_machine_scale_set",
    "network_interface.network_security_group_id",
    "azurerm_network_security_group",
  ],
  ["azurerm_linux_virtual_machine_scale_set", "health_probe_id", "azurerm_lb_probe"],
  ["azurerm_windows_virtual_machine_scale_set", "network_interface.ip_configuration.subnet_id", "azurerm_subnet"],
  ["azurerm_network_interface", "ip_configuration.subnet_id", "azurerm_subnet"],
  // https://github.com/hashicorp/terraform-provider-azurerm/issues/24785
  [
    "azurerm_monitor_data_collection_rule_association",
    "data_collection_rule_id",
    "azurerm_monitor_data_collection_rule",
  ],
  ["azurerm_cdn_frontdoor_route", "cdn_frontdoor_origin_group_id", "azurerm_cdn_frontdoor_origin_group"],
];

/** The child stands inside the parent: the parent must exist, and takes the child along when it goes. */
const INSIDE: readonly Row[] = [
  ["aws_route", "route_table_id", "aws_route_table"],
  ["aws_network_acl_rule", "network_acl_id", "aws_network_acl"],
  ["aws_vpc_ipv4_cidr_block_association", "vpc_id", "aws_vpc"],
  ["google_storage_object_acl", "bucket", "google_storage_bucket"],
  ["azurerm_virtual_machine_extension", "virtual_machine_id", "azurerm_linux_virtual_machine"],
  ["aws_vpc_security_group_ingress_rule", "security_group_id", "aws_security_group"],
  ["aws_vpc_security_group_egress_rule", "security_group_id", "aws_security_group"],
  ["aws_lb_listener", "load_balancer_arn", "aws_lb"],
  ["aws_lb_listener_rule", "listener_arn", "aws_lb_listener"],
  ["aws_autoscaling_policy", "autoscaling_group_name", "aws_autoscaling_group"],
  ["aws_autoscaling_schedule", "autoscaling_group_name", "aws_autoscaling_group"],
  ["aws_autoscaling_lifecycle_hook", "autoscaling_group_name", "aws_autoscaling_group"],
  ["google_sql_user", "instance", "google_sql_database_instance"],
  ["google_storage_bucket_iam_member", "bucket", "google_storage_bucket"],
  ["google_secret_manager_secret_iam_member", "secret_id", "google_secret_manager_secret"],
  ["aws_cloudwatch_event_target", "rule", "aws_cloudwatch_event_rule"],
  ["aws_efs_access_point", "file_system_id", "aws_efs_file_system"],
  ["aws_efs_backup_policy", "file_system_id", "aws_efs_file_system"],
  ["aws_efs_file_system_policy", "file_system_id", "aws_efs_file_system"],
  ["aws_s3_bucket_policy", "bucket", "aws_s3_bucket"],
  ["aws_s3_bucket_versioning", "bucket", "aws_s3_bucket"],
  ["azurerm_subnet", "virtual_network_name", "azurerm_virtual_network"],
  ["azurerm_network_security_rule", "network_security_group_name", "azurerm_network_security_group"],
  ["azurerm_lb_backend_address_pool", "loadbalancer_id", "azurerm_lb"],
  ["azurerm_lb_probe", "loadbalancer_id", "azurerm_lb"],
  ["azurerm_lb_rule", "loadbalancer_id", "azurerm_lb"],
  ["azurerm_lb_outbound_rule", "loadbalancer_id", "azurerm_lb"],
  ["azurerm_monitor_autoscale_setting", "target_resource_id", "azurerm_linux_virtual_machine_scale_set"],
  ["azurerm_monitor_data_collection_rule_association", "target_resource_id", "azurerm_linux_virtual_machine_scale_set"],
  ["azurerm_nat_gateway_public_ip_association", "nat_gateway_id", "azurerm_nat_gateway"],
  ["azurerm_subnet_network_security_group_association", "subnet_id", "azurerm_subnet"],
  ["azurerm_subnet_nat_gateway_association", "subnet_id", "azurerm_subnet"],
  ["azurerm_cdn_frontdoor_endpoint", "cdn_frontdoor_profile_id", "azurerm_cdn_frontdoor_profile"],
  ["azurerm_cdn_frontdoor_origin_group", "cdn_frontdoor_profile_id", "azurerm_cdn_frontdoor_profile"],
  ["azurerm_cdn_frontdoor_origin", "cdn_frontdoor_origin_group_id", "azurerm_cdn_frontdoor_origin_group"],
  ["azurerm_cdn_frontdoor_route", "cdn_frontdoor_endpoint_id", "azurerm_cdn_frontdoor_endpoint"],
];

const rows = (table: readonly Row[], holds: boolean): Reference[] =>
  table.map(([child, path, parent]) => ({ child, path, parent, holds }));

export const REFERENCES: readonly Reference[] = [...rows(HOLDS, true), ...rows(INSIDE, false)];
