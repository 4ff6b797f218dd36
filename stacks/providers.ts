/**
 * Provider settings. Default tags and labels must never say anything about a version or an image: each change of one is
 * an update of everything long-lived.
 */
import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import type { AzurermProviderConfig } from "@cdktf/provider-azurerm/lib/provider";
import type { GoogleProviderConfig } from "@cdktf/provider-google/lib/provider";
import type { Environment, PlacementOn, Service } from "../constructs/contract/spec";

const labels = (environment: Environment, service?: Service) => ({
  "managed-by": "immutable-fleet",
  environment: environment.name,
  ...(service ? { service: service.name } : {}),
});

export const awsProviderConfig = (
  environment: Environment,
  { region, account }: PlacementOn<"aws">,
  service?: Service,
): AwsProviderConfig => ({
  region,
  allowedAccountIds: [account],
  defaultTags: [{ tags: labels(environment, service) }],
});

export const googleProviderConfig = (
  environment: Environment,
  { project, region }: PlacementOn<"google">,
  service?: Service,
): GoogleProviderConfig => ({
  project,
  region,
  defaultLabels: labels(environment, service),
  addTerraformAttributionLabel: false,
});

export const azureProviderConfig = ({ subscription }: PlacementOn<"azure">): AzurermProviderConfig => ({
  subscriptionId: subscription,
  features: [
    {
      // Accounts answer inside the network only: what Terraform does with them, it does by the resource manager.
      storage: [{ dataPlaneAvailable: false }],
      virtualMachineScaleSet: [
        {
          // Were a model ever changed in place, running machines would still not be touched.
          rollInstancesWhenRequired: false,
          reimageOnManualUpgrade: false,
          // Machines get their termination notice. The default is true without this block and false within it.
          scaleToZeroBeforeDeletion: true,
        },
      ],
    },
  ],
});
