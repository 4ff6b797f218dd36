import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { Network } from "../../constructs/aws/network";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { FleetStack } from "../fleet-stack";
import { awsProviderConfig } from "../providers";

/** The long-lived ground of a placement on AWS. */
export class AwsFoundationStack extends FleetStack {
  constructor(scope: Construct, id: string, environment: Environment, placement: PlacementOn<"aws">) {
    super(scope, id, environment);
    new AwsProvider(this, "aws", awsProviderConfig(environment, placement));
    new Network(this, "network", { environment, placement });
  }
}
