/** Sets whose elements a provider compares by something else than all their attributes. */
import type { HashRule } from "../engine/sets";
import { normaliseJson } from "./json";

/** The part of a Google link from `projects/` on; other texts as they are. */
export const relativeLink = (link: string): string => /projects\/.*/.exec(link)?.[0] ?? link;
/** As a hash, a text that is no link counts as empty: all of them are the same element. */
const linkHash = (link: string): string => /projects\/.*/.exec(link)?.[0] ?? "";
const lastSegment = (link: string): string => link.slice(link.lastIndexOf("/") + 1);
/** A public key without what a heredoc leaves around it. */
export const sshKey = (key: string): string => key.replace(/<<[-~]?EOT|EOT|\r|\n/g, "").trim();
const lower = (value: string): string => value.toLowerCase();
const oneAddress = (range: string): string => range.replace(/\/32$/, "");

/** By schema path; the path is the same for every type that has it. */
const RULES: Record<string, HashRule> = {
  "backend.group": { form: relativeLink },
  health_checks: { form: linkHash },
  target_pools: { form: linkHash },
  "private_visibility_config.networks.network_url": { form: linkHash },
  "lifecycle_rule.condition.with_state": { form: (state) => (/^(LIVE|ARCHIVED)$/.test(state) ? state : "") },
  "lifecycle_rule.action": { attributes: ["type", "storage_class"] },
  distribution_policy_zones: { form: lastSegment },
  "allow.protocol": { form: lower },
  "allow.ports": { unordered: true },
  "deny.protocol": { form: lower },
  "deny.ports": { unordered: true },
  nat_ips: { form: lastSegment },
  initial_nat_ips: { form: lastSegment },
  subnetwork: { attributes: ["name", "source_ip_ranges_to_nat", "secondary_ip_range_names"] },
  "subnetwork.name": { form: lastSegment },
  "rules.action.source_nat_active_ips": { form: lastSegment },
  "rules.action.source_nat_drain_ips": { form: lastSegment },
  "rules.action.source_nat_active_ranges": { form: lastSegment },
  "rules.action.source_nat_drain_ranges": { form: lastSegment },
  ebs_block_device: { attributes: ["device_name", "snapshot_id"] },
  "admin_ssh_key.public_key": { form: sshKey },
  "extension.settings": { form: normaliseJson },
  "extension.protected_settings": { form: normaliseJson },
  enabled_log: { attributes: ["category", "category_group"] },
  metric: { attributes: ["category", "enabled"] },
  "network_acls.ip_rules": { form: oneAddress },
  "network_acls.virtual_network_subnet_ids": { form: lower },
  // An inline subnet of a virtual network; the other sets of this name have no blocks.
  subnet: { attributes: ["name", "security_group"] },
};

/** The rule for a set, or for an attribute inside one. */
export const hashRule = (schemaPath: string): HashRule | undefined => RULES[schemaPath];
