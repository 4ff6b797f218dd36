/** What azurerm refuses at plan time and the schema flags do not say, as rows. */
import { type Check, check, each } from "./check";

const SCALE_SET = "azurerm_(linux|windows)_virtual_machine_scale_set";

export const AZURE: readonly Check[] = [
  each(
    SCALE_SET,
    "network_interface",
    (nic) =>
      (nic.set("auxiliary_mode") && nic.unset("auxiliary_sku")) ||
      (nic.unset("auxiliary_mode") && nic.set("auxiliary_sku")),
    "auxiliary_mode and auxiliary_sku go together",
  ),
  check(
    "azurerm_subnet",
    "sharing_scope",
    (look) => look.set("sharing_scope") && look.is("default_outbound_access_enabled", "true"),
    "sharing_scope needs default_outbound_access_enabled = false",
  ),
  check(
    "azurerm_cdn_frontdoor_profile",
    "sku_name",
    (look, before) => look.text("sku_name").startsWith("Standard") && !!before?.text("sku_name").startsWith("Premium"),
    "a Premium profile cannot become a Standard one",
  ),
  check(
    "azurerm_log_analytics_workspace",
    "sku",
    (look, before) => look.is("sku", "Standard", "Premium") && look.text("sku") !== before?.text("sku"),
    "the skus Standard and Premium are not offered any more",
  ),
  check(
    "azurerm_storage_account",
    "access_tier",
    (look) => look.set("access_tier") && !look.is("account_kind", "BlobStorage", "FileStorage", "StorageV2", ""),
    "only the account kinds BlobStorage, FileStorage and StorageV2 have access tiers",
  ),
  check(
    "azurerm_storage_account",
    "immutability_policy",
    (look, before) =>
      look.is("immutability_policy.state", "Locked") && !before?.is("immutability_policy.state", "Unlocked", "Locked"),
    "a policy must be Unlocked before it is Locked",
  ),
  check(
    "azurerm_storage_account",
    "queue_properties",
    (look, _, features) =>
      features.is("storage.data_plane_available", "false") &&
      (look.set("queue_properties") || look.set("static_website")),
    "queue_properties and static_website need the feature storage.data_plane_available",
  ),
  check(
    "azurerm_private_link_service",
    "nat_ip_configuration",
    (look, before) =>
      look.items("nat_ip_configuration").some((next, i) => {
        const old = before?.items("nat_ip_configuration")[i];
        const moved =
          next.is("primary", "true") && next.set("subnet_id") && next.text("subnet_id") !== old?.text("subnet_id");
        return !!old && ((old.set("private_ip_address") && next.unset("private_ip_address")) || moved);
      }),
    "private_ip_address cannot be taken away, and subnet_id of the primary one cannot change",
  ),
];
