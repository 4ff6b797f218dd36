import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import type { Construct } from "constructs";
import { Network } from "../../constructs/azure/network";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { FleetStack } from "../fleet-stack";
import { azureProviderConfig } from "../providers";

/** The long-lived ground of a placement on Azure. */
export class AzureFoundationStack extends FleetStack {
  constructor(scope: Construct, id: string, environment: Environment, placement: PlacementOn<"azure">) {
    super(scope, id, environment);
    new AzurermProvider(this, "azurerm", azureProviderConfig(placement));
    new Network(this, "network", { environment, placement });
  }
}
