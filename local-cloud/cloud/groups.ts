/** Machine groups: how large they are, what they run, and what a new one must prove before it counts as made. */
import type { ProviderSettings } from "../engine/request";
import { isObject, type Obj, type Value } from "../protocol/values";
import type { World } from "./world";
import { numbersAt, valuesAt } from "./graph";
import { refersTo } from "./links";
import type { CloudObject, Store } from "./store";

/** What one type of machine group is like. */
export interface GroupType {
  readonly cloud: "aws" | "google" | "azure";
  /** The attribute that an autoscaler changes. */
  readonly sizeAttribute: string;
  size(attributes: Obj): number;
  image(attributes: Obj, world: World): string;
  /** Why a new group does not pass its health gate; undefined when it does. */
  gate(object: CloudObject, store: Store, settings: ProviderSettings): string | undefined;
}

const number = (value: Value | undefined): number => (typeof value === "number" ? value : 0);

/** Whether a load balancer sends health checks to a target group: only when a listener or rule names it. */
function checked(store: Store, targetGroup: string): boolean {
  const users = [...store.ofType("aws_lb_listener"), ...store.ofType("aws_lb_listener_rule")];
  return users.some(({ attributes }) =>
    ["default_action", "action"].some((action) =>
      [
        ...valuesAt(attributes[action], ["target_group_arn"]),
        ...valuesAt(attributes[action], ["forward", "target_group", "arn"]),
      ].includes(targetGroup),
    ),
  );
}

const aws: GroupType = {
  cloud: "aws",
  sizeAttribute: "desired_capacity",
  size: (attributes) => Math.max(number(attributes.desired_capacity), number(attributes.min_size)),
  image(attributes, world) {
    const [id = ""] = valuesAt(attributes.launch_template, ["id"]);
    const [name = ""] = valuesAt(attributes.launch_template, ["name"]);
    const template = world.find("aws_launch_template", id) ?? world.find("aws_launch_template", name);
    return String(template?.attributes.image_id ?? "");
  },
  gate({ attributes, machines }, store) {
    const wanted = number(attributes.wait_for_elb_capacity) || number(attributes.min_elb_capacity);
    if (wanted === 0 || attributes.wait_for_capacity_timeout === "0") return undefined;
    const groups = valuesAt(attributes.target_group_arns, []);
    if (machines?.healthy && groups.every((group) => checked(store, group))) return undefined;
    return (
      `waiting for Auto Scaling Group (${String(attributes.name)}) capacity satisfied: timeout while waiting for state ` +
      `to become 'ok' (last state: 'want at least ${wanted} healthy instance(s) registered to Load Balancer, have 0', ` +
      `timeout: ${String(attributes.wait_for_capacity_timeout)})`
    );
  },
};

const google: GroupType = {
  cloud: "google",
  sizeAttribute: "target_size",
  size: (attributes) => number(attributes.target_size),
  image(attributes, world) {
    const [link = ""] = valuesAt(attributes.version, ["instance_template"]);
    const template =
      world.find("google_compute_region_instance_template", link) ??
      world.find("google_compute_instance_template", link);
    return valuesAt(template?.attributes.disk, ["source_image"])[0] ?? "";
  },
  gate({ attributes, machines }) {
    const health = Array.isArray(attributes.auto_healing_policies) && attributes.auto_healing_policies.length > 0;
    if (machines?.healthy || attributes.wait_for_instances !== true || !health) return undefined;
    const [timeout = "15m0s"] = valuesAt(attributes.timeouts, ["create"]);
    return `timeout while waiting for state to become 'created' (last state: 'creating', timeout: ${timeout})`;
  },
};

const azure: GroupType = {
  cloud: "azure",
  sizeAttribute: "instances",
  size: (attributes) => number(attributes.instances),
  image(attributes) {
    const reference = Array.isArray(attributes.source_image_reference) ? attributes.source_image_reference[0] : null;
    const words = isObject(reference ?? null) ? Object.values(reference as Obj) : [];
    return String(attributes.source_image_id || words.join("/"));
  },
  gate({ attributes, machines }, _store, settings) {
    const extensions = Array.isArray(attributes.extension) ? attributes.extension : [];
    if (machines?.healthy || (extensions.length === 0 && !attributes.health_probe_id)) return undefined;
    return (
      `creating Linux Virtual Machine Scale Set (Subscription: "${settings.subscription ?? ""}"\n` +
      `Resource Group Name: "${String(attributes.resource_group_name)}"\n` +
      `Virtual Machine Scale Set Name: "${String(attributes.name)}"): polling after CreateOrUpdate: polling failed: ` +
      "the machines did not report healthy"
    );
  },
};

interface Autoscaler {
  /** Attributes that name the group, and hold the fewest and the most machines. */
  readonly target: string;
  readonly fewest: readonly string[];
  readonly most: readonly string[];
}

const googleAutoscaler: Autoscaler = {
  target: "target",
  fewest: ["autoscaling_policy", "min_replicas"],
  most: ["autoscaling_policy", "max_replicas"],
};

/** Types that keep a group's size within limits; a group on AWS has its own. */
const AUTOSCALERS: Record<string, Autoscaler> = {
  google_compute_region_autoscaler: googleAutoscaler,
  google_compute_autoscaler: googleAutoscaler,
  azurerm_monitor_autoscale_setting: {
    target: "target_resource_id",
    fewest: ["profile", "capacity", "minimum"],
    most: ["profile", "capacity", "maximum"],
  },
};

/** Machines of a group: as many as it was given, within the limits of whatever scales it. */
export const sizeOf = (object: CloudObject, type: GroupType, store: Store): number =>
  scaledSize(object, type, store) ?? type.size(object.attributes);

/** The same where something scales the group; undefined where nothing does. */
export function scaledSize(group: CloudObject, type: GroupType, store: Store): number | undefined {
  const scalers = Object.entries(AUTOSCALERS).flatMap(([scaler, form]) =>
    store
      .ofType(scaler)
      .filter(({ attributes }) => refersTo(String(attributes[form.target]), group, attributes))
      .map((object) => [numbersAt(object.attributes, form.fewest), numbersAt(object.attributes, form.most)] as const),
  );
  if (scalers.length === 0) return undefined;
  return scalers.reduce(
    (size, [fewest, most]) => Math.min(Math.max(size, ...fewest), ...most),
    type.size(group.attributes),
  );
}

/** The types of machine groups. */
export const GROUPS: Record<string, GroupType> = {
  aws_autoscaling_group: aws,
  google_compute_region_instance_group_manager: google,
  google_compute_instance_group_manager: google,
  azurerm_linux_virtual_machine_scale_set: azure,
  azurerm_windows_virtual_machine_scale_set: azure,
  azurerm_orchestrated_virtual_machine_scale_set: azure,
};
