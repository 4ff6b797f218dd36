/**
 * The network of a placement: a subnet without implicit way out, a NAT gateway for the explicit one, and a subnet of
 * private addresses of what stands outside. Other stacks find it by its names, which the environment gives.
 */
import { DataAzurermResources } from "@cdktf/provider-azurerm/lib/data-azurerm-resources";
import { DataAzurermSubnet } from "@cdktf/provider-azurerm/lib/data-azurerm-subnet";
import { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { NetworkSecurityRule } from "@cdktf/provider-azurerm/lib/network-security-rule";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { ResourceGroupTemplateDeployment } from "@cdktf/provider-azurerm/lib/resource-group-template-deployment";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { SubnetNatGatewayAssociation } from "@cdktf/provider-azurerm/lib/subnet-nat-gateway-association";
import { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { createHash } from "node:crypto";
import { networkLifecycle } from "../contract/planes";
import type { Environment, PlacementOn } from "../contract/spec";
import { NAT_GATEWAY, wayOutTemplate } from "../contract/way-out";

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
  gateway: `${props.environment.name}-zones`,
  /** Of foundations from before: in one zone. */
  formerGateway: props.environment.name,
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
    this.wayOut(machines, resourceGroupName, props);
    this.guard(endpoints, { resourceGroupName, location, cidr: placement.cidr });
    this.resourceGroupName = resourceGroupName;
    this.networkId = network.id;
  }

  /**
   * By a gateway of all zones: a scale set has one subnet, which has one gateway, and one that stands in a zone takes every machine's
   * way out along when that fails. https://learn.microsoft.com/azure/reliability/reliability-nat-gateway
   *
   * azurerm 4.55 knows that kind neither of gateways nor of addresses, so a template makes both. The gateway's id is written and
   * not read from it: a subnet that was moved to it by hand, without an interruption, is then where it belongs.
   */
  private wayOut(machines: Subnet, resourceGroupName: string, props: NetworkProps) {
    const { resourceGroup, network, machines: subnet, gateway, formerGateway } = names(props);
    const made = new ResourceGroupTemplateDeployment(this, "nat", {
      name: gateway,
      resourceGroupName,
      deploymentMode: "Incremental",
      templateContent: wayOutTemplate(gateway, props.placement.location),
    });
    const all = new DataAzurermResources(this, "gateways", { type: NAT_GATEWAY });
    const here = `[for one in data.${all.terraformResourceType}.${all.friendlyUniqueId}.resources : lower(one.name) if lower(one.resource_group_name) == "${resourceGroup}"]`;
    const is = (name: string) => `contains(${here}, "${name}")`;
    new SubnetNatGatewayAssociation(this, "machines_out", {
      subnetId: machines.id,
      natGatewayId: foundationId(props, NAT_GATEWAY, gateway),
      dependsOn: [made],
      lifecycle: {
        precondition: [
          {
            condition: `\${!${is(formerGateway)} || ${is(gateway)}}`,
            errorMessage:
              `Machines go out by the NAT gateway ${formerGateway}, which stands in one zone. Until ${gateway}, which spans them, is there to take ` +
              "its place, this plan would leave them without a way out. Make it and move the subnet to it first: " +
              `terraform apply -target=${made.terraformResourceType}.${made.friendlyUniqueId}, then ` +
              `az network vnet subnet update --resource-group ${resourceGroup} --vnet-name ${network} --name ${subnet} ` +
              `--nat-gateway ${gateway} --subscription ${props.placement.subscription}; ` +
              'docs/operations.md, "From a gateway in one zone".',
          },
        ],
      },
    });
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
