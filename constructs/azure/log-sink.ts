/**
 * Where records go and stay: a workspace for what machines write, for who did what in the subscription, and a store for the
 * flows of the network. Machines write through a rule that they are associated with; it lets them read nothing.
 */
import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import { MonitorDataCollectionRule } from "@cdktf/provider-azurerm/lib/monitor-data-collection-rule";
import { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting";
import { NetworkWatcherFlowLog } from "@cdktf/provider-azurerm/lib/network-watcher-flow-log";
import { StorageAccount } from "@cdktf/provider-azurerm/lib/storage-account";
import { Construct } from "constructs";
import { foundationId, worldwideName, type Network, type NetworkProps } from "./network";
import { CLOSED_ACCOUNT } from "./object-store";

const workspaceName = ({ environment, placement }: NetworkProps): string => `${environment.name}-${placement.location}`;
const ruleName = ({ environment }: NetworkProps): string => `${environment.name}-machines`;

export const workspaceId = (props: NetworkProps): string =>
  foundationId(props, "Microsoft.OperationalInsights/workspaces", workspaceName(props));

/** What a group of machines is associated with, to write records and metrics. */
export const recordsRuleId = (props: NetworkProps): string =>
  foundationId(props, "Microsoft.Insights/dataCollectionRules", ruleName(props));

/** Debug messages stay on the machine. */
const LOG_LEVELS = ["Info", "Notice", "Warning", "Error", "Critical", "Alert", "Emergency"];
const COUNTERS = [
  "Processor(*)\\% Processor Time",
  "Memory(*)\\% Used Memory",
  "Logical Disk(*)\\% Used Space",
  "Network(*)\\Total Bytes",
];
const EVERY_SEC = 60;
/** Flow logs keep no longer (https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview). */
const FLOW_DAYS_LIMIT = 365;

export interface LogSinkProps extends NetworkProps {
  readonly network: Network;
}

export class LogSink extends Construct {
  /**
   * The machines of each service are associated with it, and Azure deletes no such rule; a zone with names it does delete.
   * https://github.com/hashicorp/terraform-provider-azurerm/issues/24785
   */
  readonly usedByServices: MonitorDataCollectionRule;

  constructor(scope: Construct, id: string, props: LogSinkProps) {
    super(scope, id);
    const { placement, network } = props;
    const { location } = placement;
    const { resourceGroupName } = network;
    const place = { resourceGroupName, location };
    const { retentionDays } = placement.logs;
    const workspace = new LogAnalyticsWorkspace(this, "workspace", {
      ...place,
      name: workspaceName(props),
      sku: "PerGB2018",
      retentionInDays: retentionDays,
      // Who writes shows who it is; the workspace's keys open nothing.
      localAuthenticationEnabled: false,
    });
    const sink = "sink";
    this.usedByServices = new MonitorDataCollectionRule(this, "machines", {
      ...place,
      name: ruleName(props),
      kind: "Linux",
      destinations: { logAnalytics: [{ name: sink, workspaceResourceId: workspace.id }] },
      dataFlow: ["Microsoft-Syslog", "Microsoft-Perf"].map((stream) => ({ streams: [stream], destinations: [sink] })),
      dataSources: {
        syslog: [{ name: "records", facilityNames: ["*"], logLevels: LOG_LEVELS, streams: ["Microsoft-Syslog"] }],
        performanceCounter: [
          {
            name: "metrics",
            counterSpecifiers: COUNTERS,
            samplingFrequencyInSeconds: EVERY_SEC,
            streams: ["Microsoft-Perf"],
          },
        ],
      },
    });
    // Also tells of failed rollouts, and of whoever runs a command on a machine.
    new MonitorDiagnosticSetting(this, "activity", {
      name: workspaceName(props),
      targetResourceId: `/subscriptions/${placement.subscription}`,
      logAnalyticsWorkspaceId: workspace.id,
      enabledLog: [{ category: "Administrative" }],
    });
    const flows = new StorageAccount(this, "flow_store", {
      ...CLOSED_ACCOUNT,
      ...place,
      name: worldwideName("flows", props),
      accountTier: "Standard",
      accountReplicationType: "ZRS",
      // azurerm 4.55 has no way to give flow logs an identity: Network Watcher writes with the account's key. It opens nothing
      // from outside, where the account does not answer.
      sharedAccessKeyEnabled: true,
      blobProperties: { deleteRetentionPolicy: { days: 7 } },
      sasPolicy: { expirationPeriod: "00.01:00:00" },
    });
    new NetworkWatcherFlowLog(this, "flows", {
      name: workspaceName(props),
      // Azure makes it with the first network of a location, and allows no other.
      networkWatcherName: `NetworkWatcher_${location}`,
      resourceGroupName: "NetworkWatcherRG",
      location,
      targetResourceId: network.networkId,
      storageAccountId: flows.id,
      enabled: true,
      version: 2,
      retentionPolicy: { enabled: true, days: Math.min(retentionDays, FLOW_DAYS_LIMIT) },
    });
  }
}
