/** Which suppression each flagged attribute uses; `type.path` goes before `path`. */
import { isIP } from "node:net";
import { isObject, type Obj, type Value } from "../protocol/values";
import type { ProviderName } from "../schemas/catalog";
import { awsPolicyEqual, jsonEqual } from "./json";
import { relativeLink } from "./hashes";
import type { Suppressor } from "./suppress";
import { location } from "./state-functions";

const lastSegment = (link: string): string => link.slice(link.lastIndexOf("/") + 1);

const never: Suppressor = () => false;
const same: Suppressor = ({ old, next }) => old === next;
const ignoreCase: Suppressor = ({ old, next }) => old.toLowerCase() === next.toLowerCase();
const json: Suppressor = ({ old, next }) => jsonEqual(old, next);
const policy: Suppressor = ({ old, next }) => awsPolicyEqual(old, next);
const removed: Suppressor = ({ old, next }) => old === "1" && next === "0";
const link: Suppressor = ({ old, next }) => next.includes("projects/") && relativeLink(old) === relativeLink(next);
const linkOrName: Suppressor = (input) =>
  input.next.includes("/") ? link(input) : input.next !== "" && lastSegment(input.old) === input.next;
const lastPart: Suppressor = ({ old, next }) => lastSegment(old) === lastSegment(next);
const defaultIs =
  (value: string): Suppressor =>
  ({ old, next }) =>
    (old === "" && next === value) || (old === value && next === "");
/** Texts that are no addresses all count as none. */
const address = (text: string): string => (isIP(text) === 0 ? "" : text.toLowerCase());
const sameIp: Suppressor = ({ old, next }) => address(old) === address(next);
const attr = (object: Obj | null, name: string): Value => object?.[name] ?? null;
const trimmed: Suppressor = ({ old, next }) => old.trim() === next.trim();
const sameLocation: Suppressor = ({ old, next }) => location(old) === location(next);
/** Not sent for load balancers of another type. */
const onlyForLbTypes =
  (...types: string[]): Suppressor =>
  ({ proposed }) =>
    !types.includes(String(attr(proposed, "load_balancer_type") ?? "application"));
/** Where logs go does not matter while they are off. */
const logsOff: Suppressor = ({ path, proposed }) => {
  const [block] = Array.isArray(proposed[String(path[0])]) ? (proposed[String(path[0])] as Value[]) : [];
  return isObject(block) && block.enabled !== true;
};
const lambdaTarget: Suppressor = ({ proposed }) => attr(proposed, "target_type") === "lambda";
const templateIds: Suppressor = ({ old, next }) => {
  const [oldLink = "", oldId] = relativeLink(old).split("?uniqueId=");
  const [nextLink = "", nextId] = relativeLink(next).split("?uniqueId=");
  return next.includes("projects/") && oldLink === nextLink && (!oldId || !nextId || oldId === nextId);
};
const sshKey = (key: string): string => key.replace(/<<[-~]?EOT|EOT|\r|\n/g, "").trim();
const nothingSet = (value: Value): boolean =>
  value === null ||
  value === "" ||
  value === false ||
  (Array.isArray(value) ? value.every(nothingSet) : isObject(value) && Object.values(value).every(nothingSet));
const portRange: Suppressor = ({ old, next }) => old === next || old === `${next}-${next}`;
const member: Suppressor = ({ old, next }) =>
  old.toLowerCase() === next.toLowerCase() && !/^(all\w*Users$|principal(Set|Hierarchy)?:)/i.test(next);
const clock = (time: string): string => time.replace(/^(\d):/, "0$1:");

interface Table {
  readonly usual: Suppressor;
  readonly byPath: Record<string, Suppressor>;
}

/** One suppression for several paths. */
const all = (rule: Suppressor, ...paths: string[]): Record<string, Suppressor> =>
  Object.fromEntries(paths.map((path) => [path, rule]));

export const SUPPRESS: Record<ProviderName, Table> = {
  aws: {
    usual: never,
    byPath: {
      ...all(policy, ...["policy", "assume_role_policy", "inline_policy.policy", "archive_policy", "delivery_policy"]),
      dashboard_body: json,
      ...all(
        removed,
        ...["access_logs", "connection_logs", "health_check_logs", "action.forward.stickiness", "destination_options"],
        ...["action.forward", "action.redirect", "action.fixed_response", "action.authenticate_cognito"],
        ...["action.authenticate_oidc", "action.jwt_validation", "default_action.forward", "default_action.redirect"],
        ...["default_action.fixed_response", "default_action.authenticate_cognito", "default_action.authenticate_oidc"],
        ...["default_action.jwt_validation", "default_action.forward.stickiness", "dns_options", "ttl"],
        ...["serverlessv2_scaling_configuration", "scaling_configuration", "credit_specification", "attributes"],
      ),
      ...all(logsOff, "access_logs.bucket", "access_logs.prefix", "connection_logs.bucket", "connection_logs.prefix"),
      ...all(logsOff, "health_check_logs.bucket", "health_check_logs.prefix"),
      ...all(onlyForLbTypes("application"), "drop_invalid_header_fields", "enable_http2", "idle_timeout"),
      ...all(onlyForLbTypes("application"), "enable_tls_version_and_cipher_suite_headers", "enable_waf_fail_open"),
      ...all(onlyForLbTypes("application"), "enable_xff_client_port", "preserve_host_header", "client_keep_alive"),
      ...all(onlyForLbTypes("application"), "desync_mitigation_mode", "xff_header_processing_mode", "ipam_pools"),
      ...all(onlyForLbTypes("network", "gateway"), "enable_cross_zone_load_balancing"),
      ...all(onlyForLbTypes("network"), "dns_record_client_routing_policy", "secondary_ips_auto_assigned_per_subnet"),
      ...all(onlyForLbTypes("network"), "enforce_security_group_inbound_rules_on_private_link_traffic"),
      ...all(onlyForLbTypes("application", "network"), "enable_zonal_shift", "minimum_load_balancer_capacity"),
      "aws_lb_target_group.port": lambdaTarget,
      "aws_lb_target_group.protocol": lambdaTarget,
      "aws_lb_target_group.vpc_id": lambdaTarget,
      "aws_lb_target_group.health_check.port": lambdaTarget,
      "aws_lb_target_group.health_check.protocol": lambdaTarget,
      state: defaultIs("ENABLED"),
    },
  },
  google: {
    usual: linkOrName,
    byPath: {
      "version.instance_template": templateIds,
      ...all(link, "auto_healing_policies.health_check", "backend.group"),
      "google_compute_global_forwarding_rule.target": link,
      "google_compute_global_address.address_type": defaultIs("EXTERNAL"),
      "google_compute_address.ip_version": defaultIs("IPV4"),
      "google_compute_global_address.ip_version": defaultIs("IPV4"),
      "update_policy.replacement_method": defaultIs("SUBSTITUTE"),
      "update_policy.instance_redistribution_type": defaultIs("PROACTIVE"),
      ...all(
        defaultIs("REDUCE_NONE"),
        "conditions.condition_absent.aggregations.cross_series_reducer",
        "conditions.condition_threshold.aggregations.cross_series_reducer",
        "conditions.condition_threshold.denominator_aggregations.cross_series_reducer",
      ),
      "log_config.sample_rate": ({ proposed }) => {
        const config = attr(proposed, "log_config");
        const first = Array.isArray(config) ? config[0] : null;
        return !isObject(first ?? null) || (first as Obj).enable !== true;
      },
      ...all(ignoreCase, "ip_protocol", "visibility", "allow.protocol", "deny.protocol", "settings.disk_type"),
      member,
      port_range: portRange,
      ...all(lastPart, "resource_policies", "name"),
      ...all(trimmed, "filter", "exclusions.filter", "spec.rules.condition.expression"),
      "snapshot_schedule_policy.schedule.daily_schedule.start_time": ({ old, next }) => clock(old) === clock(next),
      "snapshot_schedule_policy.schedule.hourly_schedule.start_time": ({ old, next }) => clock(old) === clock(next),
      enable_analytics: ({ old }) => old === "true",
      autoclass: ({ old, next, proposed }) => old === "1" && next === "0" && nothingSet(attr(proposed, "autoclass")),
      ...all(never, "service_account", "scheduling.node_affinities", "spec.rules"),
      ...all(never, "attached_disk.force_attach", "boot_disk.force_attach", "dry_run_spec.rules"),
      ...all(never, "http_health_check", "https_health_check", "http2_health_check", "tcp_health_check"),
      ...all(never, "ssl_health_check", "grpc_health_check", "log_config", "rrdatas", "type", "source_ranges"),
      attempt_deadline: defaultIs("180s"),
      "google_certificate_manager_certificate.scope": defaultIs("DEFAULT"),
      detect_md5hash: ({ proposed }) => attr(proposed, "source") === null,
      ...all(same, "shielded_instance_config", "rules"),
      ...all(sameIp, "network_interface.ipv6_address", "network_interface.ipv6_access_config.external_ipv6"),
    },
  },
  azurerm: {
    usual: ignoreCase,
    byPath: {
      ...all(sameLocation, "location", "edge_zone", "private_link.location", "replica.location"),
      ...all(sameLocation, "endpoint_location", "target_region.name", "target_resource_location"),
      "traffic_analytics.workspace_region": sameLocation,
      ...all(
        json,
        ...["extension.settings", "settings", "metadata", "parameters", "policy_rule"],
        "data_sources.extension.extension_json",
      ),
      admin_password: ({ old, next }) => [old, next].includes("ignored-as-imported"),
      "admin_ssh_key.public_key": ({ old, next }) => sshKey(old) === sshKey(next),
      address_prefixes: ({ proposed }) => !nothingSet(attr(proposed, "ip_address_pool")),
      address_space: ({ proposed }) => !nothingSet(attr(proposed, "ip_address_pool")),
      network_api_version: ({ proposed }) => nothingSet(attr(proposed, "sku_name")),
      ...all(never, "soft_delete_retention_days", "rolling_upgrade_policy", "end_of_life_date"),
    },
  },
};
