/** Private names of a placement: `<service>.<environment>.internal`, answered in its network only. */
import { DataAwsRoute53Zone } from "@cdktf/provider-aws/lib/data-aws-route53-zone";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { Construct } from "constructs";
import type { Environment } from "../contract/spec";

export interface ZoneProps {
  readonly environment: Environment;
  readonly vpcId: string;
}

export const zoneName = (environment: Environment): string => `${environment.name}.internal`;

/** Time for which a client may remember where a part of the persistent store answers, in seconds. */
export const RECORD_TTL_SEC = 60;

export class Zone extends Construct {
  /**
   * Each service has a name in it, and AWS deletes no zone with names:
   * https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html
   */
  readonly usedByServices: Route53Zone;

  constructor(scope: Construct, id: string, { environment, vpcId }: ZoneProps) {
    super(scope, id);
    this.usedByServices = new Route53Zone(this, "zone", {
      name: zoneName(environment),
      comment: `Private names of ${environment.name}.`,
      vpc: [{ vpcId }],
    });
  }
}

/** The zone as other stacks see it, read at plan. */
export class ExistingZone extends Construct {
  readonly zoneId: string;

  constructor(scope: Construct, id: string, { environment, vpcId }: ZoneProps) {
    super(scope, id);
    this.zoneId = new DataAwsRoute53Zone(this, "zone", {
      name: zoneName(environment),
      privateZone: true,
      vpcId,
    }).zoneId;
  }
}
