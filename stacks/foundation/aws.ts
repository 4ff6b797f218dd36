import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { AlarmChannel } from "../../constructs/aws/alarm-channel";
import { LogSink } from "../../constructs/aws/log-sink";
import { Network } from "../../constructs/aws/network";
import { Zone } from "../../constructs/aws/zone";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { FleetStack } from "../fleet-stack";
import { awsProviderConfig } from "../providers";

/** The long-lived ground of a placement on AWS. */
export class AwsFoundationStack extends FleetStack {
  constructor(scope: Construct, id: string, environment: Environment, placement: PlacementOn<"aws">) {
    super(scope, id, { environment, plane: "foundation" });
    new AwsProvider(this, "aws", awsProviderConfig(environment, placement));
    const { vpcId } = new Network(this, "network", { environment, placement });
    const zone = new Zone(this, "zone", { environment, vpcId });
    new LogSink(this, "logs", { environment, placement });
    new AlarmChannel(this, "alarms", { environment, placement });
    // A foundation under services is not destroyed, nor is any part of it.
    this.goesFirst(zone.usedByServices);
  }
}
