/** Files: an NFS share with an address in every zone, encrypted at rest and on the way, backed up every day. */
import { DataAwsEfsFileSystem } from "@cdktf/provider-aws/lib/data-aws-efs-file-system";
import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point";
import { EfsBackupPolicy } from "@cdktf/provider-aws/lib/efs-backup-policy";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { Environment, PlacementOn, Service } from "../contract/spec";
import { policy } from "./identity";
import type { ExistingNetwork } from "./network";
import { RECORD_TTL_SEC, zoneName } from "./zone";

export interface FileShareProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
  readonly network: ExistingNetwork;
  readonly zoneId: string;
  readonly isProtected: boolean;
}

/** Port of NFS. */
export const FILES_PORT = 2049;

/** Name by which a share is found again. */
const shareToken = (environment: Environment): string => `${environment.name}-files`;

export class FileShare extends Construct {
  constructor(scope: Construct, id: string, props: FileShareProps) {
    super(scope, id);
    const { environment, placement, network, zoneId, isProtected } = props;
    const name = shareToken(environment);
    // It grows by itself, so the size in the spec says nothing here.
    const share = new EfsFileSystem(this, "share", {
      creationToken: name,
      encrypted: true,
      kmsKeyId: placement.encryptionKey,
      throughputMode: "elastic",
      tags: { Name: name },
      lifecycle: { preventDestroy: isProtected },
    });
    // Whoever is not granted it by a policy of IAM cannot mount: with a policy of its own, the share is not open any more.
    new EfsFileSystemPolicy(this, "tls", {
      fileSystemId: share.id,
      policy: policy({
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "*",
        Resource: share.arn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    });
    new EfsBackupPolicy(this, "backup", { fileSystemId: share.id, backupPolicy: { status: "ENABLED" } });
    const clients = new SecurityGroup(this, "clients", {
      name,
      description: `Files of ${environment.name}.`,
      vpcId: network.vpcId,
    });
    new VpcSecurityGroupIngressRule(this, "clients_in", {
      securityGroupId: clients.id,
      description: "NFS from the placement's network",
      cidrIpv4: placement.cidr,
      ipProtocol: "tcp",
      fromPort: FILES_PORT,
      toPort: FILES_PORT,
    });
    placement.zones.forEach(
      (zone, index) =>
        new EfsMountTarget(this, `target-${zone}`, {
          fileSystemId: share.id,
          subnetId: network.subnetIds.private[index]!,
          securityGroups: [clients.id],
        }),
    );
    new Route53Record(this, "name", {
      zoneId,
      name: `files.${zoneName(environment)}`,
      type: "CNAME",
      ttl: RECORD_TTL_SEC,
      records: [share.dnsName],
    });
  }
}

/** Who owns a service's files, whatever user of a machine writes them: a number that no image gives to a user of its own. */
const OWNER = 10_001;

export interface ServiceFilesProps {
  readonly environment: Environment;
  readonly service: Service;
}

/** The share as a service stack sees it, read at plan: a folder of the service's own, which its machines cannot leave. */
export class ServiceFiles extends Construct {
  readonly shareArn: string;
  readonly folderId: string;
  readonly folderArn: string;

  constructor(scope: Construct, id: string, { environment, service }: ServiceFilesProps) {
    super(scope, id);
    const share = new DataAwsEfsFileSystem(this, "share", { creationToken: shareToken(environment) });
    // It holds no data: the folder stays when the access point goes, and is there again with the next one.
    const folder = new EfsAccessPoint(this, "folder", {
      fileSystemId: share.id,
      posixUser: { uid: OWNER, gid: OWNER },
      rootDirectory: {
        path: `/${service.name}`,
        creationInfo: { ownerUid: OWNER, ownerGid: OWNER, permissions: "0750" },
      },
      tags: { Name: `${environment.name}-${service.name}` },
    });
    this.shareArn = share.arn;
    this.folderId = folder.id;
    this.folderArn = folder.arn;
  }
}
