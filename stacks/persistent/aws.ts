import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { Database } from "../../constructs/aws/database";
import { FileShare } from "../../constructs/aws/file-share";
import { ExistingNetwork } from "../../constructs/aws/network";
import { ObjectStore } from "../../constructs/aws/object-store";
import { ExistingZone } from "../../constructs/aws/zone";
import type { Persistent } from "../../constructs/contract/ground-spec";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { FleetStack } from "../fleet-stack";
import { awsProviderConfig } from "../providers";

/** What keeps data in a placement on AWS: no release touches it. */
export class AwsPersistentStack extends FleetStack {
  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    placement: PlacementOn<"aws">,
    persistent: Persistent,
  ) {
    super(scope, id, { environment, plane: "persistent", isProtected: persistent.protected });
    new AwsProvider(this, "aws", awsProviderConfig(environment, placement));
    const { database, objects, files, protected: isProtected } = persistent;
    const place = { environment, placement, isProtected };
    if (objects) new ObjectStore(this, "objects", { ...place, objects });
    if (!database && !files) return;
    const network = new ExistingNetwork(this, "network", { environment, placement });
    const { zoneId } = new ExistingZone(this, "zone", { environment, vpcId: network.vpcId });
    if (database) new Database(this, "database", { ...place, database, network, zoneId });
    if (files) new FileShare(this, "files", { ...place, network, zoneId });
  }
}
