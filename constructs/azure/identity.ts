/** Who the machines are: an identity of their own that may do nothing until somebody grants it something. */
import { DataAzurermResources } from "@cdktf/provider-azurerm/lib/data-azurerm-resources";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import type { TerraformResourceLifecycle } from "cdktf";
import { Construct } from "constructs";
import { fitted } from "../contract/names";
import { foundationId, type NetworkProps } from "./network";

export interface IdentityProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly resourceGroupName: string;
  readonly location: string;
}

export class Identity extends Construct {
  readonly identityId: string;
  /** Object to assign roles to. */
  readonly principalId: string;

  constructor(scope: Construct, id: string, props: IdentityProps) {
    super(scope, id);
    const name = fitted("azurerm_user_assigned_identity", props.name);
    const identity = new UserAssignedIdentity(this, "identity", { ...props, name });
    this.identityId = identity.id;
    this.principalId = identity.principalId;
  }
}

export const encryptionIdentityName = ({ environment }: NetworkProps): string => `${environment.name}-encryption`;

/**
 * The placement's own key, and who uses it; undefined where Microsoft's keys encrypt. The identity is made in the foundation, so
 * that it can be given the key before anything is encrypted.
 */
export function ownKey(props: NetworkProps) {
  const { encryptionKey } = props.placement;
  if (encryptionKey === undefined) return undefined;
  const name = encryptionIdentityName(props);
  const user = foundationId(props, "Microsoft.ManagedIdentity/userAssignedIdentities", name);
  return { keyVaultKeyId: encryptionKey, user, identity: { type: "UserAssigned", identityIds: [user] } };
}

/**
 * What the resource group of an encrypted store demands, so that nothing is made that could not be encrypted: the provider looks
 * for the key's vault in the placement's subscription and in no other
 * (https://github.com/hashicorp/terraform-provider-azurerm/issues/20199).
 */
export function keyIsThere(scope: Construct, { placement }: NetworkProps): { lifecycle?: TerraformResourceLifecycle } {
  const { encryptionKey, subscription } = placement;
  if (encryptionKey === undefined) return {};
  const { hostname } = new URL(encryptionKey);
  const name = hostname.slice(0, hostname.indexOf("."));
  const found = new DataAzurermResources(scope, "encryption_vault", { type: "Microsoft.KeyVault/vaults", name });
  const precondition = {
    condition: `\${length(data.${found.terraformResourceType}.${found.friendlyUniqueId}.resources) > 0}`,
    errorMessage:
      `encryptionKey is in vault ${name}, which is not in the placement's subscription ${subscription}, or whoever plans may not ` +
      "read it there. The provider finds a vault in its own subscription only: move the key into a vault of this one.",
  };
  return { lifecycle: { precondition: [precondition] } };
}
