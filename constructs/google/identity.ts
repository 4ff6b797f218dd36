/** Who the machines are: a service account of their own that may do nothing but what access.ts and configuration.ts say. */
import { ServiceAccount } from "@cdktf/provider-google/lib/service-account";
import { Construct } from "constructs";
import { keyedName } from "../contract/names";

export interface IdentityProps {
  /** `<environment>-<service>-<region>`. */
  readonly name: string;
  readonly project: string;
}

/**
 * PostgreSQL knows a machine as `<account>@<project>.iam`, and cuts names to 63 characters:
 * https://www.postgresql.org/docs/current/limits.html
 */
const roomIn = (project: string): number => Math.min(30, 63 - `@${project}.iam`.length);

export class Identity extends Construct {
  readonly email: string;

  constructor(scope: Construct, id: string, { name, project }: IdentityProps) {
    super(scope, id);
    const account = new ServiceAccount(this, "account", {
      accountId: keyedName("google_service_account", name, {}, roomIn(project)),
      displayName: `Machines of ${name}`,
    });
    this.email = account.email;
  }
}
