/**
 * What somebody must hear of: machines that were replaced because they did not answer, too few machines, and machines or
 * groups that Google could not make. They look for names of the service's form, so that no release changes them.
 */
import {
  MonitoringAlertPolicy,
  type MonitoringAlertPolicyConfig,
} from "@cdktf/provider-google/lib/monitoring-alert-policy";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import type { Place } from "./network";

export interface AlarmsProps extends Place {
  /** `<environment>-<service>-<region>`. */
  readonly name: string;
  readonly service: Service;
  /** Who hears. */
  readonly channels: readonly string[];
}

export class Alarms extends Construct {
  private readonly props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.props = props;
    const { service, placement } = props;
    // <service>[-<slot>]-<version>-<key>, and for a machine four more characters.
    const named = `${service.name}(-blue|-green)?-[0-9]+-[0-9]+-[0-9]+-[0-9a-f]{8}`;
    // https://cloud.google.com/compute/docs/instance-groups/about-repair
    this.onRecord("unhealthy", "machines replaced because they did not answer", [
      'log_id("cloudaudit.googleapis.com/system_event")',
      'protoPayload.methodName=~"^compute[.]instances[.]repair[.]"',
      `protoPayload.resourceName=~"/zones/${placement.region}-[a-z]/instances/${named}-[a-z0-9]{4}$"`,
    ]);
    this.onRecord("rollout", "machines or groups that could not be made", [
      'log_id("cloudaudit.googleapis.com/activity")',
      "severity>=ERROR",
      'protoPayload.methodName=~"(instances|regionInstanceGroupManagers)[.]insert$"',
      `protoPayload.resourceName=~"/${placement.region}(-[a-z])?/(instances|instanceGroupManagers)/${named}(-[a-z0-9]{4})?$"`,
    ]);
    this.tooFew();
  }

  private onRecord(id: string, what: string, filter: readonly string[]): void {
    this.policy(id, what, {
      conditions: [{ displayName: what, conditionMatchedLog: { filter: filter.join(" AND ") } }],
      alertStrategy: { notificationRateLimit: { period: "300s" }, autoClose: "1800s" },
    });
  }

  /** Counts machines that run: one that does not answer is replaced, and the first alarm says so. */
  private tooFew(): void {
    const { service, environment, placement } = this.props;
    const what = `fewer than ${service.capacity.min} machines`;
    this.policy("too_few", "too few machines", {
      conditions: [
        {
          displayName: what,
          conditionThreshold: {
            filter: [
              'resource.type = "gce_instance"',
              'metric.type = "compute.googleapis.com/instance/uptime_total"',
              `resource.labels.zone = starts_with("${placement.region}-")`,
              `metadata.user_labels.environment = "${environment.name}"`,
              `metadata.user_labels.service = "${service.name}"`,
            ].join(" AND "),
            aggregations: [
              { alignmentPeriod: "60s", perSeriesAligner: "ALIGN_MAX", crossSeriesReducer: "REDUCE_COUNT" },
            ],
            comparison: "COMPARISON_LT",
            thresholdValue: service.capacity.min,
            duration: "300s",
            // No machine at all is no measurement.
            evaluationMissingData: "EVALUATION_MISSING_DATA_ACTIVE",
            trigger: { count: 1 },
          },
        },
      ],
      alertStrategy: { autoClose: "1800s" },
    });
  }

  private policy(
    id: string,
    what: string,
    rest: Pick<MonitoringAlertPolicyConfig, "conditions" | "alertStrategy">,
  ): void {
    const { name, channels } = this.props;
    new MonitoringAlertPolicy(this, id, {
      displayName: `${name}: ${what}`,
      combiner: "OR",
      notificationChannels: [...channels],
      ...rest,
    });
  }
}
