/**
 * The traffic entry: a regional load balancer with a backend service per slot that points at the slot's group. That pointer is
 * the one thing an image bump updates: Google has no resource that attaches a group from the group's side.
 */
import { ComputeAddress } from "@cdktf/provider-google/lib/compute-address";
import { ComputeForwardingRule } from "@cdktf/provider-google/lib/compute-forwarding-rule";
import { ComputeRegionBackendService } from "@cdktf/provider-google/lib/compute-region-backend-service";
import { ComputeRegionHealthCheck } from "@cdktf/provider-google/lib/compute-region-health-check";
import type { ComputeRegionInstanceGroupManager } from "@cdktf/provider-google/lib/compute-region-instance-group-manager";
import { ComputeRegionSslPolicy } from "@cdktf/provider-google/lib/compute-region-ssl-policy";
import { ComputeRegionTargetHttpProxy } from "@cdktf/provider-google/lib/compute-region-target-http-proxy";
import { ComputeRegionTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-region-target-https-proxy";
import { ComputeRegionUrlMap } from "@cdktf/provider-google/lib/compute-region-url-map";
import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { certificateOf } from "../contract/certificates";
import { entryPort, healthContract } from "../contract/machine";
import { keyedName } from "../contract/names";
import type { Slot } from "../contract/slots";
import type { PlacementOn, Service } from "../contract/spec";
import { answerSec, drainSec } from "../contract/times";
import { PORT_NAME } from "./launch";
import { entryLabels } from "./live-size";
import type { ExistingNetwork } from "./network";

/** Domain under which a client reaches a slot by name, by the Host header alone. */
export const PREVIEW_DOMAIN = "preview.internal";
const lifecycle = { createBeforeDestroy: true };

export interface TrafficProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly placement: PlacementOn<"google">;
  readonly network: ExistingNetwork;
  /** The slots' groups. */
  readonly groups: ReadonlyMap<Slot, ComputeRegionInstanceGroupManager>;
}

export class Traffic extends Construct {
  readonly address: string;
  /** What points at each slot's group. */
  readonly backends: ReadonlyMap<Slot, ComputeRegionBackendService>;

  constructor(scope: Construct, id: string, props: TrafficProps) {
    super(scope, id);
    const { name, service, placement, network, groups } = props;
    const { traffic } = service;
    const { region } = placement;
    const internal = traffic.exposure === "internal";
    const scheme = internal ? "INTERNAL_MANAGED" : "EXTERNAL_MANAGED";
    // The scheme cannot change in place: it is part of every name that it decides.
    const entryName = `${name}-${traffic.exposure}`;
    const check = this.healthCheck(props);
    const backendNames = new Map(
      [...groups.keys()].map((slot) => [slot, slot === "live" ? entryName : `${entryName}-${slot}`]),
    );
    this.backends = new Map(
      [...groups].map(([slot, group]) => [
        slot,
        this.backend(slot, backendNames.get(slot) ?? entryName, scheme, check.id, group, props),
      ]),
    );
    const routes = this.routes(entryName, region);
    const certificate = certificateOf(service, placement);
    const proxy = certificate
      ? this.httpsProxy(entryName, region, routes.id, certificate)
      : this.httpProxy("http", entryName, region, routes.id);
    // Port and purpose cannot change in place either: an entry that gets a certificate is another one.
    const openName = certificate ? `${entryName}-tls` : entryName;
    const address = new ComputeAddress(this, "address", {
      name: openName,
      region,
      ...(internal
        ? {
            addressType: "INTERNAL",
            subnetwork: network.machinesSubnetLink,
            // https://cloud.google.com/load-balancing/docs/l7-internal/http-to-https-redirect: two rules share it.
            ...(certificate ? { purpose: "SHARED_LOADBALANCER_VIP" } : {}),
          }
        : { networkTier: "PREMIUM" }),
      lifecycle,
    });
    const listen = (id: string, ruleName: string, tls: boolean, target: string, labels: Record<string, string>) =>
      new ComputeForwardingRule(this, id, {
        name: ruleName,
        labels,
        region,
        loadBalancingScheme: scheme,
        ipAddress: address.address,
        ipProtocol: "TCP",
        portRange: String(entryPort(tls)),
        target,
        network: network.networkLink,
        ...(internal ? { subnetwork: network.machinesSubnetLink } : { networkTier: "PREMIUM" }),
        lifecycle,
      });
    listen("entry", openName, certificate !== undefined, proxy, entryLabels(name, backendNames));
    if (certificate)
      listen("redirect", `${entryName}-redirect`, false, this.toHttps(`${entryName}-redirect`, region), {});
    this.address = address.address;
  }

  private healthCheck({ name, service, placement }: TrafficProps): ComputeRegionHealthCheck {
    // Fast on purpose: one update takes the old group out and the new one in, so the entry must see the new one at once.
    return new ComputeRegionHealthCheck(this, "health", {
      name: keyedName("google_compute_region_health_check", name, healthContract(service)),
      region: placement.region,
      checkIntervalSec: 2,
      timeoutSec: 2,
      healthyThreshold: 1,
      unhealthyThreshold: service.health.unhealthyThreshold,
      httpHealthCheck: { port: service.port, requestPath: service.health.path },
      lifecycle,
    });
  }

  private backend(
    slot: Slot,
    name: string,
    loadBalancingScheme: string,
    check: string,
    group: ComputeRegionInstanceGroupManager,
    { service, placement }: TrafficProps,
  ): ComputeRegionBackendService {
    const members = { balancingMode: "UTILIZATION", maxUtilization: 0.8, capacityScaler: 1 };
    const backend = new ComputeRegionBackendService(this, `${slot}_backend`, {
      name,
      region: placement.region,
      protocol: "HTTP",
      portName: PORT_NAME,
      loadBalancingScheme,
      timeoutSec: answerSec("google", service),
      connectionDrainingTimeoutSec: drainSec("google", service),
      healthChecks: [check],
      ...(slot === "live" ? { backend: [{ group: group.instanceGroup, ...members }] } : {}),
      lifecycle,
    });
    if (slot !== "live")
      backend.addOverride("dynamic.backend", {
        for_each: `\${${group.terraformResourceType}.${group.friendlyUniqueId}}`,
        content: {
          group: "${backend.value.instance_group}",
          balancing_mode: members.balancingMode,
          max_utilization: members.maxUtilization,
          capacity_scaler: members.capacityScaler,
        },
      });
    return backend;
  }

  /** Where requests go: to the one slot, or to two by their weights. Previews reach a slot whatever its weight. */
  private routes(name: string, region: string): ComputeRegionUrlMap {
    const live = this.backends.get("live");
    if (live) return new ComputeRegionUrlMap(this, "routes", { name, region, defaultService: live.id, lifecycle });
    const ids = Object.fromEntries([...this.backends].map(([slot, { id }]) => [slot, id]));
    const slots = Object.keys(ids);
    const routes = new ComputeRegionUrlMap(this, "routes", {
      name,
      region,
      // A slot that no route names would not be health-checked.
      hostRule: slots.map((slot) => ({ hosts: [`${slot}.${PREVIEW_DOMAIN}`], pathMatcher: slot })),
      pathMatcher: slots.map((slot) => ({ name: slot, defaultService: ids[slot] })),
      lifecycle,
    });
    const services = new TerraformLocal(this, "services", ids);
    // Google drops a weight of 0 from the request, so a slot without traffic is left out.
    const weights = new TerraformLocal(
      this,
      "weights",
      "${{ for slot, weight in var.traffic : slot => weight if weight > 0 }}",
    );
    const [all, some] = [`local.${services.friendlyUniqueId}`, `local.${weights.friendlyUniqueId}`];
    routes.addOverride("default_service", `\${length(${some}) == 1 ? ${all}[keys(${some})[0]] : null}`);
    routes.addOverride("dynamic.default_route_action", {
      for_each: `\${length(${some}) > 1 ? [1] : []}`,
      content: {
        dynamic: {
          weighted_backend_services: {
            for_each: `\${${some}}`,
            content: {
              backend_service: `\${${all}[weighted_backend_services.key]}`,
              weight: "${weighted_backend_services.value}",
            },
          },
        },
      },
    });
    return routes;
  }

  /** Where requests without TLS go. */
  private toHttps(name: string, region: string): string {
    const routes = new ComputeRegionUrlMap(this, "redirect_routes", {
      name,
      region,
      defaultUrlRedirect: {
        httpsRedirect: true,
        redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
        stripQuery: false,
      },
      lifecycle,
    });
    return this.httpProxy("redirect_http", name, region, routes.id);
  }

  private httpProxy(id: string, name: string, region: string, urlMap: string): string {
    return new ComputeRegionTargetHttpProxy(this, id, {
      name,
      region,
      urlMap,
      lifecycle,
    }).id;
  }

  private httpsProxy(name: string, region: string, urlMap: string, certificate: string): string {
    const policy = new ComputeRegionSslPolicy(this, "tls", {
      name,
      region,
      profile: "RESTRICTED",
      minTlsVersion: "TLS_1_2",
    });
    return new ComputeRegionTargetHttpsProxy(this, "https", {
      name,
      region,
      urlMap,
      certificateManagerCertificates: [certificate],
      sslPolicy: policy.id,
      lifecycle,
    }).id;
  }
}
