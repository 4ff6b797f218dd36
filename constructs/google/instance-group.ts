/**
 * An image-keyed group: regional template and managed group that live as long as one image. Google has no name prefix,
 * so the key is part of every exact name.
 *
 * The gate: `wait_for_instances` waits until the autohealing check has seen every machine healthy, and works only with
 * an explicit `target_size`; without one the group passes empty
 * (https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs/resources/compute_region_instance_group_manager#target_size).
 */
import { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import { ComputeRegionAutoscaler } from "@cdktf/provider-google/lib/compute-region-autoscaler";
import { ComputeRegionInstanceGroupManager } from "@cdktf/provider-google/lib/compute-region-instance-group-manager";
import { ComputeRegionInstanceTemplate } from "@cdktf/provider-google/lib/compute-region-instance-template";
import { Token, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { keyedName } from "../contract/names";
import { ReleaseVariable } from "../contract/release-variable";
import type { Slot } from "../contract/slots";
import type { PlacementOn, Service } from "../contract/spec";
import { drainSec, repairChecks } from "../contract/times";
import { BreakGlass } from "./break-glass";
import { hold } from "./hold";
import type { launch } from "./launch";
import type { LiveSize } from "./live-size";

export interface InstanceGroupProps {
  /** `<environment>-<service>-<region>`: health checks for autohealing are global. */
  readonly name: string;
  readonly service: Service;
  readonly slot: Slot;
  readonly placement: PlacementOn<"google">;
  readonly launch: ReturnType<typeof launch>;
  readonly networkLink: string;
  readonly subnetLink: string;
  readonly serviceAccount: string;
  readonly liveSize: LiveSize;
  /** What must exist before the first machine can be healthy. */
  readonly after: ITerraformDependable[];
}

const lifecycle = { createBeforeDestroy: true };

export class InstanceGroup extends Construct {
  readonly group: ComputeRegionInstanceGroupManager;
  private readonly props: InstanceGroupProps;
  private readonly slotRelease: ReleaseVariable;

  constructor(scope: Construct, id: string, props: InstanceGroupProps) {
    super(scope, id);
    this.props = props;
    const { service, slot, launch, placement } = props;
    const release = new ReleaseVariable(this, "release", { cloud: "google", service, slot, launch });
    const { count } = release;
    const { health } = service;
    const repair = repairChecks("google", service);
    const { rule } = new BreakGlass(this, "break_glass", {
      name: props.name,
      slot,
      release,
      networkLink: props.networkLink,
      machines: props.serviceAccount,
    });
    const check = new ComputeHealthCheck(this, "health", {
      name: keyedName("google_compute_health_check", props.name, { slot, ...launch.health, repair }),
      checkIntervalSec: repair.intervalSec,
      timeoutSec: Math.min(5, repair.intervalSec),
      healthyThreshold: health.healthyThreshold,
      unhealthyThreshold: repair.failures,
      httpHealthCheck: { port: service.port, requestPath: health.path },
      lifecycle,
    });
    const template = new ComputeRegionInstanceTemplate(this, "template", {
      ...launch.template,
      count,
      name: release.name,
      region: placement.region,
      labels: { service: service.name, version: release.versionLabel },
      disk: [{ ...launch.disk, sourceImage: release.imageId }],
      // No access_config: no public address.
      networkInterface: [{ subnetwork: props.subnetLink }],
      serviceAccount: { email: props.serviceAccount, scopes: launch.scopes },
      lifecycle,
    });
    this.group = new ComputeRegionInstanceGroupManager(this, "group", {
      ...launch.group,
      count,
      name: release.name,
      baseInstanceName: release.name,
      targetSize: props.liveSize.atLeast(release.capacity),
      version: [{ instanceTemplate: release.attribute(template, "id") }],
      autoHealingPolicies: { healthCheck: check.id, initialDelaySec: launch.initialDelaySec },
      dependsOn: [...props.after, rule],
      // The autoscaler owns the size from then on.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["target_size"], precondition: release.precondition },
    });
    this.slotRelease = release;
  }

  /** Name of everything that lives as long as this group, known at plan. */
  get name(): string {
    return this.slotRelease.name;
  }

  /**
   * What may only follow once the entry points at this group: its autoscaler, which would shrink an idle group, and, in
   * the slot that always serves, the drain gate, which keeps what served before from being destroyed while it still finishes
   * requests. A group in one of two slots has no traffic when it goes.
   *
   * @param entry what has just been pointed at this group
   * @param path ids of all that leads to this group
   */
  completeAfter(entry: ITerraformDependable, path: readonly string[]): void {
    const { service, slot, placement, liveSize } = this.props;
    const { max, cpuTargetPercent } = service.capacity;
    const { name, count, capacity } = this.slotRelease;
    const group = this.slotRelease.attribute(this.group, "id");
    new ComputeRegionAutoscaler(this, "scaling", {
      count,
      name,
      region: placement.region,
      target: group,
      autoscalingPolicy: {
        minReplicas: Token.asNumber(`\${${capacity}}`),
        maxReplicas: max,
        cooldownPeriod: Math.min(service.health.bootSec, 600),
        cpuUtilization: { target: cpuTargetPercent / 100 },
        scaleInControl: { maxScaledInReplicas: { percent: 10 }, timeWindowSec: 600 },
      },
      dependsOn: [entry],
      lifecycle,
    });
    if (slot === "live")
      hold(this, "drain", {
        variable: "FLEET_DRAIN_SEC",
        seconds: liveSize.ifSomethingRuns(drainSec("google", service)),
        each: [group, ...path],
        after: entry,
      });
  }
}
