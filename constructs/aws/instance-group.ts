/**
 * An image-keyed group: launch template, Auto Scaling group and scaling policy that live as long as one image.
 *
 * Keyed by `name_prefix`, because a failed rollout leaves a tainted and a deposed group that still hold exact names.
 * The health gate counts machines that are healthy in the target group; it works only with the target group inline.
 */
import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingPolicy } from "@cdktf/provider-aws/lib/autoscaling-policy";
import { DataAwsAutoscalingGroup } from "@cdktf/provider-aws/lib/data-aws-autoscaling-group";
import { DataAwsAutoscalingGroups } from "@cdktf/provider-aws/lib/data-aws-autoscaling-groups";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { TerraformIterator, TerraformLocal, TerraformStack, Token, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { ReleaseVariable } from "../contract/release-variable";
import { slotsOf, type Slot } from "../contract/slots";
import type { Service } from "../contract/spec";
import type { launch } from "./launch";

export interface InstanceGroupProps {
  readonly service: Service;
  readonly slot: Slot;
  readonly launch: ReturnType<typeof launch>;
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly profileArn: string;
  readonly targetGroupArn: string;
  /** What must exist before the first machine can be healthy. */
  readonly after: ITerraformDependable[];
}

const SLOT_TAG = "fleet-slot";

export class InstanceGroup extends Construct {
  readonly group: AutoscalingGroup;

  constructor(scope: Construct, id: string, props: InstanceGroupProps) {
    super(scope, id);
    const { service, slot, launch } = props;
    const release = new ReleaseVariable(this, "release", { cloud: "aws", service, slot, launch });
    const stack = TerraformStack.of(this).node.id;
    const { min, max, cpuTargetPercent } = service.capacity;
    const tags = { Name: service.name, version: release.version, [SLOT_TAG]: `${stack}/${slot}` };
    const { count } = release;
    const template = new LaunchTemplate(this, "template", {
      ...launch.template,
      count,
      namePrefix: `${release.name}-`,
      imageId: release.imageId,
      vpcSecurityGroupIds: [props.securityGroupId],
      iamInstanceProfile: { arn: props.profileArn },
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
      lifecycle: { createBeforeDestroy: true },
    });
    const size = this.liveSize(
      slotsOf(service).map((each) => `${stack}/${each}`),
      max,
      release.capacity,
    );
    this.group = new AutoscalingGroup(this, "group", {
      ...launch.group,
      count,
      namePrefix: `${release.name}-`,
      minSize: min,
      maxSize: max,
      desiredCapacity: size,
      minElbCapacity: size,
      vpcZoneIdentifier: props.subnetIds,
      targetGroupArns: [props.targetGroupArn],
      launchTemplate: { id: release.attribute(template, "id"), version: release.attribute(template, "latest_version") },
      tag: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
      dependsOn: props.after,
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["desired_capacity", "min_elb_capacity"] },
    });
    new AutoscalingPolicy(this, "scaling", {
      count,
      name: "cpu",
      autoscalingGroupName: release.attribute(this.group, "name"),
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: cpuTargetPercent,
      },
      // Without it, the old group loses its policy before the new one serves.
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /**
   * Machines that a new group starts with: as many as the largest of the service's present groups runs. Terraform plans a replacement from
   * the configuration whatever `ignore_changes` says (https://github.com/hashicorp/terraform-provider-aws/issues/20110),
   * so the configuration itself reads the live size.
   */
  private liveSize(slots: string[], max: number, floor: string): number {
    const groups = new DataAwsAutoscalingGroups(this, "groups", {
      filter: [{ name: `tag:${SLOT_TAG}`, values: slots }],
    });
    const each = TerraformIterator.fromList(groups.names);
    const running = new DataAwsAutoscalingGroup(this, "running", { forEach: each, name: each.value });
    const sizes = `[for group in data.${running.terraformResourceType}.${running.friendlyUniqueId} : group.desired_capacity]`;
    const size = new TerraformLocal(this, "size", `\${min(${max}, max(concat([${floor}], ${sizes})...))}`);
    return Token.asNumber(`\${local.${size.friendlyUniqueId}}`);
  }
}
