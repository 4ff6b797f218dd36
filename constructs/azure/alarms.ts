/** When somebody must look at a service. Nothing here knows an image, a version or a group: a release changes no alarm. */
import { MonitorMetricAlert } from "@cdktf/provider-azurerm/lib/monitor-metric-alert";
import { MonitorScheduledQueryRulesAlertV2 } from "@cdktf/provider-azurerm/lib/monitor-scheduled-query-rules-alert-v2";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import { alarmChannelId } from "./alarm-channel";
import { workspaceId } from "./log-sink";
import type { NetworkProps } from "./network";

/** Share of answered probes below which somebody looks, in percent: machines that boot or leave miss some for a while. */
const ANSWERED_PERCENT = 90;

export interface AlarmsProps extends NetworkProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly resourceGroupName: string;
  readonly balancerId: string;
}

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { name, service, resourceGroupName, balancerId, placement } = props;
    const channel = alarmChannelId(props);
    new MonitorMetricAlert(this, "unhealthy", {
      name: `${name}-unhealthy`,
      description: "Machines behind the traffic entry do not answer their health check.",
      resourceGroupName,
      scopes: [balancerId],
      severity: 2,
      frequency: "PT1M",
      windowSize: "PT15M",
      criteria: [
        {
          metricNamespace: "Microsoft.Network/loadBalancers",
          metricName: "DipAvailability",
          aggregation: "Average",
          operator: "LessThan",
          threshold: ANSWERED_PERCENT,
        },
      ],
      action: [{ actionGroupId: channel }],
    });
    const query = (id: string, suffix: string, description: string, window: string, criteria: Criteria) =>
      new MonitorScheduledQueryRulesAlertV2(this, id, {
        name: `${name}-${suffix}`,
        description,
        resourceGroupName,
        location: placement.location,
        scopes: [workspaceId(props)],
        severity: 1,
        evaluationFrequency: "PT5M",
        windowDuration: window,
        criteria: [criteria],
        autoMitigationEnabled: true,
        // The tables of a new workspace are there when the first records have come.
        skipQueryValidation: true,
        action: { actionGroups: [channel] },
      });
    query("few", "few-machines", "Fewer machines than capacity.min tell that they are alive.", "PT10M", {
      query: `Heartbeat | where _ResourceId contains "/resourcegroups/${resourceGroupName}/" | summarize machines = dcount(Computer)`,
      metricMeasureColumn: "machines",
      timeAggregationMethod: "Maximum",
      operator: "LessThan",
      threshold: service.capacity.min,
    });
    query("failed", "failed-rollout", "A group of machines could not be made, changed or deleted.", "PT15M", {
      query:
        `AzureActivity | where ResourceGroup =~ "${resourceGroupName}" and ActivityStatusValue == "Failure"` +
        ' and OperationNameValue has "Microsoft.Compute/virtualMachineScaleSets"',
      timeAggregationMethod: "Count",
      operator: "GreaterThan",
      threshold: 0,
    });
  }
}

interface Criteria {
  readonly query: string;
  readonly metricMeasureColumn?: string;
  readonly timeAggregationMethod: string;
  readonly operator: string;
  readonly threshold: number;
}
