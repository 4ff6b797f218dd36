/** Sets whose elements a provider compares by something else than all their attributes. */

export interface HashRule {
  /** Only these attributes of the element count. */
  readonly attributes?: readonly string[];
  /** The form in which a value is compared. */
  readonly form?: (value: string) => string;
}

/** The part of a Google link from `projects/` on; other texts as they are. */
export const relativeLink = (link: string): string => /projects\/.*/.exec(link)?.[0] ?? link;
/** As a hash, a text that is no link counts as empty: all of them are the same element. */
const linkHash = (link: string): string => /projects\/.*/.exec(link)?.[0] ?? "";
const lastSegment = (link: string): string => link.slice(link.lastIndexOf("/") + 1);
const lower = (value: string): string => value.toLowerCase();

/** By schema path; the path is the same for every type that has it. */
const RULES: Record<string, HashRule> = {
  "backend.group": { form: relativeLink },
  health_checks: { form: linkHash },
  target_pools: { form: linkHash },
  "lifecycle_rule.condition.with_state": { form: (state) => (/^(LIVE|ARCHIVED)$/.test(state) ? state : "") },
  distribution_policy_zones: { form: lastSegment },
  nat_ips: { form: lastSegment },
  ebs_block_device: { attributes: ["device_name", "snapshot_id"] },
  "network_acls.virtual_network_subnet_ids": { form: lower },
};

/** The rule for a set, or for an attribute inside one. */
export const hashRule = (schemaPath: string): HashRule | undefined => RULES[schemaPath];
