/** Everything that decides what a Google Cloud machine and its group are, except the image. Pure: the constructs spread it. */
import type { ComputeRegionInstanceGroupManagerConfig } from "@cdktf/provider-google/lib/compute-region-instance-group-manager";
import type { ComputeRegionInstanceTemplateConfig } from "@cdktf/provider-google/lib/compute-region-instance-template";
import { bootText, costLabels, gateMinutes, healthContract, machineType, networkShape } from "../contract/machine";
import type { PlacementOn, Service } from "../contract/spec";
import { drainSec } from "../contract/times";

/** Named port that the backend service looks for. */
export const PORT_NAME = "service";

export function launch(service: Service, placement: PlacementOn<"google">) {
  const { google, diskGb } = service.machine;
  const template = {
    machineType: machineType("google", service),
    canIpForward: false,
    metadata: {
      // Nobody logs in: no project-wide keys, no OS Login users, no serial console.
      "block-project-ssh-keys": "TRUE",
      "enable-oslogin": "TRUE",
      "serial-port-enable": "FALSE",
      "user-data": bootText("google", service),
    },
    shieldedInstanceConfig: {
      enableSecureBoot: google.secureBoot,
      enableVtpm: true,
      enableIntegrityMonitoring: true,
    },
    scheduling: { automaticRestart: true, onHostMaintenance: "MIGRATE" },
  } satisfies Partial<ComputeRegionInstanceTemplateConfig>;
  const disk = {
    boot: true,
    autoDelete: true,
    diskSizeGb: diskGb,
    diskType: google.diskType,
    // A disk has labels of its own, and is billed by them.
    labels: costLabels(service),
    ...(google.kmsKeyId ? { diskEncryptionKey: { kmsKeySelfLink: google.kmsKeyId } } : {}),
  };
  const group = {
    region: placement.region,
    distributionPolicyZones: placement.zones,
    waitForInstances: true,
    waitForInstancesStatus: "STABLE",
    namedPort: [{ name: PORT_NAME, port: service.port }],
    // An accidental change of the template rolls nothing: machines are replaced with their group or not at all.
    updatePolicy: {
      type: "OPPORTUNISTIC",
      minimalAction: "REPLACE",
      mostDisruptiveAllowedAction: "REPLACE",
      instanceRedistributionType: "NONE",
      maxSurgeFixed: placement.zones.length,
      maxUnavailableFixed: 0,
    },
    instanceLifecyclePolicy: { forceUpdateOnRepair: "NO", defaultActionOnFailure: "REPAIR" },
    timeouts: { create: `${gateMinutes(service)}m`, delete: `${20 + Math.ceil(drainSec("google", service) / 60)}m` },
  } satisfies Partial<ComputeRegionInstanceGroupManagerConfig>;
  return {
    template,
    disk,
    scopes: google.scopes,
    group,
    initialDelaySec: service.health.bootSec,
    health: healthContract(service),
    drainSec: service.traffic.drainSec,
    network: networkShape(placement),
  };
}
