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
import type { Service } from "../contract/spec";
import type { launch } from "./launch";

export interface InstanceGroupProps {
  readonly service: Service;
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
    const { service, launch } = props;
    const release = new ReleaseVariable(this, "release", { cloud: "aws", service, launch });
    // Finds the slot's groups again, whichever image they boot.
    const slot = `${TerraformStack.of(this).node.id}/${id}`;
    const { min, max, cpuTargetPercent } = service.capacity;
    const tags = { Name: service.name, version: release.version, [SLOT_TAG]: slot };
    const template = new LaunchTemplate(this, "template", {
      ...launch.template,
      namePrefix: `${release.name}-`,
      imageId: release.imageId,
      vpcSecurityGroupIds: [props.securityGroupId],
      iamInstanceProfile: { arn: props.profileArn },
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
      lifecycle: { createBeforeDestroy: true },
    });
    const size = this.liveSize(slot, max, release.capacity);
    this.group = new AutoscalingGroup(this, "group", {
      ...launch.group,
      namePrefix: `${release.name}-`,
      minSize: min,
      maxSize: max,
      desiredCapacity: size,
      minElbCapacity: size,
      vpcZoneIdentifier: props.subnetIds,
      targetGroupArns: [props.targetGroupArn],
      launchTemplate: { id: template.id, version: Token.asString(template.latestVersion) },
      tag: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
      dependsOn: props.after,
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["desired_capacity", "min_elb_capacity"] },
    });
    new AutoscalingPolicy(this, "scaling", {
      name: "cpu",
      autoscalingGroupName: this.group.name,
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
   * Machines that a new group starts with: as many as the slot's present groups run. Terraform plans a replacement from
   * the configuration whatever `ignore_changes` says (https://github.com/hashicorp/terraform-provider-aws/issues/20110),
   * so the configuration itself reads the live size.
   */
  private liveSize(slot: string, max: number, floor: string): number {
    const groups = new DataAwsAutoscalingGroups(this, "groups", {
      filter: [{ name: `tag:${SLOT_TAG}`, values: [slot] }],
    });
    const each = TerraformIterator.fromList(groups.names);
    const running = new DataAwsAutoscalingGroup(this, "running", { forEach: each, name: each.value });
    const sizes = `[for group in data.${running.terraformResourceType}.${running.friendlyUniqueId} : group.desired_capacity]`;
    const size = new TerraformLocal(this, "size", `\${min(${max}, max(concat([${floor}], ${sizes})...))}`);
    return Token.asNumber(`\${local.${size.friendlyUniqueId}}`);
  }
}
