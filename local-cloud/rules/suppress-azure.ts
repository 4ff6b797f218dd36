/** Which suppression each flagged attribute of hashicorp/azurerm uses. */
import { equal, fromJson, isObject, type Obj } from "../protocol/values";
import { sshKey } from "./hashes";
import { all, attr, defaultIs, json, never, nothingSet, sameLocation, sameTime } from "./suppressors";
import type { Suppressor } from "./suppressors";

const fromPool: Suppressor = ({ proposed }) => !nothingSet(attr(proposed, "ip_address_pool"));
const flowLogOff: Suppressor = ({ old, proposed }) => old !== "" && attr(proposed, "enabled") !== true;

/** The service writes down who changed a policy, and when. */
const WRITTEN_BY_SERVICE = ["assignedBy", "createdBy", "createdOn", "updatedBy", "updatedOn"];
const policyMetadata: Suppressor = ({ old, next }) => {
  const [before, after] = [ownMetadata(old), ownMetadata(next === "" ? "{}" : next)];
  return before !== undefined && after !== undefined && equal(before, after);
};

function ownMetadata(text: string): Obj | undefined {
  try {
    const value = fromJson(text);
    if (!isObject(value)) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([key]) => !WRITTEN_BY_SERVICE.includes(key)));
  } catch {
    return undefined;
  }
}

/** `type.path` goes before `path`, and that before the last name of a path. */
export const AZURE_SUPPRESS: Record<string, Suppressor> = {
  ...all(sameLocation, "*.location", "*.edge_zone", "endpoint_location", "target_region.name"),
  ...all(sameLocation, "target_resource_location", "traffic_analytics.workspace_region", "itsm_receiver.region"),
  ...all(json, "*.settings", "*.protected_settings", "*.extension_json", "*.ticket_configuration"),
  ...all(json, "parameters", "policy_rule"),
  metadata: policyMetadata,
  "*.admin_password": ({ old, next }) => [old, next].includes("ignored-as-imported"),
  "*.public_key": ({ old, next }) => sshKey(old) === sshKey(next),
  ...all(fromPool, "address_prefixes", "address_space"),
  ...all(flowLogOff, "retention_policy.days", "retention_policy.enabled"),
  end_of_life_date: sameTime,
  license_type: defaultIs("None"),
  soft_delete_retention_days: ({ old }) => old === "0",
  curve: ({ old, next }) => old === "SECP256K1" && next === "P-256K",
  redis_version: ({ old, next }) => old.split(".")[0] === next,
  workload: ({ next }) => next === "",
  network_api_version: ({ proposed }) => nothingSet(attr(proposed, "sku_name")),
  // A disk that is there already has its type.
  "azurerm_linux_virtual_machine.os_disk.storage_account_type": ({ proposed }) =>
    !nothingSet(attr(proposed, "os_managed_disk_id")),
  rolling_upgrade_policy: ({ next, proposed, path }) =>
    path.length === 1 && next === "0" && String(attr(proposed, "upgrade_policy_mode")).toLowerCase() !== "rolling",
  "os_profile.custom_data": never,
};
