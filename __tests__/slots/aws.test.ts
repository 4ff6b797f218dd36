import { describeRollouts } from "../support/rollout-story";
import { describeSlots } from "../support/slot-story";

const group = (slot: string, actions: string, [template, asg, policy]: readonly string[]) =>
  [
    `aws_autoscaling_group.${slot}_group[0] ${actions}${asg}`,
    `aws_autoscaling_policy.${slot}_scaling[0] ${actions}${policy}`,
    `aws_launch_template.${slot}_template[0] ${actions}${template}`,
  ] as const;
const ROUTES = "aws_lb_listener_rule.traffic_routes update";
const NO_CAUSE = ["", "", ""];

describe.each(["blueGreen", "canary"] as const)("%s", (strategy) => {
  describeSlots("aws", {
    strategy,
    shares:
      strategy === "canary"
        ? [
            { weight: 5, plan: [ROUTES] },
            { weight: 25, capacity: 4, plan: ["aws_autoscaling_group.green_group[0] update", ROUTES] },
            { weight: 50, plan: [ROUTES] },
          ]
        : [],
    fill: group("green", "create", NO_CAUSE),
    shift: [ROUTES],
    bumpBlue: group("blue", "create/delete", [" name_prefix", " name_prefix", " autoscaling_group_name"]),
    retireBlue: group("blue", "delete", NO_CAUSE),
  });
});

describeRollouts("aws");
