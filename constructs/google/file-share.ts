/** The placement's share: Filestore over NFS 4.1, in all zones of the region, reached only from the machines' subnet. */
import { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { FilestoreInstance } from "@cdktf/provider-google/lib/filestore-instance";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { Persistent } from "../contract/ground-spec";
import { machinesCidr, names, networkId, type Place } from "./network";
import { addressOf } from "./zone";

/** The one port of NFS 4.1. */
export const NFS_PORT = 2049;

export interface FileShareProps extends Place {
  readonly files: NonNullable<Persistent["files"]>;
  /** Terraform and Google Cloud refuse to destroy it. */
  readonly isProtected: boolean;
}

export class FileShare extends Construct {
  constructor(scope: Construct, id: string, props: FileShareProps) {
    super(scope, id);
    const { placement, files, isProtected } = props;
    const share = new FilestoreInstance(this, "share", {
      name: `${names(props).network}-files`,
      location: placement.region,
      tier: "REGIONAL",
      protocol: "NFS_V4_1",
      fileShares: {
        name: "files",
        capacityGb: files.sizeGb,
        // Root owns a new share: with its rights taken away, nobody could ever write to it.
        nfsExportOptions: [{ ipRanges: [machinesCidr(props)], accessMode: "READ_WRITE", squashMode: "NO_ROOT_SQUASH" }],
      },
      networks: [
        {
          network: networkId(props),
          modes: ["MODE_IPV4"],
          connectMode: "PRIVATE_SERVICE_ACCESS",
          reservedIpRange: names(props).services,
        },
      ],
      ...(placement.encryptionKey ? { kmsKeyName: placement.encryptionKey } : {}),
      deletionProtectionEnabled: isProtected,
      lifecycle: { preventDestroy: isProtected },
    });
    const address = Fn.element(share.networks.get(0).ipAddresses, 0) as string;
    new DnsRecordSet(this, "name", addressOf("files", props, address));
  }
}
