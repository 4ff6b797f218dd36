/** Names that answer in the placement's network alone: of services, and of what the persistent store has. */
import { DnsManagedZone } from "@cdktf/provider-google/lib/dns-managed-zone";
import type { DnsRecordSetConfig } from "@cdktf/provider-google/lib/dns-record-set";
import { Construct } from "constructs";
import { names, type Place } from "./network";

const domain = ({ environment }: Place): string => `${environment.name}.internal`;

/** Address record of `<host>.<environment>.internal`; short-lived, so that what it points at can move. */
export const addressOf = (host: string, place: Place, address: string): DnsRecordSetConfig => ({
  managedZone: names(place).network,
  name: `${host}.${domain(place)}.`,
  type: "A",
  ttl: 60,
  rrdatas: [address],
});

export interface ZoneProps extends Place {
  /** Network that the zone answers in. */
  readonly networkId: string;
}

export class Zone extends Construct {
  /** Each service has a name in it, and Google deletes no zone with names: https://cloud.google.com/dns/docs/zones#delete-zone */
  readonly usedByServices: DnsManagedZone;

  constructor(scope: Construct, id: string, props: ZoneProps) {
    super(scope, id);
    this.usedByServices = new DnsManagedZone(this, "zone", {
      name: names(props).network,
      dnsName: `${domain(props)}.`,
      description: `Names of ${props.environment.name} in ${props.placement.region}`,
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: props.networkId }] },
    });
  }
}
