import type { Json } from "./lab";

export const PROVIDER = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "6.25.0" } } },
  provider: { aws: { region: "us-east-1" } },
};
const CBD = { create_before_destroy: true };

/** A release variable, a launch template and a group that are keyed by it, and whatever a test adds or changes. */
export function machines(change: (resource: Record<string, Record<string, Json>>) => void = () => undefined): Json {
  const resource: Record<string, Record<string, Json>> = {
    aws_launch_template: {
      live_template: {
        name_prefix: "web-${var.release.image_id}-${var.release.epoch}-",
        image_id: "${var.release.image_id}",
        instance_type: "t3.small",
        lifecycle: CBD,
      },
    },
    aws_autoscaling_group: {
      live_group: {
        name_prefix: "web-${var.release.image_id}-${var.release.epoch}-",
        availability_zones: ["us-east-1a"],
        desired_capacity: 2,
        min_size: 2,
        max_size: 4,
        launch_template: {
          id: "${aws_launch_template.live_template.id}",
          version: "${aws_launch_template.live_template.latest_version}",
        },
        lifecycle: CBD,
      },
    },
    aws_autoscaling_policy: {
      live_scaling: {
        name: "cpu",
        policy_type: "TargetTrackingScaling",
        autoscaling_group_name: "${aws_autoscaling_group.live_group.name}",
        target_tracking_configuration: {
          predefined_metric_specification: { predefined_metric_type: "ASGAverageCPUUtilization" },
          target_value: 60,
        },
        lifecycle: CBD,
      },
    },
  };
  change(resource);
  return {
    ...PROVIDER,
    "//": { metadata: { stackName: "prod-web-aws-us-east-1" } },
    variable: { release: { type: 'object({ version = string, image_id = string, epoch = optional(string, "") })' } },
    resource,
  };
}

export const release = (image_id: string, version: string, epoch = "") => ({ release: { version, image_id, epoch } });
