/**
 * The network of a placement: a subnet for machines without public addresses, a NAT for their way out, the subnet that the
 * region's load balancers speak from, and a range for databases and shares that Google runs. What no rule allows is
 * closed, and logged. Other stacks find it by its names, which the environment gives.
 */
import { ComputeFirewall } from "@cdktf/provider-google/lib/compute-firewall";
import { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address";
import { ComputeNetwork } from "@cdktf/provider-google/lib/compute-network";
import { ComputeRouter } from "@cdktf/provider-google/lib/compute-router";
import { ComputeRouterNat } from "@cdktf/provider-google/lib/compute-router-nat";
import { ComputeSubnetwork } from "@cdktf/provider-google/lib/compute-subnetwork";
import { DataGoogleComputeSubnetwork } from "@cdktf/provider-google/lib/data-google-compute-subnetwork";
import { ServiceNetworkingConnection } from "@cdktf/provider-google/lib/service-networking-connection";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { networkLifecycle } from "../contract/planes";
import type { Environment, PlacementOn } from "../contract/spec";

/** An environment in one Google Cloud region: all that the names of long-lived things are made of. */
export interface Place {
  readonly environment: Environment;
  readonly placement: PlacementOn<"google">;
}

export const names = ({ environment, placement }: Place) => ({
  network: `${environment.name}-${placement.region}`,
  machines: `${environment.name}-${placement.region}-machines`,
  entries: `${environment.name}-${placement.region}-entries`,
  services: `${environment.name}-${placement.region}-services`,
});

/** The network's id, known without reading it. */
export const networkId = (place: Place): string =>
  `projects/${place.placement.project}/global/networks/${names(place).network}`;

export const machinesCidr = ({ placement }: Place): string => Fn.cidrsubnet(placement.cidr, 4, 0);

/** Range of the databases and shares that Google runs for the placement. */
export const servicesCidr = ({ placement }: Place): string => Fn.cidrsubnet(placement.cidr, 4, 14);

export const ANYWHERE = "0.0.0.0/0";
export const LOGGED = { metadata: "INCLUDE_ALL_METADATA" };
/** Every rule comes before one with this, and it comes before what Google does without a rule. */
export const LAST_PRIORITY = 65_534;

export class Network extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, props: Place) {
    super(scope, id);
    const { placement } = props;
    const { region } = placement;
    const name = names(props);
    const network = new ComputeNetwork(this, "network", {
      name: name.network,
      autoCreateSubnetworks: false,
      routingMode: "REGIONAL",
      ...networkLifecycle(placement),
    });
    new ComputeSubnetwork(this, "machines", {
      name: name.machines,
      network: network.id,
      region,
      ipCidrRange: machinesCidr(props),
      privateIpGoogleAccess: true,
      logConfig: { aggregationInterval: "INTERVAL_10_MIN", flowSampling: 0.5, metadata: "INCLUDE_ALL_METADATA" },
    });
    // Regional load balancers need one such subnet per network and region:
    // https://cloud.google.com/load-balancing/docs/proxy-only-subnets
    new ComputeSubnetwork(this, "entries", {
      name: name.entries,
      network: network.id,
      region,
      ipCidrRange: Fn.cidrsubnet(placement.cidr, 4, 15),
      purpose: "REGIONAL_MANAGED_PROXY",
      role: "ACTIVE",
    });
    const router = new ComputeRouter(this, "router", { name: name.network, network: network.id, region });
    new ComputeRouterNat(this, "nat", {
      name: name.network,
      router: router.name,
      region,
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
      logConfig: { enable: true, filter: "ERRORS_ONLY" },
    });
    const services = new ComputeGlobalAddress(this, "services", {
      name: name.services,
      network: network.id,
      addressType: "INTERNAL",
      purpose: "VPC_PEERING",
      address: Fn.cidrhost(servicesCidr(props), 0),
      prefixLength: Number(placement.cidr.split("/")[1]) + 4,
    });
    // One for the whole network, and it cannot go while a database or share still stands in it:
    // https://cloud.google.com/vpc/docs/configure-private-services-access
    new ServiceNetworkingConnection(this, "peering", {
      network: network.id,
      service: "servicenetworking.googleapis.com",
      reservedPeeringRanges: [services.name],
    });
    // Google refuses what comes in unasked without a record; this refuses it with one.
    new ComputeFirewall(this, "others_in", {
      name: `${name.network}-others`,
      network: network.id,
      direction: "INGRESS",
      priority: LAST_PRIORITY,
      sourceRanges: [ANYWHERE],
      deny: [{ protocol: "all" }],
      logConfig: LOGGED,
    });
    // Google lets out what no rule forbids. Services close their own way out; this is for whatever else stands in the network.
    new ComputeFirewall(this, "services_out", {
      name: name.services,
      network: network.id,
      direction: "EGRESS",
      priority: LAST_PRIORITY,
      destinationRanges: [servicesCidr(props)],
      deny: [{ protocol: "all" }],
      logConfig: LOGGED,
    });
    this.id = network.id;
  }
}

/** The network as a service stack sees it, read at plan: a missing foundation is an error before anything is made. */
export class ExistingNetwork extends Construct {
  readonly networkLink: string;
  readonly machinesSubnetLink: string;
  /** Range that the region's load balancers connect to machines from. */
  readonly entriesCidr: string;

  constructor(scope: Construct, id: string, props: Place) {
    super(scope, id);
    const name = names(props);
    const { region } = props.placement;
    const machines = new DataGoogleComputeSubnetwork(this, "machines", { name: name.machines, region });
    const entries = new DataGoogleComputeSubnetwork(this, "entries", { name: name.entries, region });
    this.networkLink = machines.network;
    this.machinesSubnetLink = machines.selfLink;
    this.entriesCidr = entries.ipCidrRange;
  }
}
