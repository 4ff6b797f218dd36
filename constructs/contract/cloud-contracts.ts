/** The plan contract as data: what belongs to which plane of a service, and what may change of it. */
import type { Cloud } from "./spec";

/** Attributes by type. */
export type Attributes = Readonly<Record<string, readonly string[]>>;

export interface CloudContract {
  /** The type that holds the machines: a bump that does not replace one is no bump. */
  readonly group: string;
  /** Compute plane, replaced in every bump: attributes that may force it. */
  readonly compute: Attributes;
  /** Of types that others use for anything, and of those that stay in a service with two slots, the names that are a part of it, as a pattern. */
  readonly computeNames: Readonly<Record<string, string>>;
  /** Traffic plane, updated in every bump: attributes that may change. */
  readonly pointers: Attributes;
  /** What leads to a part of the compute plane that traffic goes through: attributes that change when that is replaced, and then only. */
  readonly followers: Attributes;
  /** Types named after the health contract, replaced when port or health check change. */
  readonly entry: readonly string[];
  /** Attributes that may change when those are replaced. */
  readonly entryPointers: Attributes;
  /** Where two slots share the traffic: attributes that a shift changes. */
  readonly weights: Attributes;
  /** Attributes that hold capacity limits. */
  readonly limits: Attributes;
  /** Settings, places of secrets, and rights to them: they come and go; attributes that may change in place. */
  readonly configuration: Attributes;
  /** Rights that change in place with them, and never come or go. */
  readonly rights: Attributes;
  /** Of types that stand for more than configuration, the names that are it, as a pattern. */
  readonly configurationNames: Readonly<Record<string, string>>;
  /** What a break-glass release opens for people, by its name: it is no part of any step to open it, and of every step to close it. */
  readonly wayIn: readonly string[];
}

/** Names of what a break-glass release opens: aws_iam_role_policy.live_break_glass_session. */
export const WAY_IN_NAME = "_break_glass_";

/** Data sources by which a service finds its own groups: what they read runs already. */
export const RUNNING: readonly string[] = [
  "aws_autoscaling_group",
  "google_compute_region_instance_group_manager",
  "azurerm_virtual_machine_scale_set",
];
export const isRunningGroup = (dataType: string): boolean => RUNNING.includes(dataType);

export const CONTRACTS: Readonly<Record<Cloud, CloudContract>> = {
  aws: {
    group: "aws_autoscaling_group",
    compute: {
      aws_launch_template: ["name_prefix"],
      aws_autoscaling_group: ["name_prefix"],
      aws_autoscaling_policy: ["autoscaling_group_name"],
      aws_autoscaling_schedule: ["autoscaling_group_name"],
    },
    computeNames: {},
    pointers: {},
    followers: {},
    entry: [
      "aws_lb_target_group",
      "aws_security_group",
      "aws_vpc_security_group_ingress_rule",
      "aws_vpc_security_group_egress_rule",
    ],
    entryPointers: {
      aws_lb: ["idle_timeout"],
      aws_lb_listener_rule: ["action"],
      aws_cloudwatch_metric_alarm: ["dimensions", "metric_query", "evaluation_periods"],
    },
    weights: { aws_lb_listener_rule: ["action"] },
    limits: {
      aws_autoscaling_group: ["max_size", "min_size"],
      aws_autoscaling_policy: ["target_tracking_configuration"],
      aws_cloudwatch_metric_alarm: ["threshold"],
    },
    configuration: {
      aws_ssm_parameter: ["value", "insecure_value", "version"],
      aws_secretsmanager_secret: [],
      aws_efs_access_point: [],
      aws_vpc_security_group_egress_rule: [],
    },
    rights: { aws_iam_role_policy: ["policy"] },
    configurationNames: {
      aws_iam_role_policy: "[.]access_machines$",
      aws_vpc_security_group_egress_rule: "[.]firewall_(database|files)_out$",
    },
    wayIn: ["aws_iam_role_policy"],
  },
  google: {
    group: "google_compute_region_instance_group_manager",
    compute: {
      google_compute_region_instance_template: ["name", "disk", "effective_labels"],
      google_compute_region_instance_group_manager: ["name", "base_instance_name"],
      google_compute_region_autoscaler: ["name"],
      google_compute_region_backend_service: ["name"],
      google_compute_region_url_map: ["name"],
      google_compute_region_target_http_proxy: ["name"],
      google_compute_forwarding_rule: ["name"],
      terraform_data: ["triggers_replace"],
    },
    computeNames: {
      google_compute_region_backend_service: "(^|_)live_backend$",
      google_compute_region_url_map: "(^|_)warm_routes$",
      google_compute_region_target_http_proxy: "(^|_)warm_http$",
      google_compute_forwarding_rule: "(^|_)warm_entry$",
      terraform_data: "(^|_)(drain|warm_up)$",
    },
    // Of two slots; and of one, as it was before each group had a backend service of its own.
    pointers: { google_compute_region_backend_service: ["backend"] },
    followers: {
      google_compute_region_url_map: ["default_service"],
      google_compute_forwarding_rule: ["labels", "terraform_labels", "effective_labels"],
    },
    entry: ["google_compute_health_check", "google_compute_region_health_check", "google_compute_firewall"],
    entryPointers: {
      google_compute_region_backend_service: [
        "backend",
        "health_checks",
        "connection_draining_timeout_sec",
        "timeout_sec",
      ],
    },
    weights: { google_compute_region_url_map: ["default_route_action", "default_service"] },
    // The alarm on too few machines goes with the limit that it watches.
    limits: {
      google_compute_region_autoscaler: ["autoscaling_policy"],
      google_monitoring_alert_policy: ["conditions"],
    },
    configuration: {
      google_compute_project_metadata_item: ["value"],
      google_secret_manager_secret: [],
      google_secret_manager_secret_iam_member: [],
      google_project_iam_member: [],
      google_storage_bucket_iam_member: [],
      google_sql_user: [],
      google_compute_firewall: [],
    },
    rights: {},
    configurationNames: {
      google_compute_firewall: "[.]access_(database|files)_out$",
      // The others are what every machine may do, and never come or go.
      google_project_iam_member: "[.]access_database_login$",
    },
    wayIn: ["google_compute_firewall"],
  },
  azure: {
    group: "azurerm_linux_virtual_machine_scale_set",
    compute: {
      azurerm_linux_virtual_machine_scale_set: ["name"],
      azurerm_monitor_autoscale_setting: ["name", "target_resource_id"],
      azurerm_monitor_data_collection_rule_association: ["target_resource_id"],
    },
    computeNames: {},
    pointers: {},
    followers: {},
    entry: ["azurerm_lb_probe", "azurerm_network_security_group", "azurerm_network_security_rule"],
    entryPointers: { azurerm_lb_rule: ["probe_id", "backend_port"] },
    weights: { azurerm_lb_rule: ["backend_address_pool_ids"] },
    limits: {
      azurerm_monitor_autoscale_setting: ["profile"],
      azurerm_monitor_scheduled_query_rules_alert_v2: ["criteria"],
    },
    configuration: {
      azurerm_key_vault_secret: ["value", "version", "versionless_id"],
      azurerm_role_assignment: [],
      azurerm_network_security_rule: [],
      // The vault of secrets, which comes with the first.
      azurerm_key_vault: [],
      azurerm_monitor_diagnostic_setting: [],
      azurerm_private_endpoint: [],
    },
    rights: {},
    configurationNames: {
      azurerm_role_assignment: "[.]access_(objects|secrets)$",
      azurerm_network_security_rule: "[.]firewall_(database|files)_out$",
      azurerm_key_vault: "[.]configuration_secrets_",
      azurerm_monitor_diagnostic_setting: "[.]configuration_secrets_",
      azurerm_private_endpoint: "[.]configuration_secrets_",
    },
    wayIn: [],
  },
};
