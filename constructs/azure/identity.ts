/** Who the machines are: an identity of their own that may do nothing until somebody grants it something. */
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { Construct } from "constructs";

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
    const identity = new UserAssignedIdentity(this, "identity", props);
    this.identityId = identity.id;
    this.principalId = identity.principalId;
  }
}
