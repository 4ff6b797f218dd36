/** Who may talk to whom: the region's load balancers and Google's health checks to the machines' one port, nobody else. */
import { ComputeFirewall } from "@cdktf/provider-google/lib/compute-firewall";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import { LOGGED, type ExistingNetwork } from "./network";

export interface FirewallProps {
  /** `<environment>-<service>-<region>`. */
  readonly name: string;
  readonly service: Service;
  readonly network: ExistingNetwork;
  /** Service account of the machines that the rule is for. */
  readonly machines: string;
}

/** https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges */
const HEALTH_CHECKS = ["35.191.0.0/16", "130.211.0.0/22"];

export class Firewall extends Construct {
  readonly rule: ComputeFirewall;

  constructor(scope: Construct, id: string, { name, service, network, machines }: FirewallProps) {
    super(scope, id);
    // Ports change in place, which would cut the port that old machines still serve on: another port is another rule.
    this.rule = new ComputeFirewall(this, "machines_in", {
      name: `${name}-${service.port}`,
      network: network.networkLink,
      direction: "INGRESS",
      sourceRanges: [...HEALTH_CHECKS, network.entriesCidr],
      targetServiceAccounts: [machines],
      allow: [{ protocol: "tcp", ports: [String(service.port)] }],
      logConfig: LOGGED,
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
