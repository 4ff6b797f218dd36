/**
 * The traffic entry: a regional load balancer whose backend service points at the group. That pointer is the one thing
 * an image bump updates: Google has no resource that attaches a group from the group's side.
 */
import { ComputeAddress } from "@cdktf/provider-google/lib/compute-address";
import { ComputeForwardingRule } from "@cdktf/provider-google/lib/compute-forwarding-rule";
import { ComputeRegionBackendService } from "@cdktf/provider-google/lib/compute-region-backend-service";
import { ComputeRegionHealthCheck } from "@cdktf/provider-google/lib/compute-region-health-check";
import { ComputeRegionSslPolicy } from "@cdktf/provider-google/lib/compute-region-ssl-policy";
import { ComputeRegionTargetHttpProxy } from "@cdktf/provider-google/lib/compute-region-target-http-proxy";
import { ComputeRegionTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-region-target-https-proxy";
import { ComputeRegionUrlMap } from "@cdktf/provider-google/lib/compute-region-url-map";
import { Construct } from "constructs";
import { entryPort, healthContract } from "../contract/machine";
import { keyedName } from "../contract/names";
import type { PlacementOn, Service } from "../contract/spec";
import { PORT_NAME } from "./launch";
import type { ExistingNetwork } from "./network";

/** https://cloud.google.com/compute/docs/naming-resources */
export const NAME_LIMIT = 63;

export interface TrafficProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly placement: PlacementOn<"google">;
  readonly network: ExistingNetwork;
  /** Instance group that takes the traffic. */
  readonly groupLink: string;
}

export class Traffic extends Construct {
  readonly backend: ComputeRegionBackendService;
  readonly address: string;

  constructor(scope: Construct, id: string, { name, service, placement, network, groupLink }: TrafficProps) {
    super(scope, id);
    const { traffic, health, port } = service;
    const { region } = placement;
    const internal = traffic.exposure === "internal";
    const scheme = internal ? "INTERNAL_MANAGED" : "EXTERNAL_MANAGED";
    // The scheme cannot change in place: it is part of every name that it decides.
    const entryName = `${name}-${traffic.exposure}`;
    const lifecycle = { createBeforeDestroy: true };

    // Fast on purpose: one update takes the old group out and the new one in, so the entry must see the new one at once.
    const check = new ComputeRegionHealthCheck(this, "health", {
      name: keyedName(name, healthContract(service), NAME_LIMIT),
      region,
      checkIntervalSec: 2,
      timeoutSec: 2,
      healthyThreshold: 1,
      unhealthyThreshold: health.unhealthyThreshold,
      httpHealthCheck: { port, requestPath: health.path },
      lifecycle,
    });
    this.backend = new ComputeRegionBackendService(this, "backend", {
      name: entryName,
      region,
      protocol: "HTTP",
      portName: PORT_NAME,
      loadBalancingScheme: scheme,
      timeoutSec: 30,
      connectionDrainingTimeoutSec: traffic.drainSec,
      healthChecks: [check.id],
      backend: [{ group: groupLink, balancingMode: "UTILIZATION", maxUtilization: 0.8, capacityScaler: 1 }],
      lifecycle,
    });
    const routes = new ComputeRegionUrlMap(this, "routes", {
      name: entryName,
      region,
      defaultService: this.backend.id,
      lifecycle,
    });
    const certificate = traffic.certificates.google;
    const proxy = certificate
      ? this.httpsProxy(entryName, region, routes.id, certificate)
      : this.httpProxy(entryName, region, routes.id);
    const address = new ComputeAddress(this, "address", {
      name: entryName,
      region,
      ...(internal ? { addressType: "INTERNAL", subnetwork: network.machinesSubnetLink } : { networkTier: "PREMIUM" }),
      lifecycle,
    });
    new ComputeForwardingRule(this, "entry", {
      name: entryName,
      region,
      loadBalancingScheme: scheme,
      ipAddress: address.address,
      ipProtocol: "TCP",
      portRange: String(entryPort(certificate !== undefined)),
      target: proxy,
      network: network.networkLink,
      ...(internal ? { subnetwork: network.machinesSubnetLink } : { networkTier: "PREMIUM" }),
      lifecycle,
    });
    this.address = address.address;
  }

  private httpProxy(name: string, region: string, urlMap: string): string {
    return new ComputeRegionTargetHttpProxy(this, "http", {
      name,
      region,
      urlMap,
      lifecycle: { createBeforeDestroy: true },
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
      lifecycle: { createBeforeDestroy: true },
    }).id;
  }
}
