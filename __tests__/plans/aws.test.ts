import { describeLife } from "../support/story";

describeLife("aws", {
  bump: [
    "aws_autoscaling_group.live_group create/delete name_prefix",
    "aws_autoscaling_policy.live_scaling create/delete autoscaling_group_name",
    "aws_launch_template.live_template create/delete name_prefix",
  ],
  imageCauses: [],
  limits: [
    "aws_autoscaling_group.live_group update",
    "aws_autoscaling_policy.live_scaling update",
    "aws_cloudwatch_metric_alarm.alarms_too_few update",
  ],
  gateError: /waiting for Auto Scaling Group/i,
  retryError: /waiting for Auto Scaling Group/i,
  afterFailure: [
    "aws_autoscaling_group.live_group create/delete",
    "aws_autoscaling_group.live_group delete deposed",
    "aws_autoscaling_policy.live_scaling create/delete autoscaling_group_name",
    "aws_launch_template.live_template delete deposed",
  ],
  leavesOrphan: false,
  backNeedsEpoch: false,
});
