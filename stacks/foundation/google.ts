import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import type { Construct } from "constructs";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { AlarmChannel } from "../../constructs/google/alarm-channel";
import { LogSink } from "../../constructs/google/log-sink";
import { Network } from "../../constructs/google/network";
import { Zone } from "../../constructs/google/zone";
import { FleetStack } from "../fleet-stack";
import { googleProviderConfig } from "../providers";

/** The long-lived ground of a placement on Google Cloud. */
export class GoogleFoundationStack extends FleetStack {
  constructor(scope: Construct, id: string, environment: Environment, placement: PlacementOn<"google">) {
    super(scope, id, { environment, plane: "foundation" });
    new GoogleProvider(this, "google", googleProviderConfig(environment, placement));
    const place = { environment, placement };
    const network = new Network(this, "network", place);
    const zone = new Zone(this, "zone", { ...place, networkId: network.id });
    new LogSink(this, "logs", place);
    new AlarmChannel(this, "alarms", place);
    // A foundation under services is not destroyed, nor is any part of it.
    this.goesFirst(zone.usedByServices);
  }
}
