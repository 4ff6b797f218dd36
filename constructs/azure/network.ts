/**
 * The network of a placement: a subnet without implicit way out, and a NAT gateway for the explicit one. Service stacks
 * find it by its names, which the environment gives.
 */
import { DataAzurermSubnet } from "@cdktf/provider-azurerm/lib/data-azurerm-subnet";
import { NatGateway } from "@cdktf/provider-azurerm/lib/nat-gateway";
import { NatGatewayPublicIpAssociation } from "@cdktf/provider-azurerm/lib/nat-gateway-public-ip-association";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { SubnetNatGatewayAssociation } from "@cdktf/provider-azurerm/lib/subnet-nat-gateway-association";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { Environment, PlacementOn } from "../contract/spec";

export interface NetworkProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"azure">;
}

const names = ({ environment, placement }: NetworkProps) => ({
  resourceGroup: `${environment.name}-foundation-${placement.location}`,
  network: environment.name,
  machines: "machines",
});

export class Network extends Construct {
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
    });
    const machines = new Subnet(this, "machines", {
      name: name.machines,
      resourceGroupName,
      virtualNetworkName: network.name,
      addressPrefixes: [Fn.cidrsubnet(placement.cidr, 4, 0)],
      defaultOutboundAccessEnabled: false,
    });
    const address = new PublicIp(this, "nat_address", {
      name: `${name.network}-nat`,
      resourceGroupName,
      location,
      allocationMethod: "Static",
      sku: "Standard",
    });
    const nat = new NatGateway(this, "nat", { name: name.network, resourceGroupName, location, skuName: "Standard" });
    new NatGatewayPublicIpAssociation(this, "nat_out", { natGatewayId: nat.id, publicIpAddressId: address.id });
    new SubnetNatGatewayAssociation(this, "machines_out", { subnetId: machines.id, natGatewayId: nat.id });
  }
}

/** The network as a service stack sees it, read at plan: a missing foundation is an error before anything is made. */
export class ExistingNetwork extends Construct {
  readonly machinesSubnetId: string;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const name = names(props);
    this.machinesSubnetId = new DataAzurermSubnet(this, "machines", {
      name: name.machines,
      virtualNetworkName: name.network,
      resourceGroupName: name.resourceGroup,
    }).id;
  }
}
