import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import type { Construct } from "constructs";
import type { Persistent } from "../../constructs/contract/ground-spec";
import type { Environment, PlacementOn } from "../../constructs/contract/spec";
import { Database } from "../../constructs/google/database";
import { FileShare } from "../../constructs/google/file-share";
import { ObjectStore } from "../../constructs/google/object-store";
import { FleetStack } from "../fleet-stack";
import { googleProviderConfig } from "../providers";

/** What keeps data in a placement on Google Cloud: no release touches it. */
export class GooglePersistentStack extends FleetStack {
  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    placement: PlacementOn<"google">,
    persistent: Persistent,
  ) {
    super(scope, id, { environment, plane: "persistent", isProtected: persistent.protected });
    new GoogleProvider(this, "google", googleProviderConfig(environment, placement));
    const { database, objects, files, protected: isProtected } = persistent;
    const guarded = { environment, placement, isProtected };
    if (database) new Database(this, "database", { ...guarded, database });
    if (objects) new ObjectStore(this, "objects", { ...guarded, objects });
    if (files) new FileShare(this, "files", { ...guarded, files });
  }
}
