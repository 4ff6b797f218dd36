/**
 * What people hear of: unhealthy machines, too few healthy ones, and machines that could not be started. Every alarm looks
 * at the entry or at names that all releases share, so a release changes none.
 */
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { slotsOf, type Slot } from "../contract/slots";
import type { Environment, PlacementOn, Service } from "../contract/spec";
import { alarmTopicArn } from "./alarm-channel";
import type { Traffic } from "./traffic";

export interface AlarmsProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
  readonly service: Service;
  readonly traffic: Traffic;
  readonly subnetIds: string[];
}

const PERIOD_SEC = 60;
const NAMESPACE = "AWS/ApplicationELB";
/** Time that too few machines may be healthy: long enough for a lost one to be replaced by one that boots quickly. */
const SHORTAGE_MINUTES = 5;

/** Whole minutes within which a machine that boots is either healthy or wrong. */
const patience = ({ health }: Service): number =>
  Math.ceil((health.bootSec + health.unhealthyThreshold * health.intervalSec) / PERIOD_SEC);

const suffix = (slot: Slot): string => (slot === "live" ? "" : `-${slot}`);

/** Beginnings of the names of a service's groups: `web-1…`, or `web-blue-…` where there are two slots. */
const groupPrefixes = (service: Service): string[] =>
  slotsOf(service).flatMap((slot) =>
    slot === "live" ? [..."0123456789"].map((digit) => `${service.name}-${digit}`) : [`${service.name}-${slot}-`],
  );

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { environment, service, traffic, subnetIds } = props;
    const name = `${environment.name}-${service.name}`;
    const topic = alarmTopicArn(props);
    const told = { alarmActions: [topic], okActions: [topic] };
    const slots = slotsOf(service).map((slot) => ({ slot, dimensions: traffic.dimensionsOf(slot) }));

    for (const { slot, dimensions } of slots)
      new CloudwatchMetricAlarm(this, `${slot}_unhealthy`, {
        ...told,
        alarmName: `${name}${suffix(slot)}-unhealthy`,
        alarmDescription: `Machines of ${name}${suffix(slot)} fail their health check for longer than a boot takes.`,
        namespace: NAMESPACE,
        metricName: "UnHealthyHostCount",
        dimensions,
        statistic: "Maximum",
        period: PERIOD_SEC,
        evaluationPeriods: patience(service),
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
      });

    // An idle slot has no machines and is no shortage, so the slots count together.
    new CloudwatchMetricAlarm(this, "too_few", {
      ...told,
      alarmName: `${name}-too-few`,
      alarmDescription: `${name} has fewer healthy machines than capacity.min.`,
      metricQuery: [
        {
          id: "healthy",
          label: "healthy machines",
          expression: slots.map(({ slot }) => `FILL(${slot}, 0)`).join(" + "),
          returnData: true,
        },
        ...slots.map(({ slot, dimensions }) => ({
          id: slot,
          metric: {
            namespace: NAMESPACE,
            metricName: "HealthyHostCount",
            dimensions,
            stat: "Minimum",
            period: PERIOD_SEC,
          },
        })),
      ],
      evaluationPeriods: SHORTAGE_MINUTES,
      comparisonOperator: "LessThanThreshold",
      threshold: service.capacity.min,
      treatMissingData: "breaching",
    });

    // Group names are the same in every environment of an account; the subnets say whose it is.
    const rule = new CloudwatchEventRule(this, "rollout", {
      name: `${name}-rollout`,
      description: `A machine of ${name} could not be started: a rollout or a replacement is stuck.`,
      eventPattern: JSON.stringify({
        source: ["aws.autoscaling"],
        "detail-type": ["EC2 Instance Launch Unsuccessful"],
        detail: {
          AutoScalingGroupName: groupPrefixes(service).map((prefix) => ({ prefix })),
          Details: { "Subnet ID": subnetIds },
        },
      }),
    });
    new CloudwatchEventTarget(this, "rollout_heard", { rule: rule.name, targetId: "alarms", arn: topic });
  }
}
