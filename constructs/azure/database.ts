/**
 * The PostgreSQL server of a placement. Who signs in shows a token of Entra ID: there is no password, not even an
 * administrator's. It stands behind a private address, because a server inside a subnet has none that a name could point to.
 */
import { PostgresqlFlexibleServer } from "@cdktf/provider-azurerm/lib/postgresql-flexible-server";
import { PostgresqlFlexibleServerConfiguration } from "@cdktf/provider-azurerm/lib/postgresql-flexible-server-configuration";
import { DataAzurermClientConfig } from "@cdktf/provider-azurerm/lib/data-azurerm-client-config";
import { Construct } from "constructs";
import type { Persistent } from "../contract/ground-spec";
import { ownKey } from "./identity";
import { worldwideName, type ExistingNetwork, type NetworkProps } from "./network";
import { InternalName, PrivateAddress } from "./zone";

/** The smallest that is not meant for development. */
const TYPE = "GP_Standard_D2ds_v5";
const MB_PER_GB = 1024;

const serverName = (props: NetworkProps): string => worldwideName("postgres", props);

/** The server's own name, which its certificate is for. */
export const databaseHost = (props: NetworkProps): string => `${serverName(props)}.postgres.database.azure.com`;

export interface DatabaseProps extends NetworkProps {
  readonly database: NonNullable<Persistent["database"]>;
  readonly isProtected: boolean;
  readonly resourceGroupName: string;
  readonly network: ExistingNetwork;
}

export class Database extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { database, isProtected, resourceGroupName, network, placement } = props;
    const { zones } = placement;
    const server = new PostgresqlFlexibleServer(this, "server", {
      ...encryption(props),
      name: serverName(props),
      resourceGroupName,
      location: placement.location,
      version: database.postgres,
      skuName: database.type ?? TYPE,
      storageMb: database.diskGb * MB_PER_GB,
      // They stay in the region: a copy elsewhere decides where data may be.
      backupRetentionDays: database.backupDays,
      publicNetworkAccessEnabled: false,
      authentication: {
        activeDirectoryAuthEnabled: true,
        passwordAuthEnabled: false,
        tenantId: new DataAzurermClientConfig(this, "account").tenantId,
      },
      zone: zones[0],
      ...(database.standby ? { highAvailability: standby(zones) } : {}),
      lifecycle: {
        preventDestroy: isProtected,
        // Server and standby change places when one takes over.
        ignoreChanges: ["zone", "high_availability[0].standby_availability_zone"],
      },
    });
    new PostgresqlFlexibleServerConfiguration(this, "tls", {
      serverId: server.id,
      name: "require_secure_transport",
      value: "on",
    });
    const { address } = new PrivateAddress(this, "private", {
      ...props,
      kind: "database",
      name: "database",
      subnetId: network.endpointsSubnetId,
      targetId: server.id,
    });
    new InternalName(this, "name", { ...props, name: "database", address });
  }
}

const standby = ([, other]: readonly string[]) =>
  other === undefined ? { mode: "SameZone" } : { mode: "ZoneRedundant", standbyAvailabilityZone: other };

function encryption(props: NetworkProps) {
  const key = ownKey(props);
  if (!key) return {};
  const { keyVaultKeyId, user, identity } = key;
  return { identity, customerManagedKey: { keyVaultKeyId, primaryUserAssignedIdentityId: user } };
}
