/**
 * What the machines of a service may do: read their own vault, and of the objects what was asked for. Records and metrics they
 * write by the association of their scale set, which is no role. PostgreSQL itself keeps who may sign in, and NFS asks nobody.
 */
import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import type { NetworkProps } from "./network";
import { objectsId } from "./object-store";

const OBJECT_ROLES = { read: "Storage Blob Data Reader", write: "Storage Blob Data Contributor" } as const;

export interface AccessProps extends NetworkProps {
  readonly service: Service;
  readonly principalId: string;
  readonly vaultId: string;
}

export class Access extends Construct {
  /** Rights that a machine needs when it boots. */
  readonly rights: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    const { service, principalId, vaultId } = props;
    const right = (id: string, roleDefinitionName: string, scope: string) =>
      new RoleAssignment(this, id, { scope, roleDefinitionName, principalId, principalType: "ServicePrincipal" });
    const { objects } = service.uses;
    this.rights = [
      right("configuration", "Key Vault Secrets User", vaultId),
      ...(objects === "none" ? [] : [right("objects", OBJECT_ROLES[objects], objectsId(props))]),
    ];
  }
}
