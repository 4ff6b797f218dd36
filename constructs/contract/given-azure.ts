/** What the constructs give on Azure: see given-form.ts. */
import { ANY_NAME, NETWORK, NUMBER, SLOT, type GivenByType, type Values } from "./given-form";

const ANY = "*";
/** Ids are written in any letters: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const id = (provider: string, rest: string) =>
  `~/subscriptions/[^/]+/resource[gG]roups/[^/]+/providers/[mM]icrosoft[.]${provider}/${rest}`;
const VAULT = id("[kK]ey[vV]ault", "vaults/[^/]+");

const rule = (direction: string, access: string, more: Values): Values => ({
  access,
  direction,
  protocol: "Tcp",
  source_address_prefix: ANY,
  source_port_range: ANY,
  destination_address_prefix: ANY,
  ...more,
});
const into = (source: string | readonly string[], priority: string): Values =>
  rule("Inbound", "Allow", { source_address_prefix: source, destination_port_range: NUMBER, priority });
const out = (destination: string, port: string, priority: string): Values =>
  rule("Outbound", "Allow", { destination_address_prefix: destination, destination_port_range: port, priority });
const others = (direction: string): Values =>
  rule(direction, "Deny", { protocol: ANY, destination_port_range: ANY, priority: "4096" });

const right = (role: string | readonly string[], scope: string): Values => ({
  role_definition_name: role,
  scope,
  principal_id: "~[0-9a-fA-F-]{36}",
  principal_type: "ServicePrincipal",
});

const CLOSED: Values = {
  allow_nested_items_to_be_public: "false",
  public_network_access_enabled: "false",
  local_user_enabled: "false",
  shared_access_key_enabled: "false",
  "network_rules.default_action": "Deny",
  "network_rules.bypass": "AzureServices",
};

export const GIVEN_ON_AZURE: GivenByType = {
  azurerm_network_security_rule: {
    held: [
      ...["access", "direction", "protocol", "priority"],
      ...["source", "destination"].flatMap((end) => [
        ...[`${end}_address_prefix`, `${end}_address_prefixes`, `${end}_application_security_group_ids`],
        ...[`${end}_port_range`, `${end}_port_ranges`],
      ]),
    ],
    names: {
      firewall_clients: into(["Internet", "VirtualNetwork"], "100"),
      firewall_probes: into("AzureLoadBalancer", "110"),
      firewall_others: others("Inbound"),
      firewall_machines_out: out(ANY, "443", "100"),
      firewall_machines_plain_out: out(NETWORK, "80", "110"),
      firewall_database_out: out(NETWORK, "5432", "120"),
      firewall_files_out: out(NETWORK, "2049", "130"),
      firewall_others_out: others("Outbound"),
      network_endpoints_in: rule("Inbound", "Allow", {
        source_address_prefix: NETWORK,
        destination_port_ranges: ["443", "5432", "2049"],
        priority: "100",
      }),
      network_endpoints_others: others("Inbound"),
    },
  },
  // Rules are objects of their own: one that is written into the group has no other guard.
  azurerm_network_security_group: { held: ["security_rule"], names: { [ANY_NAME]: {} } },
  azurerm_role_assignment: {
    held: ["role_definition_name", "role_definition_id", "scope", "principal_id", "principal_type", "condition"],
    names: {
      access_configuration: right("Key Vault Secrets User", VAULT),
      access_secrets: right("Key Vault Secrets User", VAULT),
      access_objects: right(
        ["Storage Blob Data Reader", "Storage Blob Data Contributor"],
        id("[sS]torage", "storage[aA]ccounts/[^/]+/blob[sS]ervices/default/containers/[^/]+"),
      ),
    },
  },
  azurerm_key_vault: {
    held: ["access_policy", "rbac_authorization_enabled", "enabled_for_deployment", "enabled_for_template_deployment"],
    needs: ["rbac_authorization_enabled"],
    defaults: { enabled_for_deployment: "false", enabled_for_template_deployment: "false" },
    names: { "configuration_(secrets_)?vault": { rbac_authorization_enabled: "true" } },
  },
  azurerm_storage_account: {
    held: Object.keys(CLOSED).map((path) => path.split(".")[0]!),
    needs: Object.keys(CLOSED).filter((path) => !path.endsWith("bypass")),
    names: {
      "(files|objects)_account": CLOSED,
      // Azure writes flow records by the account's key: constructs/azure/log-sink.ts.
      log_sink_flow_store: { ...CLOSED, shared_access_key_enabled: "true" },
    },
  },
  azurerm_postgresql_flexible_server: {
    held: ["public_network_access_enabled", "authentication.password_auth_enabled", "administrator_password"],
    needs: ["public_network_access_enabled", "authentication.password_auth_enabled"],
    names: {
      database_server: { public_network_access_enabled: "false", "authentication.password_auth_enabled": "false" },
    },
  },
  azurerm_linux_virtual_machine_scale_set: {
    held: [
      ...["admin_password", "admin_ssh_key", "disable_password_authentication", "identity"],
      "network_interface.ip_configuration.public_ip_address",
    ],
    needs: ["disable_password_authentication"],
    names: {
      [`${SLOT}_group`]: {
        // A key must be given; its private half was thrown away: constructs/azure/launch.ts.
        "admin_ssh_key.public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMPmZSH4z8s0z42j5lHd4ZW+lQu3lMhLO8hwyDrltEld",
        "admin_ssh_key.username": "nobody-logs-in",
        disable_password_authentication: "true",
        "identity.type": "UserAssigned",
        "identity.identity_ids": id("[mM]anaged[iI]dentity", "user[aA]ssigned[iI]dentities/[^/]+"),
      },
    },
  },
};
