/** Who hears of alarms in a placement. */
import { MonitorActionGroup } from "@cdktf/provider-azurerm/lib/monitor-action-group";
import { Construct } from "constructs";
import { foundationId, type NetworkProps } from "./network";

const channelName = ({ environment }: NetworkProps): string => `${environment.name}-alarms`;

export const alarmChannelId = (props: NetworkProps): string =>
  foundationId(props, "Microsoft.Insights/actionGroups", channelName(props));

export interface AlarmChannelProps extends NetworkProps {
  readonly resourceGroupName: string;
}

export class AlarmChannel extends Construct {
  constructor(scope: Construct, id: string, { resourceGroupName, ...props }: AlarmChannelProps) {
    super(scope, id);
    new MonitorActionGroup(this, "channel", {
      name: channelName(props),
      resourceGroupName,
      // At most 12 characters: it is shown in messages.
      shortName: props.environment.name,
      emailReceiver: props.placement.logs.alarmEmails.map((emailAddress) => ({
        name: emailAddress,
        emailAddress,
        useCommonAlertSchema: true,
      })),
    });
  }
}
