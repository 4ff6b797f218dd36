/**
 * A PostgreSQL server in the private subnets. Machines sign in with a token of IAM, and the administrator's password is
 * made, kept and changed by AWS: Terraform never sees one.
 *
 * An RDS instance and not Aurora: one object instead of two, with the disk, the standby and the restore that the spec names.
 */
import { DataAwsDbInstance } from "@cdktf/provider-aws/lib/data-aws-db-instance";
import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { Persistent } from "../contract/ground-spec";
import type { Environment, PlacementOn, Service } from "../contract/spec";
import { arnOf } from "./identity";
import { keptLogGroup } from "./log-sink";
import type { ExistingNetwork } from "./network";
import { RECORD_TTL_SEC, zoneName } from "./zone";

export interface DatabaseProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
  readonly database: NonNullable<Persistent["database"]>;
  readonly network: ExistingNetwork;
  readonly zoneId: string;
  readonly isProtected: boolean;
}

export const DATABASE_PORT = 5432;

/** The smallest type whose processors are not shared. */
const DEFAULT_TYPE = "db.m7g.large";
const ADMINISTRATOR = "fleet";
const EXPORTED_LOGS = ["postgresql", "upgrade"];

const serverName = (environment: Environment): string => `${environment.name}-database`;

export class Database extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { environment, placement, database, network, zoneId, isProtected } = props;
    const name = serverName(environment);
    const subnets = new DbSubnetGroup(this, "subnets", {
      name,
      description: `Private subnets of ${environment.name}.`,
      subnetIds: network.subnetIds.private,
    });
    const clients = new SecurityGroup(this, "clients", {
      name,
      description: `Database of ${environment.name}.`,
      vpcId: network.vpcId,
    });
    new VpcSecurityGroupIngressRule(this, "clients_in", {
      securityGroupId: clients.id,
      description: "PostgreSQL from the placement's network",
      cidrIpv4: placement.cidr,
      ipProtocol: "tcp",
      fromPort: DATABASE_PORT,
      toPort: DATABASE_PORT,
    });
    const settings = new DbParameterGroup(this, "settings", {
      // A group belongs to one major version, and is in use until the server has moved to the next.
      name: `${name}-${database.postgres}`,
      family: `postgres${database.postgres}`,
      description: `Settings of ${name}.`,
      parameter: [
        // It is the family's default, of which RDS keeps that it waits for a restart, whatever is asked of it:
        // https://github.com/hashicorp/terraform-provider-aws/issues/39252
        { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
        { name: "log_connections", value: "1" },
        { name: "log_disconnections", value: "1" },
      ],
      lifecycle: { createBeforeDestroy: true },
    });
    // RDS would make them itself, and keep what is in them for ever.
    const logs = EXPORTED_LOGS.map((log) =>
      keptLogGroup(this, `log-${log}`, `/aws/rds/instance/${name}/${log}`, placement),
    );
    const server = new DbInstance(this, "server", {
      identifier: name,
      engine: "postgres",
      engineVersion: database.postgres,
      instanceClass: database.type ?? DEFAULT_TYPE,
      allocatedStorage: database.diskGb,
      storageType: "gp3",
      storageEncrypted: true,
      kmsKeyId: placement.encryptionKey,
      username: ADMINISTRATOR,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: placement.encryptionKey,
      iamDatabaseAuthenticationEnabled: true,
      multiAz: database.standby,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [clients.id],
      publiclyAccessible: false,
      parameterGroupName: settings.name,
      backupRetentionPeriod: database.backupDays,
      copyTagsToSnapshot: true,
      // Backups outlive the server for as long as they are kept, and a last one is made.
      deleteAutomatedBackups: false,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: `${name}-final`,
      autoMinorVersionUpgrade: true,
      // Enhanced monitoring needs a role that may write more than this server's logs.
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: placement.encryptionKey,
      enabledCloudwatchLogsExports: EXPORTED_LOGS,
      deletionProtection: isProtected,
      dependsOn: logs,
      lifecycle: { preventDestroy: isProtected },
    });
    new Route53Record(this, "name", {
      zoneId,
      name: `database.${zoneName(environment)}`,
      type: "CNAME",
      ttl: RECORD_TTL_SEC,
      records: [server.address],
    });
  }
}

/** The server as a service stack sees it, read at plan. */
export class ExistingDatabase extends Construct {
  /** The name in the server's certificate: tokens and TLS are checked against this one, not against the private name. */
  readonly host: string;
  private readonly resourceId: string;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const server = new DataAwsDbInstance(this, "server", { dbInstanceIdentifier: serverName(environment) });
    this.host = server.address;
    this.resourceId = server.resourceId;
  }

  /** ARN of the user as whom a service's machines sign in; it is called like the service. */
  userArn(placement: PlacementOn<"aws">, service: Service): string {
    return arnOf(placement, "rds-db", `dbuser:${this.resourceId}/${service.name}`);
  }
}
