/**
 * What hashicorp/azurerm reads back. Without a link: from plans that the real provider made, and from its source at 4.55.0.
 */
import { createHash } from "node:crypto";
import type { Obj, Value } from "../protocol/values";
import { normaliseJson } from "../rules/json";
import { addressInSubnet, first } from "./addresses";
import { valuesAt } from "./graph";
import type { Follows, Place, ReadBack, Twin } from "./read-back-rows";

const text = (value: Value | undefined): string => String(value ?? "");
const each = <Row>(types: readonly string[], paths: Record<string, Row>): Record<string, Row> =>
  Object.fromEntries(types.flatMap((type) => Object.entries(paths).map(([path, row]) => [`${type}.${path}`, row])));

const SCALE_SETS = ["linux", "windows", "orchestrated"].map((kind) => `azurerm_${kind}_virtual_machine_scale_set`);

/** Settings come back as Go writes a map: sorted, and without spaces. */
const json = (value: Value): Value => (typeof value === "string" ? normaliseJson(value) : value);

/** An id of the length of a UUID that the same name has everywhere; which one Azure uses is not known here. */
const idOf = (name: string): string =>
  createHash("md5")
    .update(name)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

const entryAddress: Follows = ({ object, world, seed }) => {
  const { subnet_id: subnet, private_ip_address: given } = first(object.frontend_ip_configuration);
  if (!text(subnet)) return "";
  return text(given) || addressInSubnet(world, "azurerm_subnet", subnet, seed);
};
const addressVersion: Follows = "IPv4";

const endpointName = (place: Place): string =>
  text(place.object.custom_network_interface_name) || `${text(place.object.name)}.nic`;
const beside = (id: Value | undefined, kind: string, name: string): string =>
  `${text(id).split("/providers/")[0]}/providers/Microsoft.Network/${kind}/${name}`;
const zoneGroup = ({ object }: Place): string =>
  `${text(object.id)}/privateDnsZoneGroups/${text(first(object.private_dns_zone_group).name)}`;

/** One entry for each zone in which the endpoint is written down. */
const zoneConfigs = (place: Place): Value =>
  valuesAt(place.object.private_dns_zone_group, ["private_dns_zone_ids"]).map((zone) => {
    const name = zone.split("/").at(-1) ?? "";
    return {
      name,
      id: `${zoneGroup(place)}/privateDnsZoneConfigs/${name}`,
      private_dns_zone_id: zone,
      record_sets: [],
    };
  });
/** What stands behind an endpoint: a name, which nobody here looks up, and its address. */
const endpointNames = ({ object, world, seed }: Place): Value => [
  { fqdn: "x", ip_addresses: [addressInSubnet(world, "azurerm_subnet", object.subnet_id, seed)] },
];

/** A log or metric has an older retention setting, which is off; a group of logs has none. */
const noRetention: Follows = ({ own }) => (text(own.category) ? [{ days: 0, enabled: false }] : []);
/** Metrics are read in both forms. */
const metricsOf =
  (form: string, rest: Obj): Follows =>
  ({ object }) =>
    valuesAt(object[form], ["category"]).map((category) => ({ category, ...rest }));

const renamed = (...pairs: [string, string][]): Twin[] => pairs.map((names) => ({ names }));
const FLOATING: [string, string] = ["floating_ip_enabled", "enable_floating_ip"];
const RESET: [string, string] = ["tcp_reset_enabled", "enable_tcp_reset"];

export const AZURE_READ: ReadBack = {
  unset: {
    ...each<Follows>(SCALE_SETS, {
      host_group_id: null,
      "extension.protected_settings": "",
    }),
    "azurerm_key_vault.network_acls": [{ bypass: "None", default_action: "Allow" }],
    "azurerm_lb.private_ip_address": entryAddress,
    "azurerm_lb.frontend_ip_configuration.private_ip_address_version": addressVersion,
    "azurerm_lb.public_ip_address_id": null,
    "azurerm_lb.subnet_id": null,
    "azurerm_log_analytics_workspace.local_authentication_enabled": true,
    "azurerm_monitor_diagnostic_setting.enabled_log.retention_policy": noRetention,
    "azurerm_monitor_diagnostic_setting.metric": metricsOf("enabled_metric", { enabled: true }),
    "azurerm_monitor_diagnostic_setting.metric.retention_policy": noRetention,
    "azurerm_monitor_diagnostic_setting.enabled_metric": metricsOf("metric", {}),
    "azurerm_monitor_diagnostic_setting.partner_solution_id": null,
    "azurerm_monitor_diagnostic_setting.storage_account_id": null,
    "azurerm_monitor_scheduled_query_rules_alert_v2.created_with_api_version": "",
    "azurerm_private_dns_a_record.fqdn": "",
    "azurerm_private_endpoint.custom_dns_configs": endpointNames,
    "azurerm_private_endpoint.network_interface": (place) => [
      { id: beside(place.object.id, "networkInterfaces", endpointName(place)), name: endpointName(place) },
    ],
    "azurerm_private_endpoint.private_dns_zone_configs": zoneConfigs,
    "azurerm_private_endpoint.private_dns_zone_group.id": zoneGroup,
    // https://learn.microsoft.com/azure/storage/files/smb-performance#smb-multichannel
    "azurerm_storage_account.share_properties.smb": ({ object }) =>
      object.account_kind === "FileStorage" ? [{ multichannel_enabled: false }] : [],
    "azurerm_role_assignment.role_definition_id": ({ object }) =>
      `/subscriptions/${text(object.subscription)}/providers/Microsoft.Authorization/roleDefinitions/${idOf(text(object.role_definition_name))}`,
    "azurerm_role_assignment.skip_service_principal_aad_check": null,
  },
  form: {
    ...each(SCALE_SETS, { "extension.settings": json }),
    "azurerm_virtual_machine_scale_set_extension.settings": json,
  },
  twins: {
    azurerm_key_vault: renamed(["rbac_authorization_enabled", "enable_rbac_authorization"]),
    azurerm_lb_nat_rule: renamed(FLOATING, RESET),
    azurerm_lb_outbound_rule: renamed(RESET),
    azurerm_lb_rule: renamed(FLOATING, RESET),
    azurerm_log_analytics_workspace: [
      { names: ["local_authentication_enabled", "local_authentication_disabled"], not: true },
    ],
  },
};
