/** Who the machines are: a service account of their own that may do nothing but what access.ts and configuration.ts say. */
import { ServiceAccount } from "@cdktf/provider-google/lib/service-account";
import { Construct } from "constructs";
import { keyedName } from "../contract/names";

export interface IdentityProps {
  /** `<environment>-<service>-<region>`. */
  readonly name: string;
}

/** https://cloud.google.com/iam/docs/service-accounts-create */
const ACCOUNT_ID_LIMIT = 30;

export class Identity extends Construct {
  readonly email: string;

  constructor(scope: Construct, id: string, { name }: IdentityProps) {
    super(scope, id);
    const account = new ServiceAccount(this, "account", {
      accountId: keyedName(name, {}, ACCOUNT_ID_LIMIT),
      displayName: `Machines of ${name}`,
    });
    this.email = account.email;
  }
}
