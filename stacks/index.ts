/** All stacks of a fleet: per placement a foundation, per service and placement a service stack that follows it. */
import type { App, TerraformStack } from "cdktf";
import { foundationStackName, placementsOf, serviceStackName } from "../constructs/contract/names";
import type { Environment, Fleet, Placement, Service } from "../constructs/contract/spec";
import { AwsFoundationStack } from "./foundation/aws";
import { AzureFoundationStack } from "./foundation/azure";
import { GoogleFoundationStack } from "./foundation/google";
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

export function buildStacks(app: App, fleet: Fleet): void {
  for (const environment of fleet.environments) {
    const foundations = new Map(
      environment.placements.map((placement) => [placement, foundationStack(app, environment, placement)]),
    );
    for (const service of environment.services)
      for (const placement of placementsOf(environment, service)) {
        const foundation = foundations.get(placement);
        const stack = serviceStack(app, environment, service, placement);
        // The service reads the foundation with data sources; only the order of deployment needs to be said.
        if (foundation) stack.addDependency(foundation);
      }
  }
}
