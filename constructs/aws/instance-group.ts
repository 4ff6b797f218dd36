/**
 * An image-keyed group: launch template, Auto Scaling group and scaling policy that live as long as one image.
 *
 * Keyed by `name_prefix`, because a failed rollout leaves a tainted and a deposed group that still hold exact names.
 * The health gate counts machines that are healthy in the target group; it works only with the target group inline.
 */
import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingPolicy } from "@cdktf/provider-aws/lib/autoscaling-policy";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Token, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { ReleaseVariable } from "../contract/release-variable";
import type { Slot } from "../contract/slots";
import type { Service } from "../contract/spec";
import { BreakGlass } from "./break-glass";
import type { launch } from "./launch";
import { SLOT_TAG, slotTag, type LiveSize } from "./live-size";

/** Tag that names a machine's group: service, version and key. */
const GROUP_TAG = "fleet-group";

export interface InstanceGroupProps {
  readonly service: Service;
  readonly slot: Slot;
  readonly launch: ReturnType<typeof launch>;
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly profileArn: string;
  /** Role in that profile. */
  readonly roleName: string;
  readonly targetGroupArn: string;
  readonly liveSize: LiveSize;
  /** What must exist before the first machine can be healthy. */
  readonly after: ITerraformDependable[];
}

export class InstanceGroup extends Construct {
  readonly group: AutoscalingGroup;

  constructor(scope: Construct, id: string, props: InstanceGroupProps) {
    super(scope, id);
    const { service, slot, launch } = props;
    const release = new ReleaseVariable(this, "release", { cloud: "aws", service, slot, launch });
    const { max, cpuTargetPercent } = service.capacity;
    const tags = { Name: service.name, version: release.version, [SLOT_TAG]: slotTag(this, slot) };
    // The machine reads them from its metadata: what they name goes on each of its records.
    const machineTags = { ...launch.tags, ...tags, [GROUP_TAG]: release.name };
    const { count } = release;
    const { right } = new BreakGlass(this, "break_glass", { slot, release, roleName: props.roleName });
    const template = new LaunchTemplate(this, "template", {
      ...launch.template,
      count,
      namePrefix: `${release.name}-`,
      imageId: release.imageId,
      vpcSecurityGroupIds: [props.securityGroupId],
      iamInstanceProfile: { arn: props.profileArn },
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags: machineTags })),
      lifecycle: { createBeforeDestroy: true },
    });
    const size = props.liveSize.atLeast(release.capacity);
    this.group = new AutoscalingGroup(this, "group", {
      ...launch.group,
      count,
      namePrefix: `${release.name}-`,
      minSize: Token.asNumber(`\${${release.capacity}}`),
      maxSize: max,
      desiredCapacity: size,
      minElbCapacity: size,
      vpcZoneIdentifier: props.subnetIds,
      targetGroupArns: [props.targetGroupArn],
      launchTemplate: { id: release.attribute(template, "id"), version: release.attribute(template, "latest_version") },
      tag: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
      dependsOn: [...props.after, right],
      lifecycle: {
        createBeforeDestroy: true,
        ignoreChanges: ["desired_capacity", "min_elb_capacity"],
        precondition: release.precondition,
      },
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
}
