/**
 * An image-keyed group: a uniform scale set and its autoscale setting that live as long as one image.
 *
 * Keyed by exact names: the image id alone would be changed in place, machine by machine, without a health check. The
 * autoscale setting is keyed too, because its target cannot change. The association with the log sink stands inside the scale
 * set and keeps its name.
 */
import { LinuxVirtualMachineScaleSet } from "@cdktf/provider-azurerm/lib/linux-virtual-machine-scale-set";
import { MonitorAutoscaleSetting } from "@cdktf/provider-azurerm/lib/monitor-autoscale-setting";
import { MonitorDataCollectionRuleAssociation } from "@cdktf/provider-azurerm/lib/monitor-data-collection-rule-association";
import { Fn, Token, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { ReleaseVariable } from "../contract/release-variable";
import type { Slot } from "../contract/slots";
import type { PlacementOn, Service } from "../contract/spec";
import type { launch } from "./launch";
import type { LiveSize } from "./live-size";

export interface InstanceGroupProps {
  readonly service: Service;
  readonly slot: Slot;
  readonly placement: PlacementOn<"azure">;
  readonly launch: ReturnType<typeof launch>;
  readonly resourceGroupName: string;
  readonly subnetId: string;
  readonly securityGroupId: string;
  readonly identityId: string;
  readonly poolIds: string[];
  /** The rule by which machines write to the log sink. */
  readonly recordsRuleId: string;
  readonly liveSize: LiveSize;
  /** What must exist before the first machine can be healthy. */
  readonly after: ITerraformDependable[];
}

export class InstanceGroup extends Construct {
  readonly group: LinuxVirtualMachineScaleSet;

  constructor(scope: Construct, id: string, props: InstanceGroupProps) {
    super(scope, id);
    const { service, slot, launch, resourceGroupName, placement } = props;
    const release = new ReleaseVariable(this, "release", { cloud: "azure", service, slot, launch });
    const { location } = placement;
    const { max, cpuTargetPercent } = service.capacity;
    // Spelled out, so that it is known before the set exists: a set that somebody deleted comes back, and what names it stays.
    const setId = `/subscriptions/${placement.subscription}/resourceGroups/${resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/${release.name}`;
    const fewest = Token.asNumber(`\${${release.capacity}}`);
    props.liveSize.checkName(release.name, slot);
    this.group = new LinuxVirtualMachineScaleSet(this, "group", {
      ...launch.set,
      extension: [...launch.set.extension, { ...launch.agent, settings: agentSettings(props.identityId) }],
      count: release.count,
      name: release.name,
      resourceGroupName,
      location,
      instances: props.liveSize.atLeast(release.capacity, slot),
      sourceImageId: release.imageId,
      networkInterface: [
        {
          name: "nic",
          primary: true,
          networkSecurityGroupId: props.securityGroupId,
          ipConfiguration: [
            { name: "ip", primary: true, subnetId: props.subnetId, loadBalancerBackendAddressPoolIds: props.poolIds },
          ],
        },
      ],
      identity: { type: "UserAssigned", identityIds: [props.identityId] },
      tags: { ...launch.tags, version: release.version },
      dependsOn: props.after,
      // The autoscale setting owns the size from then on.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["instances"], precondition: release.precondition },
    });
    new MonitorDataCollectionRuleAssociation(this, "records", {
      count: release.count,
      name: "records",
      targetResourceId: setId,
      dataCollectionRuleId: props.recordsRuleId,
      dependsOn: [this.group],
      lifecycle: { createBeforeDestroy: true },
    });
    const rule = (direction: "Increase" | "Decrease", operator: string, threshold: number) => ({
      metricTrigger: {
        metricName: "Percentage CPU",
        metricResourceId: setId,
        timeGrain: "PT1M",
        statistic: "Average",
        timeWindow: "PT5M",
        timeAggregation: "Average",
        operator,
        threshold,
      },
      scaleAction: { direction, type: "ChangeCount", value: 1, cooldown: "PT5M" },
    });
    new MonitorAutoscaleSetting(this, "scaling", {
      count: release.count,
      name: release.name,
      resourceGroupName,
      location,
      targetResourceId: setId,
      dependsOn: [this.group],
      profile: [
        {
          name: "cpu",
          capacity: { minimum: fewest, maximum: max, default: fewest },
          // Far apart, so that one machine less does not at once ask for one more.
          rule: [
            rule("Increase", "GreaterThan", cpuTargetPercent),
            rule("Decrease", "LessThan", Math.floor(cpuTargetPercent / 2)),
          ],
        },
      ],
      // Without it, the old group loses its scaling before the new one serves.
      lifecycle: { createBeforeDestroy: true },
    });
  }
}

/** Who the agent is: with an identity that was made by a user it must be told. */
const agentSettings = (identityId: string): string =>
  Fn.jsonencode({
    authentication: { managedIdentity: { "identifier-name": "mi_res_id", "identifier-value": identityId } },
  });
