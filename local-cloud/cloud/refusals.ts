/** What a cloud refuses when an object is made or changed, although the plan is fine: combinations of settings, as rows. */
import type { Obj } from "../protocol/values";
import { Look } from "../rules/look";

interface Refusal {
  readonly types: RegExp;
  readonly wrong: (look: Look, before: Look | undefined) => boolean;
  readonly says: string;
}

const SCALE_SET = /^azurerm_(linux|windows)_virtual_machine_scale_set$/;
/** Extensions that report the health of the application. */
const watched = (look: Look): boolean =>
  look.set("health_probe_id") || look.items("extension").some((one) => /^ApplicationHealth/.test(one.text("type")));
const rolls = (look: Look): boolean => look.is("upgrade_mode", "Automatic", "Rolling");

const REFUSALS: readonly Refusal[] = [
  {
    types: SCALE_SET,
    wrong: (look) => look.is("upgrade_mode", "Manual", "") && look.set("rolling_upgrade_policy"),
    says: "a `rolling_upgrade_policy` block cannot be specified when `upgrade_mode` is set to `Manual`",
  },
  {
    types: SCALE_SET,
    wrong: (look) => rolls(look) && look.unset("rolling_upgrade_policy"),
    says: "a `rolling_upgrade_policy` block must be specified when `upgrade_mode` is set to `Automatic` or `Rolling`",
  },
  {
    types: SCALE_SET,
    wrong: (look) => rolls(look) && !watched(look),
    says: "`health_probe_id` or a health extension must be specified when `upgrade_mode` is set to `Automatic` or `Rolling`",
  },
  {
    types: SCALE_SET,
    wrong: (look) => look.is("automatic_instance_repair.enabled", "true") && !watched(look),
    says: "`automatic_instance_repair` can only be enabled with a `health_probe_id` or a health extension",
  },
  {
    types: SCALE_SET,
    wrong: (look) => look.set("eviction_policy") && !look.is("priority", "Spot"),
    says: "an `eviction_policy` can only be specified when `priority` is set to `Spot`",
  },
  {
    types: SCALE_SET,
    wrong: (look) => look.is("zone_balance", "true") && look.unset("zones"),
    says: "`zone_balance` can only be set to `true` when zones are specified",
  },
  {
    types: /^azurerm_linux_virtual_machine_scale_set$/,
    wrong: (look) => look.is("disable_password_authentication", "true") && look.unset("admin_ssh_key"),
    says: "at least one `admin_ssh_key` must be specified when `disable_password_authentication` is set to `true`",
  },
  {
    types: /^azurerm_lb$/,
    wrong: (look) => look.is("sku_tier", "Global") && !look.is("sku", "Standard"),
    says: "global load balancing is only supported for Standard SKU load balancers",
  },
  {
    types: /^azurerm_managed_disk$/,
    wrong: (look, before) => Number(look.text("disk_size_gb")) < Number(before?.text("disk_size_gb") ?? 0),
    says: "new disk_size_gb value must be greater than the old one",
  },
  {
    types: /^azurerm_key_vault$/,
    wrong: (look, before) =>
      !!before &&
      (look.text("soft_delete_retention_days") !== before.text("soft_delete_retention_days") ||
        (before.is("purge_protection_enabled", "true") && !look.is("purge_protection_enabled", "true"))),
    says: "`soft_delete_retention_days` cannot be changed, and purge protection cannot be disabled once it is enabled",
  },
  {
    types: /^aws_autoscaling_group$/,
    wrong: (look) => Number(look.text("min_size")) > Number(look.text("max_size")),
    says: "api error ValidationError: min size must be less than or equal to max size",
  },
];

/** Why the cloud refuses an object; undefined when it does not. */
export function refusedCombination(type: string, attributes: Obj, prior?: Obj): string | undefined {
  const look = new Look(attributes);
  const before = prior && new Look(prior);
  return REFUSALS.find(({ types, wrong }) => types.test(type) && wrong(look, before))?.says;
}
