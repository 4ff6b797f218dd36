/**
 * The plan contract: for each step of a service's life, what a plan may do to which type. Tests hold every plan of the
 * project to it, and so does the demo.
 */
import {
  changedAttributes,
  changes,
  forcedBy,
  isCreateBeforeDestroy,
  isReplacement,
  type Plan,
  type ResourceChange,
} from "./plan";
import type { Slot } from "./slots";
import type { Cloud } from "./spec";

/**
 * A step in a service's life. Strategy `replace`: a rollback and a new epoch are bumps. Two slots: `fill` an empty slot,
 * `bump` an idle one, `shift` the traffic (also to abort and to roll back), `scale` a slot's fewest machines and the
 * traffic together, where machines give the share; `retire` an idle slot. `configuration`: what machines read, and may use.
 */
export type Step =
  | "first"
  | "bump"
  | "launch"
  | "limits"
  | "configuration"
  | "fill"
  | "shift"
  | "scale"
  | "retire"
  | "none";

/** Attributes by type. */
type Attributes = Readonly<Record<string, readonly string[]>>;

interface CloudContract {
  /** The type that holds the machines: a bump that does not replace one is no bump. */
  readonly group: string;
  /** Compute plane, replaced in every bump: attributes that may force it. */
  readonly compute: Attributes;
  /** Traffic plane, updated in every bump: attributes that may change. */
  readonly pointers: Attributes;
  /** Types named after the health contract, replaced when port or health check change. */
  readonly entry: readonly string[];
  /** Attributes that may change when those are replaced. */
  readonly entryPointers: Attributes;
  /** Where two slots share the traffic: attributes that a shift changes. */
  readonly weights: Attributes;
  /** Attributes that hold capacity limits. */
  readonly limits: Attributes;
  /** Settings, places of secrets, and rights to them: they come and go; attributes that may change in place. */
  readonly configuration: Attributes;
  /** Of types that stand for more than configuration, the names that are it, as a pattern. */
  readonly configurationNames: Readonly<Record<string, string>>;
  /** What a break-glass release opens for people, by its name: it is no part of any step to open it, and of every step to close it. */
  readonly wayIn: readonly string[];
}

/** Names of what a break-glass release opens: aws_iam_role_policy.live_break_glass_session. */
export const WAY_IN_NAME = "_break_glass_";

export const CONTRACTS: Readonly<Record<Cloud, CloudContract>> = {
  aws: {
    group: "aws_autoscaling_group",
    compute: {
      aws_launch_template: ["name_prefix"],
      aws_autoscaling_group: ["name_prefix"],
      aws_autoscaling_policy: ["autoscaling_group_name"],
      aws_autoscaling_schedule: ["autoscaling_group_name"],
    },
    pointers: {},
    entry: [
      "aws_lb_target_group",
      "aws_security_group",
      "aws_vpc_security_group_ingress_rule",
      "aws_vpc_security_group_egress_rule",
    ],
    entryPointers: {
      aws_lb_listener_rule: ["action"],
      aws_cloudwatch_metric_alarm: ["dimensions", "metric_query", "evaluation_periods"],
    },
    weights: { aws_lb_listener_rule: ["action"] },
    limits: {
      aws_autoscaling_group: ["max_size", "min_size"],
      aws_autoscaling_policy: ["target_tracking_configuration"],
      aws_cloudwatch_metric_alarm: ["threshold"],
    },
    configuration: {
      aws_ssm_parameter: ["value", "insecure_value", "version"],
      aws_secretsmanager_secret: [],
      aws_efs_access_point: [],
      aws_iam_role_policy: ["policy"],
      aws_vpc_security_group_egress_rule: [],
    },
    configurationNames: { aws_vpc_security_group_egress_rule: "[.]firewall_(database|files)_out$" },
    wayIn: ["aws_iam_role_policy"],
  },
  google: {
    group: "google_compute_region_instance_group_manager",
    compute: {
      google_compute_region_instance_template: ["name", "disk", "effective_labels"],
      google_compute_region_instance_group_manager: ["name", "base_instance_name"],
      google_compute_region_autoscaler: ["name"],
      terraform_data: ["triggers_replace"],
    },
    pointers: { google_compute_region_backend_service: ["backend"] },
    entry: ["google_compute_health_check", "google_compute_region_health_check", "google_compute_firewall"],
    entryPointers: {
      google_compute_region_backend_service: ["backend", "health_checks", "connection_draining_timeout_sec"],
    },
    weights: { google_compute_region_url_map: ["default_route_action", "default_service"] },
    // The alarm on too few machines goes with the limit that it watches.
    limits: {
      google_compute_region_autoscaler: ["autoscaling_policy"],
      google_monitoring_alert_policy: ["conditions"],
    },
    configuration: {
      google_compute_project_metadata_item: ["value"],
      google_secret_manager_secret: [],
      google_secret_manager_secret_iam_member: [],
      google_project_iam_member: [],
      google_storage_bucket_iam_member: [],
      google_sql_user: [],
      google_compute_firewall: [],
    },
    configurationNames: { google_compute_firewall: "[.]access_(database|files)_out$" },
    wayIn: ["google_compute_firewall"],
  },
  azure: {
    group: "azurerm_linux_virtual_machine_scale_set",
    compute: {
      azurerm_linux_virtual_machine_scale_set: ["name"],
      azurerm_monitor_autoscale_setting: ["name", "target_resource_id"],
      azurerm_monitor_data_collection_rule_association: ["target_resource_id"],
    },
    pointers: {},
    entry: ["azurerm_lb_probe", "azurerm_network_security_group", "azurerm_network_security_rule"],
    entryPointers: { azurerm_lb_rule: ["probe_id", "backend_port"] },
    weights: { azurerm_lb_rule: ["backend_address_pool_ids"] },
    limits: {
      azurerm_monitor_autoscale_setting: ["profile"],
      azurerm_monitor_scheduled_query_rules_alert_v2: ["criteria"],
    },
    configuration: {
      azurerm_key_vault_secret: ["value", "version", "versionless_id"],
      azurerm_role_assignment: [],
      azurerm_network_security_rule: [],
      // The vault of secrets, which comes with the first.
      azurerm_key_vault: [],
      azurerm_monitor_diagnostic_setting: [],
      azurerm_private_endpoint: [],
    },
    configurationNames: {
      azurerm_network_security_rule: "[.]firewall_(database|files)_out$",
      azurerm_key_vault: "[.]configuration_secrets_",
      azurerm_monitor_diagnostic_setting: "[.]configuration_secrets_",
      azurerm_private_endpoint: "[.]configuration_secrets_",
    },
    wayIn: [],
  },
};

export interface Violation {
  readonly address: string;
  readonly reason: string;
}

/** What a step allows, read from the cloud's contract. */
interface Allowed {
  /** Types that may be created; "any" for all. */
  readonly create: readonly string[] | "any";
  /** Types that may be deleted for good. */
  readonly remove: readonly string[];
  /** Types that may be replaced, with the attributes that may force it; null for any. */
  readonly replace: Readonly<Record<string, readonly string[] | null>>;
  readonly update: Attributes;
  /** Of some types only those whose address fits a pattern. */
  readonly names: Readonly<Record<string, string>>;
  readonly mustReplaceGroup: boolean;
}

const NOTHING: Allowed = { create: [], remove: [], replace: {}, update: {}, names: {}, mustReplaceGroup: false };
const anyCause = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, null]));

const STEPS: Readonly<Record<Step, (contract: CloudContract) => Allowed>> = {
  first: () => ({ ...NOTHING, create: "any" }),
  bump: ({ compute, pointers }) => ({ ...NOTHING, replace: compute, update: pointers, mustReplaceGroup: true }),
  launch: ({ compute, pointers, entry, entryPointers }) => ({
    ...NOTHING,
    replace: anyCause([...Object.keys(compute), ...entry]),
    update: { ...pointers, ...entryPointers },
    mustReplaceGroup: true,
  }),
  limits: ({ limits }) => ({ ...NOTHING, update: limits }),
  configuration: ({ configuration, configurationNames }) => ({
    ...NOTHING,
    names: configurationNames,
    create: Object.keys(configuration),
    remove: Object.keys(configuration),
    replace: anyCause(Object.keys(configuration)),
    update: configuration,
  }),
  fill: ({ compute, pointers }) => ({ ...NOTHING, create: Object.keys(compute), update: pointers }),
  shift: ({ weights }) => ({ ...NOTHING, update: weights }),
  scale: ({ limits, weights }) => ({ ...NOTHING, update: { ...limits, ...weights } }),
  retire: ({ compute, pointers }) => ({ ...NOTHING, remove: Object.keys(compute), update: pointers }),
  none: () => NOTHING,
};

/** Steps that belong to one slot: whatever they do, they do there. */
const OF_ONE_SLOT: readonly Step[] = ["fill", "bump", "retire"];

/**
 * Where a plan breaks the contract of a step; empty when it holds. Objects that a failed rollout left behind, and a way in
 * for people, may always go.
 *
 * @param slot the slot that the step is about, where a service has two: nothing of the other slot may change
 */
export function violations(cloud: Cloud, step: Step, plan: Plan, slot?: Slot): readonly Violation[] {
  const contract = CONTRACTS[cloud];
  const allowed = STEPS[step](contract);
  const present = changes(plan).filter(
    (change) => change.deposed === undefined && !closesWayIn(contract.wayIn, change),
  );
  const found = present.flatMap((change) => {
    const reason =
      fault(change, allowed, step) ?? (slot && OF_ONE_SLOT.includes(step) ? outside(change, slot) : undefined);
    return reason === undefined ? [] : [{ address: change.address, reason }];
  });
  if (allowed.mustReplaceGroup && !present.some((change) => change.type === contract.group && isReplacement(change)))
    return [...found, { address: contract.group, reason: "no group is replaced, so no machine would run the release" }];
  return found;
}

const closesWayIn = (types: readonly string[], { type, address, change }: ResourceChange): boolean =>
  change.actions.join() === "delete" && types.includes(type) && new RegExp(WAY_IN_NAME).test(address);

/** Names of a slot's resources say so: aws_autoscaling_group.blue_group[0], google_….traffic_blue_backend. */
const outside = ({ address }: ResourceChange, slot: Slot): string | undefined =>
  new RegExp(`[._]${slot}_`).test(address)
    ? undefined
    : `does not belong to slot ${slot}, which is all that this step may touch`;

function fault(change: ResourceChange, allowed: Allowed, step: Step): string | undefined {
  const { type, address } = change;
  const { actions } = change.change;
  if (!new RegExp(allowed.names[type] ?? "").test(address))
    return `action ${actions.join(", then ")}, which ${NAMES[step]} must not do to it`;
  if (isReplacement(change)) {
    const causes = allowed.replace[type];
    if (causes === undefined) return `is replaced, which ${NAMES[step]} must not do to it`;
    if (!isCreateBeforeDestroy(change)) return "is destroyed before its successor exists";
    return causes === null ? undefined : excess("is replaced because of", forcedBy(change), causes);
  }
  if (actions.includes("create") && (allowed.create === "any" || allowed.create.includes(type))) return undefined;
  if (actions.includes("delete") && allowed.remove.includes(type)) return undefined;
  const attributes = actions.includes("update") ? allowed.update[type] : undefined;
  if (attributes === undefined) return `action ${actions.join(", then ")}, which ${NAMES[step]} must not do to it`;
  return excess("is updated in", changedAttributes(change), attributes);
}

const excess = (what: string, found: readonly string[], allowed: readonly string[]): string | undefined => {
  const others = found.filter((name) => !allowed.includes(name));
  return others.length === 0 ? undefined : `${what} ${others.join(", ")}; allowed: ${allowed.join(", ")}`;
};

const NAMES: Readonly<Record<Step, string>> = {
  first: "a first deployment",
  bump: "an image bump",
  launch: "a change of the machines",
  limits: "a change of capacity limits",
  configuration: "a change of settings and rights",
  fill: "filling an empty slot",
  shift: "a shift of traffic",
  scale: "a change of a slot's size and traffic",
  retire: "retiring an idle slot",
  none: "an unchanged fleet",
};
