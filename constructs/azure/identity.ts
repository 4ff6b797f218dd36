/** Who the machines are: an identity of their own that may do nothing until somebody grants it something. */
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
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
