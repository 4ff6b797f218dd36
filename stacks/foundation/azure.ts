import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { AlarmChannel } from "../../constructs/azure/alarm-channel";
import { Identity, encryptionIdentityName } from "../../constructs/azure/identity";
import { LogSink } from "../../constructs/azure/log-sink";
import { Network } from "../../constructs/azure/network";
import { Zone } from "../../constructs/azure/zone";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { FleetStack } from "../fleet-stack";
import { azureProviderConfig } from "../providers";

/** The long-lived ground of a placement on Azure. */
export class AzureFoundationStack extends FleetStack {
  constructor(scope: Construct, id: string, environment: Environment, placement: PlacementOn<"azure">) {
    super(scope, id, { environment, plane: "foundation" });
    new AzurermProvider(this, "azurerm", azureProviderConfig(placement));
    const place = { environment, placement };
    const network = new Network(this, "network", place);
    const { resourceGroupName } = network;
    const logs = new LogSink(this, "log_sink", { ...place, network });
    new AlarmChannel(this, "alarms", { ...place, resourceGroupName });
    new Zone(this, "zone", { ...place, network });
    const encryption = placement.encryptionKey
      ? new Identity(this, "encryption", {
          name: encryptionIdentityName(place),
          resourceGroupName,
          location: placement.location,
        })
      : undefined;
    // A foundation under services is not destroyed, nor is any part of it.
    this.goesFirst(logs.usedByServices);
    if (!encryption) return;
    new TerraformOutput(this, "encryption_identity", {
      value: encryption.principalId,
      description: "Principal that must have the role Key Vault Crypto Service Encryption User on the placement's key.",
    });
  }
}
