/**
 * Objects of a placement: one container in an account of its own. What is overwritten or deleted can be had back, one object
 * or the whole container as it was at a point in time.
 */
import { StorageAccount, type StorageAccountConfig } from "@cdktf/provider-azurerm/lib/storage-account";
import { StorageContainer } from "@cdktf/provider-azurerm/lib/storage-container";
import { StorageManagementPolicy } from "@cdktf/provider-azurerm/lib/storage-management-policy";
import { Construct } from "constructs";
import type { Persistent } from "../contract/ground-spec";
import { ownKey } from "./identity";
import { layerGroup, worldwideName, type ExistingNetwork, type NetworkProps } from "./network";
import { PrivateAddress } from "./zone";

const CONTAINER = "objects";

/** An account that nobody reaches from outside, and nobody enters with a name or a link that can be passed on. */
export const CLOSED_ACCOUNT = {
  minTlsVersion: "TLS1_2",
  httpsTrafficOnlyEnabled: true,
  publicNetworkAccessEnabled: false,
  networkRules: { defaultAction: "Deny", bypass: ["AzureServices"] },
  allowNestedItemsToBePublic: false,
  crossTenantReplicationEnabled: false,
  localUserEnabled: false,
  sharedAccessKeyEnabled: false,
  defaultToOauthAuthentication: true,
} satisfies Partial<StorageAccountConfig>;

/** A closed account that keeps data: encrypted with the placement's key, where it has one. */
export function dataAccount(props: NetworkProps) {
  const key = ownKey(props);
  if (!key) return CLOSED_ACCOUNT;
  const { keyVaultKeyId, user, identity } = key;
  return { ...CLOSED_ACCOUNT, identity, customerManagedKey: { keyVaultKeyId, userAssignedIdentityId: user } };
}

const accountName = (props: NetworkProps): string => worldwideName("objects", props);

/** Where machines find the objects. */
export const objectsUrl = (props: NetworkProps): string =>
  `https://${accountName(props)}.blob.core.windows.net/${CONTAINER}`;

/** What a right to the objects, and to nothing else, is given on. */
export const objectsId = (props: NetworkProps): string =>
  `/subscriptions/${props.placement.subscription}/resourceGroups/${layerGroup("persistent", props)}` +
  `/providers/Microsoft.Storage/storageAccounts/${accountName(props)}/blobServices/default/containers/${CONTAINER}`;

export interface ObjectStoreProps extends NetworkProps {
  readonly objects: NonNullable<Persistent["objects"]>;
  readonly isProtected: boolean;
  readonly resourceGroupName: string;
  readonly network: ExistingNetwork;
}

export class ObjectStore extends Construct {
  constructor(scope: Construct, id: string, props: ObjectStoreProps) {
    super(scope, id);
    const { objects, isProtected, resourceGroupName, network, placement } = props;
    const { keepDays: days } = objects;
    const lifecycle = { preventDestroy: isProtected };
    const account = new StorageAccount(this, "account", {
      ...dataAccount(props),
      name: accountName(props),
      resourceGroupName,
      location: placement.location,
      accountKind: "StorageV2",
      accountTier: "Standard",
      // In three zones, and in no other region: a copy elsewhere decides where data may be.
      accountReplicationType: "ZRS",
      blobProperties: {
        versioningEnabled: true,
        changeFeedEnabled: true,
        changeFeedRetentionInDays: days,
        deleteRetentionPolicy: { days },
        containerDeleteRetentionPolicy: { days },
        // It must reach back less far than what is deleted is kept.
        restorePolicy: { days: days - 1 },
      },
      lifecycle,
    });
    new StorageContainer(this, "container", {
      name: CONTAINER,
      storageAccountId: account.id,
      containerAccessType: "private",
      lifecycle,
    });
    // A version counts its days from when it was written. One that is deleted here is kept for as long again, so that
    // what was overwritten yesterday is not lost, however old it was.
    new StorageManagementPolicy(this, "upkeep", {
      storageAccountId: account.id,
      rule: [
        {
          name: "old-versions",
          enabled: true,
          filters: { blobTypes: ["blockBlob"] },
          actions: { version: { deleteAfterDaysSinceCreation: days } },
        },
      ],
    });
    new PrivateAddress(this, "private", {
      ...props,
      kind: "objects",
      name: "objects",
      subnetId: network.endpointsSubnetId,
      targetId: account.id,
    });
  }
}
