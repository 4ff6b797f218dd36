import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import type { Construct } from "constructs";
import { Database } from "../../constructs/azure/database";
import { FileShare } from "../../constructs/azure/file-share";
import { keyIsThere } from "../../constructs/azure/identity";
import { ExistingNetwork, layerGroup } from "../../constructs/azure/network";
import { ObjectStore } from "../../constructs/azure/object-store";
import type { Persistent } from "../../constructs/contract/ground-spec";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { FleetStack } from "../fleet-stack";
import { azureProviderConfig } from "../providers";

/** What keeps data in a placement on Azure: no release touches it. */
export class AzurePersistentStack extends FleetStack {
  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    placement: PlacementOn<"azure">,
    persistent: Persistent,
  ) {
    super(scope, id, { environment, plane: "persistent", isProtected: persistent.protected });
    new AzurermProvider(this, "azurerm", azureProviderConfig(placement));
    const { location } = placement;
    const { database, objects, files, protected: isProtected } = persistent;
    const ground = { environment, placement };
    const network = new ExistingNetwork(this, "network", ground);
    const resourceGroupName = new ResourceGroup(this, "group", {
      name: layerGroup("persistent", ground),
      location,
      ...keyIsThere(this, ground),
    }).name;
    const place = { ...ground, isProtected, resourceGroupName, network };
    if (database) new Database(this, "database", { ...place, database });
    if (objects) new ObjectStore(this, "objects", { ...place, objects });
    if (files) new FileShare(this, "files", { ...place, files });
  }
}
