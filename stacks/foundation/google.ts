import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import type { Construct } from "constructs";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { Network } from "../../constructs/google/network";
import { FleetStack } from "../fleet-stack";
import { googleProviderConfig } from "../providers";

/** The long-lived ground of a placement on Google Cloud. */
export class GoogleFoundationStack extends FleetStack {
  constructor(scope: Construct, id: string, environment: Environment, placement: PlacementOn<"google">) {
    super(scope, id, environment);
    new GoogleProvider(this, "google", googleProviderConfig(environment, placement));
    new Network(this, "network", { environment, placement });
  }
}
