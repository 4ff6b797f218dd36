/**
 * Who may talk to whom: clients to the entry, the entry to the machines' one port, the machines out by HTTPS, to entries of the
 * network and to what they use of the persistent store.
 */
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { ITerraformDependable } from "cdktf";
import { certificateOf } from "../contract/certificates";
import { entryPort } from "../contract/machine";
import type { PlacementOn, Service } from "../contract/spec";
import { DATABASE_PORT } from "./database";
import { FILES_PORT } from "./file-share";

export interface FirewallProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly placement: PlacementOn<"aws">;
  readonly vpcId: string;
}

const ANYWHERE = "0.0.0.0/0";
const lifecycle = { createBeforeDestroy: true };

/** Ports of the persistent store, by what a service says that it uses. */
const STORES = [
  { use: "database", port: DATABASE_PORT },
  { use: "files", port: FILES_PORT },
] as const;

export class Firewall extends Construct {
  readonly entryGroupId: string;
  readonly machineGroupId: string;
  /** Rules that must be there before a machine can be healthy. */
  readonly rules: ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, service, placement, vpcId }: FirewallProps) {
    super(scope, id);
    const { port, traffic } = service;
    const entry = new SecurityGroup(this, "entry", {
      namePrefix: `${name}-entry-`,
      description: `Traffic entry of ${name}.`,
      vpcId,
      lifecycle,
    });
    // Rules change in place, which would cut the port that old machines still serve on: another port is another group.
    const machines = new SecurityGroup(this, "machines", {
      namePrefix: `${name}-${port}-`,
      description: `Machines of ${name}, port ${port}.`,
      vpcId,
      lifecycle,
    });
    this.entryGroupId = entry.id;
    this.machineGroupId = machines.id;
    const hasCertificate = certificateOf(service, placement) !== undefined;
    const listen = entryPort(hasCertificate);
    const clients = traffic.exposure === "public" ? ANYWHERE : placement.cidr;
    const toMachines = { ipProtocol: "tcp", fromPort: port, toPort: port };
    const entryClients = new VpcSecurityGroupIngressRule(this, "clients", {
      securityGroupId: entry.id,
      description: `${traffic.exposure} clients`,
      cidrIpv4: clients,
      ipProtocol: "tcp",
      fromPort: listen,
      toPort: listen,
      lifecycle,
    });
    this.rules = [
      entryClients,
      new VpcSecurityGroupEgressRule(this, "entry_out", {
        securityGroupId: entry.id,
        description: "to machines; their own group says on which port",
        cidrIpv4: placement.cidr,
        ipProtocol: "tcp",
        fromPort: 1,
        toPort: 65535,
        lifecycle,
      }),
      new VpcSecurityGroupIngressRule(this, "machines_in", {
        securityGroupId: machines.id,
        description: "from the traffic entry",
        referencedSecurityGroupId: entry.id,
        ...toMachines,
        lifecycle,
      }),
      new VpcSecurityGroupEgressRule(this, "machines_out", {
        securityGroupId: machines.id,
        description: "HTTPS to cloud services",
        cidrIpv4: ANYWHERE,
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        lifecycle,
      }),
      new VpcSecurityGroupEgressRule(this, "machines_plain_out", {
        securityGroupId: machines.id,
        description: "HTTP to entries of the network",
        cidrIpv4: placement.cidr,
        ipProtocol: "tcp",
        fromPort: entryPort(false),
        toPort: entryPort(false),
        lifecycle,
      }),
      ...STORES.filter(({ use }) => service.uses[use]).map(
        ({ use, port: storePort }) =>
          new VpcSecurityGroupEgressRule(this, `${use}_out`, {
            securityGroupId: machines.id,
            description: `to the placement's ${use}`,
            cidrIpv4: placement.cidr,
            ipProtocol: "tcp",
            fromPort: storePort,
            toPort: storePort,
            lifecycle,
          }),
      ),
    ];
    // Somebody who leaves the s out of https is sent on, and needs a way in for that. Port 80 was that of the entry before it
    // had a certificate, and is again after it: no two rules may be alike, so this one comes last and goes first. It would go
    // last if it were created before its predecessor is destroyed:
    // https://github.com/hashicorp/terraform/blob/main/docs/destroying.md
    if (hasCertificate)
      new VpcSecurityGroupIngressRule(this, "clients_plain", {
        securityGroupId: entry.id,
        description: `${traffic.exposure} clients, to be sent on to HTTPS`,
        cidrIpv4: clients,
        ipProtocol: "tcp",
        fromPort: entryPort(false),
        toPort: entryPort(false),
        dependsOn: [entryClients],
      });
  }
}
