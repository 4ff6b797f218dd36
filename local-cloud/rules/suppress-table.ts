/** Which suppression each flagged attribute uses, by provider. */
import type { ProviderName } from "../schemas/catalog";
import { awsPolicyEqual } from "./json";
import { AZURE_SUPPRESS } from "./suppress-azure";
import { GOOGLE_ELEMENTS, GOOGLE_SUPPRESS } from "./suppress-google";
import { all, attr, defaultIs, firstBlock, ignoreCase, json, linkOrName, never, removed } from "./suppressors";
import type { Suppressor } from "./suppressors";

const policy: Suppressor = ({ old, next }) => awsPolicyEqual(old, next);
/** Not sent for load balancers of another type. */
const onlyForLbTypes =
  (...types: string[]): Suppressor =>
  ({ proposed }) =>
    !types.includes(String(attr(proposed, "load_balancer_type") ?? "application"));
/** Where logs go does not matter while they are off. */
const logsOff: Suppressor = ({ path, proposed }) => firstBlock(proposed, String(path[0])).enabled !== true;
const lambdaTarget: Suppressor = ({ prior, proposed }) => prior !== null && attr(proposed, "target_type") === "lambda";
/** Only groups for HTTP have a version of it, and stickiness by cookie. */
const noHttp: Suppressor = ({ prior, proposed }) =>
  prior !== null && !["HTTP", "HTTPS"].includes(String(attr(proposed, "protocol")));
const noCookie: Suppressor = ({ proposed }) =>
  ["TCP", "UDP", "TCP_UDP", "TLS", "GENEVE"].includes(String(attr(proposed, "protocol")));
const truth: Record<string, string> = { "1": "true", "0": "false" };
const sameTruth: Suppressor = ({ old, next }) => (truth[old] ?? old) === (truth[next] ?? next);

interface Table {
  /** For flagged attributes that have no row. */
  readonly usual: Suppressor;
  readonly byPath: Record<string, Suppressor>;
  /** For elements of lists, which have no flags. */
  readonly elements: Record<string, Suppressor>;
}

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
      ...all(sameTruth, "ebs_optimized", "*.delete_on_termination", "*.encrypted", "*.primary_ipv6"),
      ...all(sameTruth, "*.associate_carrier_ip_address", "*.associate_public_ip_address", "preserve_client_ip"),
      ...all(({ old, next }) => old === "" && next === "-1", "*.max_healthy_percentage", "*.min_healthy_percentage"),
      "aws_lb_target_group.protocol_version": noHttp,
      "aws_lb_target_group.stickiness.cookie_duration": noCookie,
      "aws_lb_target_group.port": lambdaTarget,
      "aws_lb_target_group.protocol": lambdaTarget,
      "aws_lb_target_group.vpc_id": lambdaTarget,
      "aws_lb_target_group.health_check.port": lambdaTarget,
      "aws_lb_target_group.health_check.protocol": lambdaTarget,
      state: defaultIs("ENABLED"),
      // What is read when neither this nor the state is given.
      is_enabled: ({ old, next }) => old === "true" && next === "",
    },
    elements: {},
  },
  google: { usual: linkOrName, byPath: GOOGLE_SUPPRESS, elements: GOOGLE_ELEMENTS },
  azurerm: { usual: ignoreCase, byPath: AZURE_SUPPRESS, elements: {} },
};
