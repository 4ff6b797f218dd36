/** Why machines are replaced: traced from what Terraform names to what somebody changed. */
import { sameMeaning } from "../constructs/contract/meaning";
import type { Change } from "./facts";
import type { Planes } from "./planes";
import { kindOf } from "./read/attributes";
import { isReplaced, type Slot } from "./subject";
import { ownIn } from "../constructs/contract/own";

/** Paths that differ in every bump: names, the image, the version in labels, and what points at the group. */
const MOVES: Readonly<Record<string, RegExp>> = {
  aws_launch_template:
    /^(name|name_prefix|image_id|tag_specifications\.\d+\.tags\.(version|Name|fleet-group)|tags(_all)?\.version)$/,
  aws_autoscaling_group: /^(name|name_prefix|tag\..*|launch_template\..*|desired_capacity|min_elb_capacity)$/,
  aws_autoscaling_policy: /^autoscaling_group_name$/,
  aws_autoscaling_schedule: /^(autoscaling_group_name|start_time|end_time)$/,
  google_compute_instance_template: /^(name|disk\.0\.source_image|(effective_|terraform_)?labels\.version)$/,
  google_compute_instance_group_manager:
    /^(name|base_instance_name|version\..*|target_size|update_policy\.0\.replacement_method)$/,
  google_compute_autoscaler: /^(name|target)$/,
  terraform_data: /^(triggers_replace|input|output)(\..*)?$/,
  azurerm_linux_virtual_machine_scale_set: /^(name|source_image_id|instances|tags\.version)$/,
  azurerm_monitor_autoscale_setting:
    /^(name|target_resource_id|profile\.\d+\.rule\.\d+\.metric_trigger\.\d+\.metric_resource_id)$/,
};

/** Changed paths of a machine that an image bump does not explain. */
export const launchChanges = ({ type, changed }: Change): string[] => {
  const moves = ownIn(MOVES, kindOf(type));
  return moves === undefined ? [] : changed.filter((path) => !moves.test(path));
};

/** Attributes that force a replacement, and are not those that the key is part of. */
export const extraCauses = ({ compute }: Planes, change: Change): string[] =>
  change.forcedBy.filter((name) => !ownIn(compute, kindOf(change.type))?.includes(name));

export type Cause =
  | "image"
  | "image and launch settings"
  | "launch settings"
  | "epoch"
  | "failed rollout"
  | "request"
  | "unknown value"
  | "new";

/** What made a slot's machines change; undefined where they stay. */
export function causeOf({ group, template, members, planes }: Slot): Cause | undefined {
  const changed = members.filter((member) => isReplaced(member));
  if (group?.actions.join() === "create") return "new";
  if (changed.length === 0) return undefined;
  if (changed.some(({ reason }) => reason === "replace_by_request")) return "request";
  const launch = changed.some((change) => launchChanges(change).length + extraCauses(planes, change).length > 0);
  const image = template && isReplaced(template) ? movedImage(template) : false;
  if (image === undefined) return "unknown value";
  if (image) return launch ? "image and launch settings" : "image";
  if (launch) return "launch settings";
  return changed.some(({ reason }) => reason === "replace_because_tainted") ? "failed rollout" : "epoch";
}

/** Whether the image differs; undefined where the plan does not know or does not say. */
function movedImage({ before, after }: Change): boolean | undefined {
  if (before.image === undefined || after.image === undefined) return undefined;
  return !sameMeaning(before.image, after.image);
}
