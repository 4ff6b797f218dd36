/** What hashicorp/azurerm does at plan time beyond the schema flags. */
import { isObject, type Obj, type Value, whollyKnown } from "../protocol/values";
import { firstOf } from "./aws";
import { storageTier } from "./azure-postgres";
import { forceNewIf } from "./force-new";
import type { PlanRule } from "../engine/draft";

const list = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);

/** A zone that is taken away makes a new scale set; one that is added does not. */
const zonesRemoved: PlanRule = (draft) => {
  if (draft.create || !draft.changed("zones") || !whollyKnown(draft.planned.zones)) return;
  const after = list(draft.planned.zones);
  if (list(draft.prior?.zones).some((zone) => !after.includes(zone))) draft.forceNew("zones");
};

/** A frontend keeps its name and changes its zones: a new load balancer. */
const frontendZones: PlanRule = (draft) => {
  if (draft.create) return;
  const before = list(draft.prior?.frontend_ip_configuration).filter(isObject);
  list(draft.planned.frontend_ip_configuration).forEach((frontend, i) => {
    if (!isObject(frontend)) return;
    const old = before.find((other) => other.name === frontend.name);
    const zones = (object: Obj | undefined) => JSON.stringify(list(object?.zones).map(String).sort());
    if (old && zones(old) !== zones(frontend)) draft.forceNewAt(["frontend_ip_configuration", i, "zones"]);
  });
};

const identityNarrowed: PlanRule = (draft) => {
  const [old, next] = [firstOf(draft.prior?.identity)?.type, firstOf(draft.planned.identity)?.type];
  if (typeof old === "string" && old.includes("UserAssigned") && next === "SystemAssigned") {
    draft.forceNewAt(["identity", 0, "type"]);
  }
};

/** As above, and also when the identity is taken away. */
const identityTaken: PlanRule = (draft) => {
  identityNarrowed(draft);
  const [old, next] = [firstOf(draft.prior?.identity)?.type, firstOf(draft.planned.identity)?.type];
  if (String(old ?? "").includes("UserAssigned") && next === undefined) draft.forceNewAt(["identity", 0, "type"]);
};

/** A container moves from an account's name to its id in place, never to another account. */
const containerAccount: PlanRule = (draft) => {
  if (draft.create) return;
  if (String(draft.prior?.id).startsWith("/subscriptions/")) return draft.forceNew("storage_account_id");
  const { storage_account_id: id = null, storage_account_name: name = null } = draft.prior ?? {};
  const next = draft.planned.storage_account_name ?? null;
  if (!empty(next) && (!empty(id) || !empty(name))) draft.forceNew("storage_account_name");
};

const empty = (value: Value): boolean => value === null || value === "";
const zoneRedundant = (value: Value): boolean => /ZRS$/.test(String(value));
const lower = (value: Value): string => String(value ?? "").toLowerCase();

/** Skus of a workspace that may follow each other in place. */
const workspaceSku = (old: Value, next: Value): boolean =>
  !["", "lacluster"].includes(lower(old)) &&
  ![lower(old), lower(next)].every((sku) => ["capacityreservation", "pergb2018"].includes(sku));

/** https://github.com/hashicorp/terraform-provider-azurerm/issues/12828 */
const outputsOpen: PlanRule = (draft) => {
  if (draft.create) return;
  if (["template_content", "parameters_content"].some((name) => draft.changed(name)))
    draft.setUnknown("output_content");
};

/** Rules of single types. */
export const AZURE_BY_TYPE: Record<string, readonly PlanRule[]> = {
  azurerm_linux_virtual_machine_scale_set: [zonesRemoved],
  azurerm_windows_virtual_machine_scale_set: [zonesRemoved],
  azurerm_lb: [frontendZones],
  azurerm_public_ip: [forceNewIf("domain_name_label_scope", (old, next) => !empty(old) || empty(next))],
  azurerm_disk_encryption_set: [identityNarrowed],
  azurerm_managed_disk: [
    forceNewIf("encryption_settings", (old, next) => list(old).length > 0 && list(next).length === 0),
  ],
  azurerm_log_analytics_workspace: [forceNewIf("sku", workspaceSku)],
  azurerm_monitor_data_collection_rule: [forceNewIf("kind", (old) => !empty(old))],
  azurerm_storage_account: [
    forceNewIf("account_kind", (old, next) => old !== "Storage" && next !== "StorageV2"),
    forceNewIf("large_file_share_enabled", (old) => old === true),
    forceNewIf("account_replication_type", (old, next) => zoneRedundant(old) !== zoneRedundant(next)),
  ],
  azurerm_resource_group_template_deployment: [outputsOpen],
  azurerm_storage_container: [containerAccount],
  azurerm_postgresql_flexible_server: [
    forceNewIf("version", (old, next) => Number(next) < Number(old)),
    forceNewIf("administrator_login", (old) => !empty(old)),
    forceNewIf("storage_mb", (old, next) => Number(next) < Number(old)),
    storageTier,
    identityTaken,
  ],
};
