/** The name by which others in the network find a service. It points at the entry, which no release changes. */
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { Environment, Service } from "../contract/spec";
import type { Traffic } from "./traffic";
import { ExistingZone, zoneName } from "./zone";

export interface DiscoveryProps {
  readonly environment: Environment;
  readonly service: Service;
  readonly vpcId: string;
  readonly traffic: Traffic;
}

export class Discovery extends Construct {
  constructor(scope: Construct, id: string, { environment, service, vpcId, traffic }: DiscoveryProps) {
    super(scope, id);
    new Route53Record(this, "name", {
      zoneId: new ExistingZone(this, "zone", { environment, vpcId }).zoneId,
      name: `${service.name}.${zoneName(environment)}`,
      type: "A",
      alias: { name: traffic.address, zoneId: traffic.addressZoneId, evaluateTargetHealth: true },
    });
  }
}
