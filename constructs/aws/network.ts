/**
 * The network of a placement: private subnets for machines, public ones for entries and NAT, doors to the cloud's own
 * services, and a record of what passes. Nothing in it depends on an image or a service. Other stacks find it by its tags, so
 * that they need no access to its state.
 */
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { networkLifecycle } from "../contract/planes";
import type { Environment, PlacementOn } from "../contract/spec";
import { arnOf, policy, trustOf } from "./identity";
import { keptLogGroup } from "./log-sink";

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

/** Place of a zone's ranges, by its letter: whichever zones come or go, no other zone's subnet changes. */
const zoneIndex = (zone: string): number => zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0);

/** When a zone is taken out, the doors leave what is its own before that is destroyed. */
const leftLast = { createBeforeDestroy: true };

/** Services that machines reach without leaving the network: records, settings, secrets. */
const DOORS = ["logs", "ssm", "secretsmanager"];

export class Network extends Construct {
  readonly vpcId: string;

  constructor(scope: Construct, id: string, { environment, placement }: NetworkProps) {
    super(scope, id);
    const tags = networkTags(environment);
    const vpc = new Vpc(this, "vpc", {
      cidrBlock: placement.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags,
      ...networkLifecycle(placement),
    });
    // Takes every rule away from the group that AWS makes with the network.
    new DefaultSecurityGroup(this, "default", { vpcId: vpc.id, tags });
    const internet = new InternetGateway(this, "internet", { vpcId: vpc.id, tags });

    const subnet = (tier: Tier, zone: string) =>
      new Subnet(this, `${tier}-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: Fn.cidrsubnet(placement.cidr, 4, zoneIndex(zone) + 8 * TIERS.indexOf(tier)),
        mapPublicIpOnLaunch: false,
        tags: networkTags(environment, { tier, zone }),
        // Networks from before ranges followed the zone's letter keep theirs: nothing in use can move.
        lifecycle: { ...leftLast, ignoreChanges: ["cidr_block"] },
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
        lifecycle: leftLast,
      });
      new RouteTableAssociation(this, `${tier}-${zone}-association`, { routeTableId: table.id, subnetId });
      new Route(this, `${tier}-${zone}-out`, { routeTableId: table.id, destinationCidrBlock: ANYWHERE, ...target });
      return table;
    };

    // A NAT gateway per zone: losing a zone takes nobody else's way out.
    const inside = placement.zones.map((zone) => {
      const front = subnet("public", zone);
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
      const back = subnet("private", zone);
      return { subnetId: back.id, tableId: routeOut("private", zone, back.id, { natGatewayId: nat.id }).id };
    });
    this.vpcId = vpc.id;
    this.doors(environment, placement, inside);
    this.record(environment, placement);
  }

  /** Ways to the cloud's own services that do not lead through the internet. */
  private doors(
    environment: Environment,
    placement: PlacementOn<"aws">,
    inside: readonly { subnetId: string; tableId: string }[],
  ): void {
    const service = (name: string) => `com.amazonaws.${placement.region}.${name}`;
    const tags = networkTags(environment);
    new VpcEndpoint(this, "door-s3", {
      vpcId: this.vpcId,
      serviceName: service("s3"),
      vpcEndpointType: "Gateway",
      routeTableIds: inside.map(({ tableId }) => tableId),
      tags,
    });
    const clients = new SecurityGroup(this, "doors", {
      name: `${environment.name}-doors`,
      description: `Cloud services in the network of ${environment.name}.`,
      vpcId: this.vpcId,
      tags,
    });
    new VpcSecurityGroupIngressRule(this, "doors_in", {
      securityGroupId: clients.id,
      description: "HTTPS from the placement's network",
      cidrIpv4: placement.cidr,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    for (const name of DOORS)
      new VpcEndpoint(this, `door-${name}`, {
        vpcId: this.vpcId,
        serviceName: service(name),
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: inside.map(({ subnetId }) => subnetId),
        securityGroupIds: [clients.id],
        // Credentials of another account lead nowhere from here.
        policy: policy({
          Effect: "Allow",
          Principal: "*",
          Action: "*",
          Resource: "*",
          Condition: { StringEquals: { "aws:PrincipalAccount": placement.account } },
        }),
        tags,
      });
  }

  /** A line for every connection, kept as long as the machines' records. */
  private record(environment: Environment, placement: PlacementOn<"aws">): void {
    const group = keptLogGroup(this, "flow-records", `/${environment.name}/network`, placement);
    const writer = new IamRole(this, "flow-writer", {
      name: `${environment.name}-${placement.region}-flow-records`,
      description: `Writes the flow records of ${environment.name} in ${placement.region}.`,
      assumeRolePolicy: trustOf("vpc-flow-logs.amazonaws.com", {
        StringEquals: { "aws:SourceAccount": placement.account },
      }),
    });
    const right = new IamRolePolicy(this, "flow-writing", {
      name: "write",
      role: writer.name,
      // The least that a flow log's role must have, here for its own group only; listing groups knows no single one:
      // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
      policy: policy(
        {
          Effect: "Allow",
          Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          Resource: [group.arn, `${group.arn}:*`],
        },
        {
          Effect: "Allow",
          Action: "logs:DescribeLogGroups",
          Resource: arnOf(placement, "logs", "log-group:*"),
        },
      ),
    });
    new FlowLog(this, "flow", {
      vpcId: this.vpcId,
      trafficType: "ALL",
      logDestination: group.arn,
      iamRoleArn: writer.arn,
      tags: networkTags(environment),
      dependsOn: [right],
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
