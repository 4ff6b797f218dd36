/** Everything that decides what an AWS machine and its group are, except the image. Pure: the constructs spread it. */
import type { AutoscalingGroupConfig } from "@cdktf/provider-aws/lib/autoscaling-group";
import type { LaunchTemplateConfig } from "@cdktf/provider-aws/lib/launch-template";
import { bootBase64, costLabels, gateMinutes, healthContract, machineType, networkShape } from "../contract/machine";
import type { PlacementOn, Service } from "../contract/spec";
import { drainSec } from "../contract/times";

const DAY_SEC = 86_400;

export function launch(service: Service, placement: PlacementOn<"aws">) {
  const { aws, diskGb } = service.machine;
  const template = {
    instanceType: machineType("aws", service),
    userData: bootBase64("aws", service),
    // The default version never moves: groups name the version that they boot.
    updateDefaultVersion: false,
    blockDeviceMappings: [
      {
        deviceName: aws.rootDevice,
        ebs: {
          encrypted: "true",
          kmsKeyId: aws.kmsKeyId,
          volumeSize: diskGb,
          volumeType: "gp3",
          deleteOnTermination: "true",
        },
      },
    ],
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: aws.metadataHopLimit,
      httpProtocolIpv6: "disabled",
      instanceMetadataTags: "enabled",
    },
    monitoring: { enabled: aws.detailedMonitoring },
  } satisfies LaunchTemplateConfig;
  const group = {
    healthCheckType: "ELB",
    healthCheckGracePeriod: service.health.bootSec,
    defaultInstanceWarmup: service.health.healthyThreshold * service.health.intervalSec,
    // A zone without room for a machine does not end the deployment: Auto Scaling tries the others, until the time is over.
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html#AutoScalingBehavior.InstanceUsage
    ignoreFailedScalingActivities: true,
    waitForCapacityTimeout: `${gateMinutes(service)}m`,
    maxInstanceLifetime: aws.maxAgeDays * DAY_SEC,
    // A recycled or unhealthy machine gets its successor first.
    instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
    forceDelete: false,
    timeouts: { delete: `${15 + Math.ceil(drainSec("aws", service) / 60)}m` },
  } satisfies Partial<AutoscalingGroupConfig>;
  return {
    template,
    // The provider's default tags do not reach what Auto Scaling makes.
    tags: costLabels(service),
    group,
    health: healthContract(service),
    network: networkShape(placement),
    // Another exposure is another target group. A running machine could join it, but would be taken out of the old one at once.
    exposure: service.traffic.exposure,
  };
}
