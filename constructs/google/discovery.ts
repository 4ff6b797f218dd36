/** `<service>.<environment>.internal`: the traffic entry by name. No release changes it. */
import { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import type { Place } from "./network";
import { addressOf } from "./zone";

export interface DiscoveryProps extends Place {
  readonly service: Service;
  /** IP address of the traffic entry. */
  readonly address: string;
}

export class Discovery extends Construct {
  constructor(scope: Construct, id: string, props: DiscoveryProps) {
    super(scope, id);
    new DnsRecordSet(this, "name", addressOf(props.service.name, props, props.address));
  }
}
