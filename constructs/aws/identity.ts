/** Who the machines are: a role of their own that may do nothing until somebody grants it something. */
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Construct } from "constructs";

export interface IdentityProps {
  /** `<environment>-<service>`. */
  readonly name: string;
}

export class Identity extends Construct {
  readonly profileArn: string;
  /** ARN of the role, to grant permissions to. */
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { name }: IdentityProps) {
    super(scope, id);
    // The group depends on both, so Terraform creates a successor before it destroys them: prefixes let two exist.
    const role = new IamRole(this, "role", {
      namePrefix: `${name}-`,
      description: `Machines of ${name}.`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
      }),
      lifecycle: { createBeforeDestroy: true },
    });
    const profile = new IamInstanceProfile(this, "profile", {
      namePrefix: `${name}-`,
      role: role.name,
      lifecycle: { createBeforeDestroy: true },
    });
    this.profileArn = profile.arn;
    this.roleArn = role.arn;
  }
}
