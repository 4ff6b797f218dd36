/**
 * The traffic entry: a load balancer on TCP whose rule sends to one pool. Old and new machines share the pool while a
 * group is replaced; the probe keeps a machine out until it answers.
 */
import { Lb } from "@cdktf/provider-azurerm/lib/lb";
import { LbBackendAddressPool } from "@cdktf/provider-azurerm/lib/lb-backend-address-pool";
import { LbProbe } from "@cdktf/provider-azurerm/lib/lb-probe";
import { LbRule } from "@cdktf/provider-azurerm/lib/lb-rule";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { entryPort, healthContract } from "../contract/machine";
import { keyedName } from "../contract/names";
import type { Service } from "../contract/spec";
import type { ExistingNetwork } from "./network";

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork */
const NAME_LIMIT = 80;
const FRONTEND = "entry";

export interface TrafficProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly resourceGroupName: string;
  readonly location: string;
  /** Zones that the entry's address survives the loss of. */
  readonly zones: string[];
  readonly network: ExistingNetwork;
}

export class Traffic extends Construct {
  readonly poolId: string;
  readonly address: string;
  private readonly service: Service;
  private readonly balancerId: string;

  constructor(
    scope: Construct,
    id: string,
    { name, service, resourceGroupName, location, zones, network }: TrafficProps,
  ) {
    super(scope, id);
    const isPublic = service.traffic.exposure === "public";
    // Neither exposure nor zones of a frontend can change in place: with others it is another load balancer.
    const entryName = keyedName(`${name}-${service.traffic.exposure}`, { zones }, NAME_LIMIT);
    const lifecycle = { createBeforeDestroy: true };
    const publicAddress = isPublic
      ? new PublicIp(this, "address", {
          name: entryName,
          resourceGroupName,
          location,
          allocationMethod: "Static",
          sku: "Standard",
          zones,
          lifecycle,
        })
      : undefined;
    const balancer = new Lb(this, "entry", {
      name: entryName,
      resourceGroupName,
      location,
      sku: "Standard",
      frontendIpConfiguration: [
        publicAddress
          ? { name: FRONTEND, publicIpAddressId: publicAddress.id }
          : { name: FRONTEND, subnetId: network.machinesSubnetId, privateIpAddressAllocation: "Dynamic", zones },
      ],
      lifecycle,
    });
    this.service = service;
    this.balancerId = balancer.id;
    this.poolId = new LbBackendAddressPool(this, "pool", { name: "live", loadbalancerId: balancer.id, lifecycle }).id;
    this.address = publicAddress?.ipAddress ?? balancer.privateIpAddress;
  }

  /** Sends traffic to the pool, once the group's machines have passed their gate. */
  serve(group: ITerraformDependable): void {
    const { service } = this;
    const probe = new LbProbe(this, "health", {
      name: keyedName("health", healthContract(service), NAME_LIMIT),
      loadbalancerId: this.balancerId,
      protocol: "Http",
      port: service.port,
      requestPath: service.health.path,
      intervalInSeconds: service.health.intervalSec,
      probeThreshold: service.health.unhealthyThreshold,
      lifecycle: { createBeforeDestroy: true },
    });
    new LbRule(this, "live", {
      name: "live",
      loadbalancerId: this.balancerId,
      frontendIpConfigurationName: FRONTEND,
      protocol: "Tcp",
      frontendPort: entryPort(service.traffic.exposure === "public"),
      backendPort: service.port,
      backendAddressPoolIds: [this.poolId],
      probeId: probe.id,
      disableOutboundSnat: true,
      tcpResetEnabled: true,
      dependsOn: [group],
    });
  }
}
