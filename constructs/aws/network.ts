/**
 * The network of a placement: private subnets for machines, public ones for entries and NAT. Nothing in it depends on
 * an image or a service. Service stacks find it by its tags, so that they need no access to its state.
 */
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { Environment, PlacementOn } from "../contract/spec";

export interface NetworkProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
}

const ANYWHERE = "0.0.0.0/0";
const TIERS = ["private", "public"] as const;
type Tier = (typeof TIERS)[number];

/** Tags that find a network again; `tier` and `zone` tell its subnets apart. */
const networkTags = (environment: Environment, subnet?: { tier: Tier; zone: string }) => ({
  Name: subnet ? `${environment.name}-${subnet.tier}-${subnet.zone}` : environment.name,
  "fleet-network": environment.name,
  ...(subnet ? { "fleet-tier": subnet.tier } : {}),
});

export class Network extends Construct {
  constructor(scope: Construct, id: string, { environment, placement }: NetworkProps) {
    super(scope, id);
    const tags = networkTags(environment);
    const vpc = new Vpc(this, "vpc", {
      cidrBlock: placement.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags,
    });
    // Takes every rule away from the group that AWS makes with the network.
    new DefaultSecurityGroup(this, "default", { vpcId: vpc.id, tags });
    const internet = new InternetGateway(this, "internet", { vpcId: vpc.id, tags });

    const subnet = (tier: Tier, zone: string, index: number) =>
      new Subnet(this, `${tier}-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: Fn.cidrsubnet(placement.cidr, 4, index + 8 * TIERS.indexOf(tier)),
        mapPublicIpOnLaunch: false,
        tags: networkTags(environment, { tier, zone }),
      });
    const routeOut = (
      tier: Tier,
      zone: string,
      subnetId: string,
      target: { gatewayId: string } | { natGatewayId: string },
    ) => {
      const table = new RouteTable(this, `${tier}-${zone}-routes`, {
        vpcId: vpc.id,
        tags: networkTags(environment, { tier, zone }),
      });
      new RouteTableAssociation(this, `${tier}-${zone}-association`, { routeTableId: table.id, subnetId });
      new Route(this, `${tier}-${zone}-out`, { routeTableId: table.id, destinationCidrBlock: ANYWHERE, ...target });
    };

    // A NAT gateway per zone: losing a zone takes nobody else's way out.
    placement.zones.forEach((zone, index) => {
      const front = subnet("public", zone, index);
      routeOut("public", zone, front.id, { gatewayId: internet.id });
      const address = new Eip(this, `nat-${zone}-address`, {
        domain: "vpc",
        tags: networkTags(environment, { tier: "public", zone }),
      });
      const nat = new NatGateway(this, `nat-${zone}`, {
        allocationId: address.id,
        subnetId: front.id,
        tags: networkTags(environment, { tier: "public", zone }),
        dependsOn: [internet],
      });
      routeOut("private", zone, subnet("private", zone, index).id, { natGatewayId: nat.id });
    });
  }
}

/** The network as a service stack sees it, read at plan: a missing foundation is an error before anything is made. */
export class ExistingNetwork extends Construct {
  readonly vpcId: string;
  readonly subnetIds: Readonly<Record<Tier, string[]>>;

  constructor(scope: Construct, id: string, { environment, placement }: NetworkProps) {
    super(scope, id);
    this.vpcId = new DataAwsVpc(this, "vpc", { tags: { "fleet-network": environment.name } }).id;
    const find = (tier: Tier) =>
      placement.zones.map(
        (zone) =>
          new DataAwsSubnet(this, `${tier}-${zone}`, {
            vpcId: this.vpcId,
            availabilityZone: zone,
            tags: { "fleet-network": environment.name, "fleet-tier": tier },
          }).id,
      );
    this.subnetIds = { private: find("private"), public: find("public") };
  }
}
