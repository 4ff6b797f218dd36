/** What the providers refuse at plan time and the schema flags do not say, as rows. */
import { type Check, check, each } from "./check";
import { AZURE } from "./checks-azure";
import type { Look } from "./look";

const repeats = (texts: string[]): boolean => new Set(texts).size < texts.length;
const MANAGED_ONLY = [
  ...["capacity_scaler", "max_connections", "max_connections_per_endpoint", "max_connections_per_instance"],
  ...["max_rate", "max_rate_per_endpoint", "max_rate_per_instance", "max_utilization"],
];
const SPEC = "http_health_check.port_specification";

const GOOGLE: readonly Check[] = [
  check(
    "google_compute_(region_)?health_check",
    "http_health_check",
    (look) =>
      look.is(SPEC, "USE_NAMED_PORT") &&
      (look.set("http_health_check.port") || look.unset("http_health_check.port_name")),
    "port_specification USE_NAMED_PORT needs port_name, and takes no port",
  ),
  check(
    "google_compute_(region_)?health_check",
    "http_health_check",
    (look) =>
      look.is(SPEC, "USE_SERVING_PORT") &&
      (look.set("http_health_check.port") || look.set("http_health_check.port_name")),
    "port_specification USE_SERVING_PORT takes neither port nor port_name",
  ),
  check(
    "google_compute_router_nat",
    "drain_nat_ips",
    (look, before) => {
      const added = look.texts("drain_nat_ips").filter((ip) => !before?.texts("drain_nat_ips").includes(ip));
      return added.some((ip) => !before?.texts("nat_ips").includes(ip) || look.texts("nat_ips").includes(ip));
    },
    "an address can be drained only when it was in nat_ips before and is not any more",
  ),
  check(
    "google_compute_(region_)?ssl_policy",
    "custom_features",
    (look) => look.is("profile", "CUSTOM") && look.unset("custom_features"),
    "profile CUSTOM needs custom_features",
  ),
  check(
    "google_compute_(region_)?ssl_policy",
    "custom_features",
    (look) => !look.is("profile", "CUSTOM", "") && look.set("custom_features"),
    "only profile CUSTOM takes custom_features",
  ),
  check(
    "google_compute_router",
    "bgp",
    (look) =>
      look.is("bgp.advertise_mode", "DEFAULT") &&
      (look.set("bgp.advertised_groups") || look.set("bgp.advertised_ip_ranges")),
    "advertise_mode DEFAULT takes no advertised_groups and no advertised_ip_ranges; set it to CUSTOM",
  ),
  check(
    "google_compute_firewall",
    "log_config",
    (look) => look.set("log_config") && look.is("enable_logging", "false"),
    "log_config cannot be set while enable_logging is false",
  ),
  check(
    "google_compute_security_policy",
    "rule",
    (look) => repeats(look.items("rule").map((rule) => rule.text("priority"))),
    "two rules have the same priority",
  ),
  each(
    "google_compute_(region_)?instance_template",
    "disk",
    (disk) => disk.is("type", "SCRATCH") !== disk.is("disk_type", "local-ssd"),
    "type SCRATCH and disk_type local-ssd go together",
  ),
  each(
    "google_compute_(region_)?instance_template",
    "disk",
    (disk) => disk.is("type", "SCRATCH") && !disk.is("disk_size_gb", "375", "3000"),
    "a SCRATCH disk has 375 or 3000 GB",
  ),
  each(
    "google_compute_(region_)?instance_template",
    "disk",
    (disk) => disk.is("type", "SCRATCH") && disk.is("disk_size_gb", "3000") && !disk.is("interface", "NVME"),
    "a SCRATCH disk of 3000 GB needs interface NVME",
  ),
  check(
    "google_compute_(region_)?instance_template",
    "disk",
    (look) => look.items("disk").some((disk, i) => i > 0 && disk.is("boot", "true")),
    "only the first disk can be the boot disk",
  ),
  check(
    "google_sql_database_instance",
    "settings",
    (look) =>
      look.text("database_version").startsWith("MYSQL") &&
      look.is("settings.backup_configuration.point_in_time_recovery_enabled", "true"),
    "point_in_time_recovery_enabled is only available for Postgres and SQL Server; use binary_log_enabled for MySQL",
  ),
  check(
    "google_logging_project_sink",
    "bigquery_options",
    (look) => look.set("bigquery_options") && look.is("unique_writer_identity", "false"),
    "bigquery_options needs unique_writer_identity = true",
  ),
  check(
    "google_\\w+_iam_member",
    "member",
    (look) => look.set("member") && (/^deleted/.test(look.text("member")) || !memberHasType(look.text("member"))),
    'a member has the form "type:name" and is no deleted principal',
  ),
  check(
    "google_compute_region_backend_service",
    "backend",
    (look) =>
      look.is("load_balancing_scheme", "INTERNAL", "EXTERNAL") &&
      look.items("backend").some((backend) => MANAGED_ONLY.some((name) => backend.set(name))),
    `these cannot be set for a non-managed backend service: ${MANAGED_ONLY.join(", ")}`,
  ),
  check(
    "google_compute_region_backend_service",
    "backend",
    (look) =>
      look.set("backend") &&
      !look.is("load_balancing_scheme", "INTERNAL", "EXTERNAL", "INTERNAL_MANAGED") &&
      look.items("backend").every((backend) => backend.unset("capacity_scaler")),
    "at least one backend of a managed backend service needs a capacity_scaler above 0",
  ),
];

const memberHasType = (member: string): boolean => /^all(Authenticated)?Users$|:/.test(member);

const MUTUAL = ["trust_store_arn", "advertise_trust_store_ca_names", "ignore_client_certificate_expiry"];
const PROBE = "health_check.protocol";

const AWS: readonly Check[] = [
  each(
    "aws_lb_listener",
    "mutual_authentication",
    (mutual) => mutual.is("mode", "verify") && mutual.unset("trust_store_arn"),
    "mode verify needs trust_store_arn",
  ),
  each(
    "aws_lb_listener",
    "mutual_authentication",
    (mutual) => mutual.is("mode", "off", "passthrough") && MUTUAL.some((name) => mutual.set(name)),
    `only mode verify takes ${MUTUAL.join(", ")}`,
  ),
  each(
    "aws_lb_listener",
    "default_action",
    (action) => twoTargets(action),
    "target_group_arn and forward must name the same target group",
  ),
  each(
    "aws_lb_listener_rule",
    "action",
    (action) => twoTargets(action),
    "target_group_arn and forward must name the same target group",
  ),
  check(
    "aws_lb_target_group",
    "health_check",
    (look) =>
      look.is(PROBE, "TCP") &&
      (look.set("health_check.matcher") || look.set("health_check.path") || look.is("target_type", "lambda")),
    "protocol TCP takes no matcher and no path, and is not for lambda targets",
  ),
  check(
    "aws_lb_target_group",
    "health_check",
    (look) => look.is(PROBE, "TCP") && look.is("protocol", "HTTP", "HTTPS"),
    "protocol TCP is not possible when the target group's protocol is HTTP or HTTPS",
  ),
  check(
    "aws_nat_gateway",
    "connectivity_type",
    (look) =>
      look.is("connectivity_type", "private") && (look.set("allocation_id") || look.set("secondary_allocation_ids")),
    "a private gateway takes no allocation_id and no secondary_allocation_ids",
  ),
  check(
    "aws_ebs_volume",
    "multi_attach_enabled",
    (look, before) => !before && look.is("multi_attach_enabled", "true") && !look.is("type", "io1", "io2"),
    "only types io1 and io2 take multi_attach_enabled",
  ),
  check(
    "aws_ebs_volume",
    "volume_initialization_rate",
    (look, before) => !before && look.set("volume_initialization_rate") && look.unset("snapshot_id"),
    "volume_initialization_rate needs snapshot_id",
  ),
  check(
    "aws_db_instance",
    "replicate_source_db",
    (look) =>
      look.set("db_subnet_group_name") && look.set("replicate_source_db") && !isArn(look.text("replicate_source_db")),
    "replicate_source_db must be an ARN when db_subnet_group_name is set",
  ),
  check(
    "aws_db_instance",
    "blue_green_update",
    (look) => look.is("blue_green_update.enabled", "true") && look.set("replicate_source_db"),
    "blue_green_update is not possible for a replica",
  ),
  check(
    "aws_db_instance",
    "blue_green_update",
    (look) =>
      look.is("blue_green_update.enabled", "true") &&
      look.set("engine") &&
      !look.is("engine", "mariadb", "mysql", "postgres"),
    "blue_green_update is only for the engines mariadb, mysql and postgres",
  ),
];

const isArn = (text: string): boolean => text.startsWith("arn:");
const twoTargets = (action: Look): boolean =>
  action.set("target_group_arn") &&
  action.set("forward.target_group.arn") &&
  action.text("target_group_arn") !== action.text("forward.target_group.arn");

export const CHECKS: readonly Check[] = [...AWS, ...GOOGLE, ...AZURE];
