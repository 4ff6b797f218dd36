/**
 * What the machines of a service may do: read their own vaults, and of the objects what was asked for. Records and metrics they
 * write by the association of their scale set, which is no role. PostgreSQL itself keeps who may sign in, and NFS asks nobody.
 */
import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import type { Configuration } from "./configuration";
import type { NetworkProps } from "./network";
import { objectsId } from "./object-store";

const VAULT_ROLE = "Key Vault Secrets User";
const OBJECT_ROLES = { read: "Storage Blob Data Reader", write: "Storage Blob Data Contributor" } as const;

export interface AccessProps extends NetworkProps {
  readonly service: Service;
  readonly principalId: string;
  readonly configuration: Configuration;
}

export class Access extends Construct {
  /** Rights that a machine needs when it boots. */
  readonly rights: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    const { service, principalId, configuration } = props;
    const { settings, secrets } = configuration.vaults;
    const right = (id: string, roleDefinitionName: string, scope: string) =>
      new RoleAssignment(this, id, { scope, roleDefinitionName, principalId, principalType: "ServicePrincipal" });
    const { objects } = service.uses;
    this.rights = [
      right("configuration", VAULT_ROLE, settings.id),
      ...(secrets ? [right("secrets", VAULT_ROLE, secrets.id)] : []),
      ...(objects === "none" ? [] : [right("objects", OBJECT_ROLES[objects], objectsId(props))]),
    ];
  }
}
