/**
 * Attributes whose old and new value a review may show: what machines are, who may reach what, limits and protection. Paths
 * are without the indexes of lists. None of them is a secret in the providers' schemas, and a test holds that; what Terraform
 * marks sensitive is left out all the same.
 */
import { kindOf } from "./attributes";
import { ownIn } from "../../constructs/contract/own";

const paths = (prefix: string, ...names: readonly string[]) => names.map((name) => `${prefix}.${name}`);

const AWS_RULE = ["cidr_ipv4", "cidr_ipv6", "from_port", "to_port", "ip_protocol", "prefix_list_id", "referenced_security_group_id"]; // prettier-ignore
const AWS_RULES = ["cidr_blocks", "ipv6_cidr_blocks", "from_port", "to_port", "protocol", "security_groups", "self"];
const AZURE_RULE = [
  ...["access", "direction", "priority", "protocol"],
  ...["source", "destination"].flatMap((side) =>
    ["address_prefix", "address_prefixes", "port_range", "port_ranges"].map((what) => `${side}_${what}`),
  ),
];
const HTTP_CHECK = ["port", "request_path"];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  aws_launch_template: [
    ...["instance_type", "ebs_optimized", "block_device_mappings.device_name"],
    ...paths("block_device_mappings.ebs", "volume_size", "volume_type", "iops", "throughput", "encrypted"),
    ...paths("metadata_options", "http_tokens", "http_endpoint", "http_put_response_hop_limit", "instance_metadata_tags"), // prettier-ignore
    ...["monitoring.enabled", "credit_specification.cpu_credits", "instance_market_options.market_type"],
  ],
  aws_autoscaling_group: ["min_size", "max_size", "desired_capacity", "health_check_type", "health_check_grace_period", "default_instance_warmup", "max_instance_lifetime"], // prettier-ignore
  aws_autoscaling_policy: ["estimated_instance_warmup", "target_tracking_configuration.target_value"],
  aws_cloudwatch_metric_alarm: ["threshold", "evaluation_periods", "period"],
  aws_lb: ["internal", "enable_deletion_protection"],
  aws_lb_listener: ["port", "protocol", "ssl_policy"],
  aws_lb_target_group: [
    ...["port", "protocol", "deregistration_delay"],
    ...paths("health_check", "path", "port", "interval", "timeout", "healthy_threshold", "unhealthy_threshold", "matcher"), // prettier-ignore
  ],
  aws_vpc_security_group_ingress_rule: AWS_RULE,
  aws_vpc_security_group_egress_rule: AWS_RULE,
  aws_security_group_rule: ["type", "cidr_blocks", "ipv6_cidr_blocks", "from_port", "to_port", "protocol"],
  aws_security_group: [...paths("ingress", ...AWS_RULES), ...paths("egress", ...AWS_RULES)],
  aws_s3_bucket_public_access_block: ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"], // prettier-ignore
  aws_db_instance: ["instance_class", "allocated_storage", "max_allocated_storage", "storage_type", "storage_encrypted", "engine_version", "multi_az", "publicly_accessible", "deletion_protection", "backup_retention_period"], // prettier-ignore
  google_compute_instance_template: [
    ...["machine_type", "min_cpu_platform", "can_ip_forward"],
    ...paths("disk", "disk_size_gb", "disk_type"),
    ...paths("scheduling", "preemptible", "provisioning_model", "automatic_restart", "on_host_maintenance"),
    ...paths("shielded_instance_config", "enable_secure_boot", "enable_vtpm", "enable_integrity_monitoring"),
  ],
  google_compute_instance_group_manager: ["target_size", "auto_healing_policies.initial_delay_sec"],
  google_compute_autoscaler: paths("autoscaling_policy", "min_replicas", "max_replicas", "cooldown_period", "cpu_utilization.target"), // prettier-ignore
  google_compute_health_check: [
    ...["check_interval_sec", "timeout_sec", "healthy_threshold", "unhealthy_threshold"],
    ...paths("http_health_check", ...HTTP_CHECK),
  ],
  google_compute_firewall: ["direction", "disabled", "priority", "source_ranges", "destination_ranges", "source_tags", "target_tags", ...paths("allow", "protocol", "ports"), ...paths("deny", "protocol", "ports")], // prettier-ignore
  google_compute_backend_service: ["protocol", "timeout_sec", "connection_draining_timeout_sec"],
  google_sql_database_instance: [
    ...["database_version", "deletion_protection"],
    ...paths("settings", "tier", "disk_size", "disk_type", "availability_type", "deletion_protection_enabled", "ip_configuration.ipv4_enabled", "ip_configuration.ssl_mode", "backup_configuration.enabled"), // prettier-ignore
  ],
  google_storage_bucket: ["public_access_prevention", "uniform_bucket_level_access", "force_destroy", "versioning.enabled"], // prettier-ignore
  azurerm_linux_virtual_machine_scale_set: [
    ...["sku", "instances", "zones", "priority", "upgrade_mode", "encryption_at_host_enabled", "secure_boot_enabled", "vtpm_enabled"], // prettier-ignore
    ...paths("os_disk", "disk_size_gb", "storage_account_type", "caching"),
    ...paths("automatic_instance_repair", "enabled", "grace_period", "action"),
  ],
  azurerm_monitor_autoscale_setting: ["enabled", ...paths("profile.capacity", "minimum", "maximum", "default")],
  azurerm_network_security_rule: AZURE_RULE,
  azurerm_network_security_group: paths("security_rule", "name", ...AZURE_RULE),
  azurerm_lb_probe: ["port", "protocol", "request_path", "interval_in_seconds", "number_of_probes", "probe_threshold"],
  azurerm_lb_rule: ["frontend_port", "backend_port", "protocol"],
  azurerm_postgresql_flexible_server: ["sku_name", "storage_mb", "version", "backup_retention_days", "public_network_access_enabled", "high_availability.mode"], // prettier-ignore
  azurerm_storage_account: ["account_tier", "account_replication_type", "min_tls_version", "public_network_access_enabled", "allow_nested_items_to_be_public"], // prettier-ignore
  azurerm_key_vault: ["public_network_access_enabled", "purge_protection_enabled"],
};

/** The table, for those that check it against the providers' schemas. */
export const shownValues = (): typeof VALUES => VALUES;

export interface ValueChange {
  /** Dotted path of the attribute; a list of plain values is one value. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

const isEntry = (step: string) => /^\d+$/.test(step);

/** Values of the changed paths that may be shown. @param masks what Terraform marks sensitive before and after */
export function valuesOf(
  type: string,
  changed: readonly string[],
  before: unknown,
  after: unknown,
  masks: readonly unknown[],
): ValueChange[] {
  const allowed = ownIn(VALUES, kindOf(type)) ?? [];
  const found = new Map<string, ValueChange>();
  for (const path of changed) {
    const steps = path.split(".");
    while (steps.length > 1 && isEntry(steps.at(-1)!)) steps.pop();
    const at = steps.join(".");
    if (found.has(at) || !allowed.includes(steps.filter((step) => !isEntry(step)).join("."))) continue;
    if (masks.some((mask) => covers(mask, steps))) continue;
    const [from, to] = [before, after].map((side) => words(steps.reduce<unknown>(inside, side)));
    if (from !== undefined && to !== undefined && from !== to) found.set(at, { path: at, before: from, after: to });
  }
  return [...found.values()];
}

const inside = (value: unknown, step: string): unknown => (value as Record<string, unknown> | null | undefined)?.[step];

/** Whether a mask covers a value, what is around it or a part of it. */
function covers(mask: unknown, steps: readonly string[]): boolean {
  let found = mask;
  for (const step of steps) {
    if (found === true) return true;
    found = inside(found, step);
  }
  return found === true || (typeof found === "object" && found !== null && Object.values(found).includes(true));
}

/** A plain value or a list of them; undefined for anything else. */
function words(value: unknown): string | undefined {
  if (value === null || value === undefined || value === "") return "nothing";
  if (Array.isArray(value)) {
    const parts = value.map(words);
    return parts.includes(undefined) ? undefined : parts.length === 0 ? "nothing" : parts.join(", ");
  }
  return typeof value === "object" ? undefined : String(value);
}
