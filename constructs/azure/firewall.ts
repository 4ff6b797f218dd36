/** Who may talk to whom: clients and the load balancer's probes to the machines' one port, nobody else. */
import { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { NetworkSecurityRule } from "@cdktf/provider-azurerm/lib/network-security-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";

export interface FirewallProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly resourceGroupName: string;
  readonly location: string;
}

const lifecycle = { createBeforeDestroy: true };

export class Firewall extends Construct {
  readonly securityGroupId: string;
  /** Rules that must be there before a machine can be healthy. */
  readonly rules: ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, service, resourceGroupName, location }: FirewallProps) {
    super(scope, id);
    const { port, traffic } = service;
    // Two rules of one group cannot share a priority, so a new port cannot come as a second rule: it is a second group.
    const group = new NetworkSecurityGroup(this, "machines", {
      name: `${name}-${port}`,
      resourceGroupName,
      location,
      lifecycle,
    });
    this.securityGroupId = group.id;
    const rule = (
      id: string,
      priority: number,
      access: "Allow" | "Deny",
      protocol: string,
      ports: string,
      from: string,
    ) =>
      new NetworkSecurityRule(this, id, {
        name: id,
        resourceGroupName,
        networkSecurityGroupName: group.name,
        direction: "Inbound",
        priority,
        access,
        protocol,
        sourceAddressPrefix: from,
        sourcePortRange: "*",
        destinationAddressPrefix: "*",
        destinationPortRange: ports,
        lifecycle,
      });
    this.rules = [
      rule("clients", 100, "Allow", "Tcp", String(port), traffic.exposure === "public" ? "Internet" : "VirtualNetwork"),
      rule("probes", 110, "Allow", "Tcp", String(port), "AzureLoadBalancer"),
      rule("others", 4096, "Deny", "*", "*", "*"),
    ];
  }
}
