/**
 * The network of a placement: a subnet without implicit way out, a NAT gateway for the explicit one, and a subnet of
 * private addresses of what stands outside. Other stacks find it by its names, which the environment gives.
 */
import { DataAzurermSubnet } from "@cdktf/provider-azurerm/lib/data-azurerm-subnet";
import { NatGateway } from "@cdktf/provider-azurerm/lib/nat-gateway";
import { NatGatewayPublicIpAssociation } from "@cdktf/provider-azurerm/lib/nat-gateway-public-ip-association";
import { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { NetworkSecurityRule } from "@cdktf/provider-azurerm/lib/network-security-rule";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { SubnetNatGatewayAssociation } from "@cdktf/provider-azurerm/lib/subnet-nat-gateway-association";
import { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { createHash } from "node:crypto";
import { networkLifecycle } from "../contract/planes";
import type { Environment, PlacementOn } from "../contract/spec";

export interface NetworkProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"azure">;
}

/** Resource group of what a placement's layer makes. */
export const layerGroup = (layer: "foundation" | "persistent", { environment, placement }: NetworkProps): string =>
  `${environment.name}-${layer}-${placement.location}`;

/** Id of a foundation's object by its name: no stack reads another one's state. */
export const foundationId = (props: NetworkProps, type: string, name: string): string =>
  `/subscriptions/${props.placement.subscription}/resourceGroups/${layerGroup("foundation", props)}/providers/${type}/${name}`;

/**
 * A name that must be the only one in all of Azure. Machines can make it anew from their user data and the metadata service:
 * the first 16 hex digits of sha256("<subscription>/<environment>/<location>"), with "/<service>" for a service's own.
 */
export const worldwideName = (stem: string, { environment, placement }: NetworkProps, ...more: string[]): string =>
  stem +
  createHash("sha256")
    .update([placement.subscription, environment.name, placement.location, ...more].join("/"))
    .digest("hex")
    .slice(0, 16);

const names = (props: NetworkProps) => ({
  resourceGroup: layerGroup("foundation", props),
  network: props.environment.name,
  machines: "machines",
  endpoints: "endpoints",
});

/** PostgreSQL and NFS. */
export const STORE_PORTS = { database: 5432, files: 2049 };
/** What machines reach at private addresses. */
const ENDPOINT_PORTS = [443, ...Object.values(STORE_PORTS)].map(String);

export class Network extends Construct {
  readonly resourceGroupName: string;
  readonly networkId: string;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { placement } = props;
    const { location } = placement;
    const name = names(props);
    const resourceGroupName = new ResourceGroup(this, "group", { name: name.resourceGroup, location }).name;
    const network = new VirtualNetwork(this, "network", {
      name: name.network,
      resourceGroupName,
      location,
      addressSpace: [placement.cidr],
      ...networkLifecycle(placement),
    });
    const subnet = { resourceGroupName, virtualNetworkName: network.name, defaultOutboundAccessEnabled: false };
    const machines = new Subnet(this, "machines", {
      ...subnet,
      name: name.machines,
      addressPrefixes: [Fn.cidrsubnet(placement.cidr, 4, 0)],
    });
    const endpoints = new Subnet(this, "endpoints", {
      ...subnet,
      name: name.endpoints,
      addressPrefixes: [Fn.cidrsubnet(placement.cidr, 4, 1)],
      // Without it, a security group does not hold for private endpoints.
      privateEndpointNetworkPolicies: "NetworkSecurityGroupEnabled",
    });
    const address = new PublicIp(this, "nat_address", {
      name: `${name.network}-nat`,
      resourceGroupName,
      location,
      allocationMethod: "Static",
      sku: "Standard",
    });
    // In one zone, which Azure picks: a scale set has one subnet and that one gateway, and azurerm 4.55 does not have the kind that
    // spans zones (https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones; docs/operations.md says what follows).
    const nat = new NatGateway(this, "nat", { name: name.network, resourceGroupName, location, skuName: "Standard" });
    new NatGatewayPublicIpAssociation(this, "nat_out", { natGatewayId: nat.id, publicIpAddressId: address.id });
    new SubnetNatGatewayAssociation(this, "machines_out", { subnetId: machines.id, natGatewayId: nat.id });
    this.guard(endpoints, { resourceGroupName, location, cidr: placement.cidr });
    this.resourceGroupName = resourceGroupName;
    this.networkId = network.id;
  }

  /** Who may reach the private addresses: the network itself, on their ports. */
  private guard(
    subnet: Subnet,
    { resourceGroupName, location, cidr }: { resourceGroupName: string; location: string; cidr: string },
  ) {
    const group = new NetworkSecurityGroup(this, "endpoints_guard", { name: "endpoints", resourceGroupName, location });
    const inbound = {
      resourceGroupName,
      networkSecurityGroupName: group.name,
      direction: "Inbound",
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
    };
    new NetworkSecurityRule(this, "endpoints_in", {
      ...inbound,
      name: "network",
      priority: 100,
      access: "Allow",
      protocol: "Tcp",
      sourceAddressPrefix: cidr,
      destinationPortRanges: ENDPOINT_PORTS,
    });
    new NetworkSecurityRule(this, "endpoints_others", {
      ...inbound,
      name: "others",
      priority: 4096,
      access: "Deny",
      protocol: "*",
      sourceAddressPrefix: "*",
      destinationPortRange: "*",
    });
    new SubnetNetworkSecurityGroupAssociation(this, "endpoints_guarded", {
      subnetId: subnet.id,
      networkSecurityGroupId: group.id,
    });
  }
}

/** The network as other stacks see it, read at plan: a missing foundation is an error before anything is made. */
export class ExistingNetwork extends Construct {
  readonly machinesSubnetId: string;
  readonly endpointsSubnetId: string;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { resourceGroup, network, machines, endpoints } = names(props);
    const subnetId = (name: string) =>
      new DataAzurermSubnet(this, name, { name, virtualNetworkName: network, resourceGroupName: resourceGroup }).id;
    this.machinesSubnetId = subnetId(machines);
    this.endpointsSubnetId = subnetId(endpoints);
  }
}
