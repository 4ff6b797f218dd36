/**
 * The network of a placement: a subnet for machines without public addresses, a NAT for their way out, and the subnet
 * that the region's load balancers speak from. Service stacks find it by its names, which the environment gives.
 */
import { ComputeNetwork } from "@cdktf/provider-google/lib/compute-network";
import { ComputeRouter } from "@cdktf/provider-google/lib/compute-router";
import { ComputeRouterNat } from "@cdktf/provider-google/lib/compute-router-nat";
import { ComputeSubnetwork } from "@cdktf/provider-google/lib/compute-subnetwork";
import { DataGoogleComputeSubnetwork } from "@cdktf/provider-google/lib/data-google-compute-subnetwork";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { Environment, PlacementOn } from "../contract/spec";

export interface NetworkProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"google">;
}

const names = ({ environment, placement }: NetworkProps) => ({
  network: `${environment.name}-${placement.region}`,
  machines: `${environment.name}-${placement.region}-machines`,
  entries: `${environment.name}-${placement.region}-entries`,
});

export class Network extends Construct {
  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { placement } = props;
    const { region } = placement;
    const name = names(props);
    const network = new ComputeNetwork(this, "network", {
      name: name.network,
      autoCreateSubnetworks: false,
      routingMode: "REGIONAL",
    });
    new ComputeSubnetwork(this, "machines", {
      name: name.machines,
      network: network.id,
      region,
      ipCidrRange: Fn.cidrsubnet(placement.cidr, 4, 0),
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
  }
}

/** The network as a service stack sees it, read at plan: a missing foundation is an error before anything is made. */
export class ExistingNetwork extends Construct {
  readonly networkLink: string;
  readonly machinesSubnetLink: string;
  /** Range that the region's load balancers connect to machines from. */
  readonly entriesCidr: string;

  constructor(scope: Construct, id: string, props: NetworkProps) {
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
