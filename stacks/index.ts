/** All stacks of a fleet: per placement a foundation and what keeps data, and a stack per service and placement. */
import { App, type TerraformStack } from "cdktf";
import { everyPart, type Persistent } from "../constructs/contract/ground-spec";
import { foundationStackName, persistentStackName, placementsOf, serviceStackName } from "../constructs/contract/names";
import type { Environment, Fleet, Placement, Service } from "../constructs/contract/spec";
import type { FleetStack } from "./fleet-stack";
import { AwsFoundationStack } from "./foundation/aws";
import { AzureFoundationStack } from "./foundation/azure";
import { GoogleFoundationStack } from "./foundation/google";
import { AwsPersistentStack } from "./persistent/aws";
import { AzurePersistentStack } from "./persistent/azure";
import { GooglePersistentStack } from "./persistent/google";
import { AwsServiceStack } from "./service/aws";
import { AzureServiceStack } from "./service/azure";
import { GoogleServiceStack } from "./service/google";

function foundationStack(app: App, environment: Environment, placement: Placement): TerraformStack {
  const name = foundationStackName(environment, placement);
  switch (placement.cloud) {
    case "aws":
      return new AwsFoundationStack(app, name, environment, placement);
    case "google":
      return new GoogleFoundationStack(app, name, environment, placement);
    case "azure":
      return new AzureFoundationStack(app, name, environment, placement);
  }
}

function persistentStack(app: App, environment: Environment, placement: Placement, persistent: Persistent): FleetStack {
  const name = persistentStackName(environment, placement);
  switch (placement.cloud) {
    case "aws":
      return new AwsPersistentStack(app, name, environment, placement, persistent);
    case "google":
      return new GooglePersistentStack(app, name, environment, placement, persistent);
    case "azure":
      return new AzurePersistentStack(app, name, environment, placement, persistent);
  }
}

function serviceStack(app: App, environment: Environment, service: Service, placement: Placement): TerraformStack {
  const name = serviceStackName(environment, service, placement);
  switch (placement.cloud) {
    case "aws":
      return new AwsServiceStack(app, name, environment, service, placement);
    case "google":
      return new GoogleServiceStack(app, name, environment, service, placement);
    case "azure":
      return new AzureServiceStack(app, name, environment, service, placement);
  }
}

/**
 * No dependency is declared between a service and its foundation: CDKTF would then refuse to deploy a service alone, and
 * a release never touches the foundation. Data sources say clearly when it is missing.
 */
export function buildStacks(app: App, { environments }: Fleet): void {
  for (const environment of environments) {
    for (const placement of environment.placements) {
      foundationStack(app, environment, placement);
      const { persistent } = placement;
      if (!persistent) continue;
      const stack = persistentStack(app, environment, placement, persistent);
      // Built aside, for what it would hold: a part that was taken out of the fleet is kept, unless protection is lifted.
      if (persistent.protected)
        stack.letGoOf(persistentStack(new App(), environment, placement, everyPart).addresses());
    }
    for (const service of environment.services)
      for (const placement of placementsOf(environment, service)) serviceStack(app, environment, service, placement);
  }
}
