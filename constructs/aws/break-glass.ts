/**
 * The machines' side of a break-glass release: until its end they may answer Session Manager. Who may start a session is
 * granted outside of this project, see docs/security.md.
 */
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { ReleaseVariable } from "../contract/release-variable";
import type { Slot } from "../contract/slots";
import { policy } from "./identity";

export interface BreakGlassProps {
  readonly slot: Slot;
  readonly release: ReleaseVariable;
  /** Role of the machines. */
  readonly roleName: string;
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
const ANSWER_SESSIONS = [
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

export class BreakGlass extends Construct {
  /** Must be there before a machine boots, or its agent gives up for half an hour. */
  readonly right: IamRolePolicy;

  constructor(scope: Construct, id: string, { slot, release, roleName }: BreakGlassProps) {
    super(scope, id);
    const { count, until } = release.breakGlass;
    this.right = new IamRolePolicy(this, "session", {
      count,
      name: `break-glass-${slot}`,
      role: roleName,
      policy: policy({
        Sid: "Session",
        Effect: "Allow",
        Action: ANSWER_SESSIONS,
        // These actions know no resources.
        Resource: "*",
        Condition: { DateLessThan: { "aws:CurrentTime": until } },
      }),
    });
  }
}
