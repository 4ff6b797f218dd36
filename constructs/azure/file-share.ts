/**
 * Files of a placement: a share that machines mount over NFS at a private address. NFS asks for no identity: the network is
 * the right to it (https://learn.microsoft.com/azure/storage/files/files-nfs-protocol).
 */
import { StorageAccount } from "@cdktf/provider-azurerm/lib/storage-account";
import { StorageShare } from "@cdktf/provider-azurerm/lib/storage-share";
import { Construct } from "constructs";
import type { Persistent } from "../contract/ground-spec";
import { worldwideName, type ExistingNetwork, type NetworkProps } from "./network";
import { dataAccount } from "./object-store";
import { InternalName, PrivateAddress } from "./zone";

const SHARE = "files";
/** Time that a deleted share can be had back, in days. */
const KEPT_DAYS = 30;

const accountName = (props: NetworkProps): string => worldwideName("files", props);

/** What machines mount: the account's own name, which the certificate is for, and the path of the share. */
export const filesExport = (props: NetworkProps): string =>
  `${accountName(props)}.file.core.windows.net:/${accountName(props)}/${SHARE}`;

export interface FileShareProps extends NetworkProps {
  readonly files: NonNullable<Persistent["files"]>;
  readonly isProtected: boolean;
  readonly resourceGroupName: string;
  readonly network: ExistingNetwork;
}

export class FileShare extends Construct {
  constructor(scope: Construct, id: string, props: FileShareProps) {
    super(scope, id);
    const { files, isProtected, resourceGroupName, network, placement } = props;
    const lifecycle = { preventDestroy: isProtected };
    const account = new StorageAccount(this, "account", {
      ...dataAccount(props),
      name: accountName(props),
      resourceGroupName,
      location: placement.location,
      // NFS is there on this kind and tier only.
      accountKind: "FileStorage",
      accountTier: "Premium",
      accountReplicationType: "ZRS",
      // A premium account has this setting, and the provider reads it: left out, every plan would take it away
      // (https://github.com/hashicorp/terraform-provider-azurerm/blob/v4.55.0/internal/services/storage/storage_account_resource.go).
      shareProperties: { retentionPolicy: { days: KEPT_DAYS }, smb: { multichannelEnabled: false } },
      lifecycle,
    });
    new StorageShare(this, "share", {
      name: SHARE,
      storageAccountId: account.id,
      enabledProtocol: "NFS",
      quota: files.sizeGb,
      lifecycle,
    });
    const { address } = new PrivateAddress(this, "private", {
      ...props,
      kind: "files",
      name: "files",
      subnetId: network.endpointsSubnetId,
      targetId: account.id,
    });
    new InternalName(this, "name", { ...props, name: "files", address });
  }
}
