/**
 * Who may talk to whom: the region's load balancers and Google's health checks to the machines' one port, the machines out by
 * HTTPS and to entries of the network. The ways to what they use of the persistent store come with the rights to it.
 */
import { ComputeFirewall } from "@cdktf/provider-google/lib/compute-firewall";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { entryPort } from "../contract/machine";
import { fitted } from "../contract/names";
import type { PlacementOn, Service } from "../contract/spec";
import { ANYWHERE, LAST_PRIORITY, LOGGED, type ExistingNetwork } from "./network";

export interface FirewallProps {
  /** `<environment>-<service>-<region>`. */
  readonly name: string;
  readonly service: Service;
  readonly placement: PlacementOn<"google">;
  readonly network: ExistingNetwork;
  /** Service account of the machines that the rules are for. */
  readonly machines: string;
}

/** https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges */
const HEALTH_CHECKS = ["35.191.0.0/16", "130.211.0.0/22"];

const tcp = (port: number) => [{ protocol: "tcp", ports: [String(port)] }];

export class Firewall extends Construct {
  /** Rules that must be there before a machine boots. */
  readonly rules: ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, service, placement, network, machines }: FirewallProps) {
    super(scope, id);
    const named = (what: string) => fitted("google_compute_firewall", `${name}-${what}`);
    const rule = {
      network: network.networkLink,
      targetServiceAccounts: [machines],
      logConfig: LOGGED,
      lifecycle: { createBeforeDestroy: true },
    };
    // Ports change in place, which would cut the port that old machines still serve on: another port is another rule.
    const clients = new ComputeFirewall(this, "machines_in", {
      ...rule,
      name: named(String(service.port)),
      direction: "INGRESS",
      sourceRanges: [...HEALTH_CHECKS, network.entriesCidr],
      allow: tcp(service.port),
    });
    const ways = [
      new ComputeFirewall(this, "machines_out", {
        ...rule,
        name: named("https"),
        direction: "EGRESS",
        destinationRanges: [ANYWHERE],
        allow: tcp(443),
      }),
      new ComputeFirewall(this, "machines_plain_out", {
        ...rule,
        name: named("http"),
        direction: "EGRESS",
        destinationRanges: [placement.cidr],
        allow: tcp(entryPort(false)),
      }),
    ];
    // Names, time and metadata come from 169.254.169.254, which no rule closes:
    // https://cloud.google.com/firewall/docs/firewalls#alwaysallowed
    const others = new ComputeFirewall(this, "others_out", {
      ...rule,
      name: named("others"),
      direction: "EGRESS",
      priority: LAST_PRIORITY,
      destinationRanges: [ANYWHERE],
      deny: [{ protocol: "all" }],
      // Machines that run already keep their way out.
      dependsOn: ways,
    });
    this.rules = [clients, ...ways, others];
  }
}
