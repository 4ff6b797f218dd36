/** Who the machines are: a role of their own, that may do what access.ts says and nothing else. */
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Construct } from "constructs";
import type { PlacementOn } from "../contract/spec";

export interface IdentityProps {
  /** `<environment>-<service>`. */
  readonly name: string;
}

export class Identity extends Construct {
  readonly profileArn: string;
  /** ARN of the role, to grant permissions to. */
  readonly roleArn: string;
  readonly roleName: string;

  constructor(scope: Construct, id: string, { name }: IdentityProps) {
    super(scope, id);
    // The group depends on both, so Terraform creates a successor before it destroys them: prefixes let two exist.
    const role = new IamRole(this, "role", {
      namePrefix: `${name}-`,
      description: `Machines of ${name}.`,
      assumeRolePolicy: trustOf("ec2.amazonaws.com"),
      lifecycle: { createBeforeDestroy: true },
    });
    const profile = new IamInstanceProfile(this, "profile", {
      namePrefix: `${name}-`,
      role: role.name,
      lifecycle: { createBeforeDestroy: true },
    });
    this.profileArn = profile.arn;
    this.roleArn = role.arn;
    this.roleName = role.name;
  }
}

/** A policy that lets a service of AWS, and nobody else, take on a role. */
export const trustOf = (service: string, condition?: Condition): string =>
  policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service }, Condition: condition });

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement of an IAM policy, in IAM's own words. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Resource?: string | readonly string[];
  readonly Condition?: Condition | undefined;
}

export const policy = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, "aws-cn"],
  [/^us-gov-/, "aws-us-gov"],
];
const partitionOf = ({ region }: PlacementOn<"aws">): string =>
  PARTITIONS.find(([form]) => form.test(region))?.[1] ?? "aws";

/** ARN of something in the placement's account and region: computed, so that no stack reads another one's state. */
export const arnOf = (placement: PlacementOn<"aws">, service: string, resource: string): string =>
  `arn:${partitionOf(placement)}:${service}:${placement.region}:${placement.account}:${resource}`;

/** ARN of something whose name is known to all of AWS, or to a whole account. */
export const globalArnOf = (placement: PlacementOn<"aws">, service: string, resource: string, account = ""): string =>
  `arn:${partitionOf(placement)}:${service}::${account}:${resource}`;
