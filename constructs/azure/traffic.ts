/**
 * The traffic entry: a load balancer on TCP whose rule sends to one pool. Old and new machines share the pool while a
 * group is replaced; the probe keeps a machine out until it answers. There are no weights: a canary's machines stand in a
 * pool of both slots as well, where every machine gets the same, and take no traffic while the rule points elsewhere.
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
import { slotsOf, type Slot } from "../contract/slots";
import type { Service } from "../contract/spec";
import { answerSec } from "../contract/times";
import { GREEN_LEADS, IS_SHARED } from "../contract/traffic-variable";
import type { ExistingNetwork } from "./network";

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
  readonly address: string;
  readonly balancerId: string;
  private readonly service: Service;
  private readonly pools: ReadonlyMap<Slot, LbBackendAddressPool>;
  private readonly shared?: LbBackendAddressPool;

  constructor(
    scope: Construct,
    id: string,
    { name, service, resourceGroupName, location, zones, network }: TrafficProps,
  ) {
    super(scope, id);
    const isPublic = service.traffic.exposure === "public";
    // Neither exposure nor zones of a frontend can change in place: with others it is another load balancer.
    const entryName = keyedName("azurerm_lb", `${name}-${service.traffic.exposure}`, { zones });
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
    const pool = (name: string) =>
      new LbBackendAddressPool(this, `${name}_pool`, { name, loadbalancerId: balancer.id, lifecycle });
    this.pools = new Map(slotsOf(service).map((slot) => [slot, pool(slot)]));
    if (service.strategy === "canary") this.shared = pool("shared");
    this.address = publicAddress?.ipAddress ?? balancer.privateIpAddress;
  }

  /** Pools that a slot's machines join: its own, and in a canary the one in which both slots stand. */
  poolsOf(slot: Slot): string[] {
    return [this.poolOf(slot), ...(this.shared ? [this.shared] : [])].map(({ id }) => id);
  }

  /** Sends traffic to the pool of the slot that has it, or to both slots' machines alike, once the groups' machines have passed their gates. */
  serve(groups: ITerraformDependable[]): void {
    const { service } = this;
    const probe = new LbProbe(this, "health", {
      name: keyedName("azurerm_lb_probe", "health", healthContract(service)),
      loadbalancerId: this.balancerId,
      protocol: "Http",
      port: service.port,
      requestPath: service.health.path,
      intervalInSeconds: service.health.intervalSec,
      probeThreshold: service.health.unhealthyThreshold,
      lifecycle: { createBeforeDestroy: true },
    });
    new LbRule(this, "routes", {
      name: "routes",
      loadbalancerId: this.balancerId,
      frontendIpConfigurationName: FRONTEND,
      protocol: "Tcp",
      frontendPort: entryPort(service.traffic.exposure === "public"),
      backendPort: service.port,
      backendAddressPoolIds: [this.servingPool()],
      probeId: probe.id,
      disableOutboundSnat: true,
      tcpResetEnabled: true,
      idleTimeoutInMinutes: Math.ceil(answerSec("azure", service) / 60),
      dependsOn: groups,
    });
  }

  private poolOf(slot: Slot): LbBackendAddressPool {
    const pool = this.pools.get(slot);
    if (!pool) throw new Error(`strategy ${this.service.strategy} has no slot ${slot}`);
    return pool;
  }

  private servingPool(): string {
    const live = this.pools.get("live");
    if (live) return live.id;
    const id = (pool: LbBackendAddressPool) => `${LbBackendAddressPool.tfResourceType}.${pool.friendlyUniqueId}.id`;
    const leading = `${GREEN_LEADS} ? ${id(this.poolOf("green"))} : ${id(this.poolOf("blue"))}`;
    return `\${${this.shared ? `${IS_SHARED} ? ${id(this.shared)} : ` : ""}${leading}}`;
  }
}
