/**
 * Who may talk to whom: clients and the load balancer's probes to the machines' one port, the machines out by HTTPS, to entries
 * of the network and to what they use of the persistent store.
 */
import { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { NetworkSecurityRule, type NetworkSecurityRuleConfig } from "@cdktf/provider-azurerm/lib/network-security-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { entryPort } from "../contract/machine";
import type { PlacementOn, Service } from "../contract/spec";
import { STORE_PORTS } from "./network";

export interface FirewallProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly placement: PlacementOn<"azure">;
  readonly resourceGroupName: string;
  readonly location: string;
}

const lifecycle = { createBeforeDestroy: true };
const ANY = "*";
/** Fixed for each: no rule moves when another comes or goes. */
const STORES = [
  { use: "database", priority: 120 },
  { use: "files", priority: 130 },
] as const;

export class Firewall extends Construct {
  readonly securityGroupId: string;
  /** Rules that must be there before a machine can be healthy. */
  readonly rules: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const { name, service, placement, resourceGroupName, location } = props;
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
      rest: Pick<NetworkSecurityRuleConfig, "direction" | "priority" | "access" | "protocol"> &
        Partial<NetworkSecurityRuleConfig>,
    ) =>
      new NetworkSecurityRule(this, id, {
        name: id,
        resourceGroupName,
        networkSecurityGroupName: group.name,
        sourceAddressPrefix: ANY,
        sourcePortRange: ANY,
        destinationAddressPrefix: ANY,
        destinationPortRange: ANY,
        lifecycle,
        ...rest,
      });
    const allow = { access: "Allow", protocol: "Tcp" };
    const from = (id: string, priority: number, sourceAddressPrefix: string) =>
      rule(id, { ...allow, direction: "Inbound", priority, sourceAddressPrefix, destinationPortRange: String(port) });
    const to = (id: string, priority: number, destinationAddressPrefix: string, outPort: number) =>
      rule(id, {
        ...allow,
        direction: "Outbound",
        priority,
        destinationAddressPrefix,
        destinationPortRange: String(outPort),
      });
    const others = { priority: 4096, access: "Deny", protocol: ANY };
    const ways = [
      to("machines_out", 100, ANY, 443),
      to("machines_plain_out", 110, placement.cidr, entryPort(false)),
      ...STORES.filter(({ use }) => service.uses[use]).map(({ use, priority }) =>
        to(`${use}_out`, priority, placement.cidr, STORE_PORTS[use]),
      ),
    ];
    this.rules = [
      from("clients", 100, traffic.exposure === "public" ? "Internet" : "VirtualNetwork"),
      from("probes", 110, "AzureLoadBalancer"),
      rule("others", { ...others, direction: "Inbound" }),
      ...ways,
      // Machines that run already keep their way out. Names, time, metadata and the agent's own way to the platform are at
      // 168.63.129.16 and 169.254.169.254, which no rule for addresses closes:
      // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16#scope-of-ip-address-1686312916
      rule("others_out", { ...others, direction: "Outbound", dependsOn: ways }),
    ];
  }
}
