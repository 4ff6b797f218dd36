import { describeSlots } from "../support/slot-story";

const group = (slot: string, actions: string, [template, asg, policy]: readonly string[]) =>
  [
    `aws_autoscaling_group.${slot}_group[0] ${actions}${asg}`,
    `aws_autoscaling_policy.${slot}_scaling[0] ${actions}${policy}`,
    `aws_launch_template.${slot}_template[0] ${actions}${template}`,
  ] as const;
const NO_CAUSE = ["", "", ""];

describe.each(["blueGreen", "canary"] as const)("%s", (strategy) => {
  describeSlots("aws", {
    strategy,
    weights: strategy === "canary" ? [5, 25, 50] : [],
    fill: group("green", "create", NO_CAUSE),
    shift: ["aws_lb_listener_rule.traffic_routes update"],
    bumpBlue: group("blue", "create/delete", [" name_prefix", " name_prefix", " autoscaling_group_name"]),
    retireBlue: group("blue", "delete", NO_CAUSE),
  });
});
