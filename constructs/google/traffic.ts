/**
 * The traffic entry: a regional load balancer with a backend service per slot that points at the slot's group.
 *
 * Of two slots, each has a service that stays, and a bump moves its pointer while the slot has no traffic. The one slot that always
 * serves has a service for each group, named like it: taking a group out of a service and another one in is one call of the provider,
 * and no machine of the new one has been probed for that service then (https://github.com/kubernetes/ingress-gce/issues/638). So the
 * new service comes beside the old one, and is warmed up; then the URL map moves to it, and after a hold the old one goes.
 */
import { ComputeAddress } from "@cdktf/provider-google/lib/compute-address";
import {
  ComputeForwardingRule,
  type ComputeForwardingRuleConfig as Rule,
} from "@cdktf/provider-google/lib/compute-forwarding-rule";
import { ComputeRegionBackendService } from "@cdktf/provider-google/lib/compute-region-backend-service";
import { ComputeRegionHealthCheck } from "@cdktf/provider-google/lib/compute-region-health-check";
import { ComputeRegionSslPolicy } from "@cdktf/provider-google/lib/compute-region-ssl-policy";
import { ComputeRegionTargetHttpProxy } from "@cdktf/provider-google/lib/compute-region-target-http-proxy";
import { ComputeRegionTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-region-target-https-proxy";
import { ComputeRegionUrlMap } from "@cdktf/provider-google/lib/compute-region-url-map";
import { TerraformLocal, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { certificateOf } from "../contract/certificates";
import { entryPort, healthContract } from "../contract/machine";
import { keyedName } from "../contract/names";
import type { Slot } from "../contract/slots";
import type { PlacementOn, Service } from "../contract/spec";
import { answerSec, drainSec } from "../contract/times";
import type { InstanceGroup } from "./instance-group";
import { PORT_NAME } from "./launch";
import { entryLabels } from "./live-size";
import type { ExistingNetwork } from "./network";
import { WarmUp } from "./warm-up";

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
  readonly groups: ReadonlyMap<Slot, InstanceGroup>;
}

export class Traffic extends Construct {
  readonly address: string;
  private readonly backends: ReadonlyMap<Slot, ComputeRegionBackendService>;
  private readonly routes: ComputeRegionUrlMap;
  private readonly warmUp?: WarmUp;
  private readonly props: TrafficProps;
  private readonly region: string;

  constructor(scope: Construct, id: string, props: TrafficProps) {
    super(scope, id);
    this.props = props;
    this.region = props.placement.region;
    const { name, service, placement, network, groups } = props;
    const { traffic } = service;
    const { region } = this;
    const internal = traffic.exposure === "internal";
    const scheme = internal ? "INTERNAL_MANAGED" : "EXTERNAL_MANAGED";
    // The scheme cannot change in place: it is part of every name that it decides.
    const entryName = `${name}-${traffic.exposure}`;
    const check = this.healthCheck();
    this.backends = new Map(
      [...groups].map(([slot, group]) => {
        // An entry of another exposure has another service, also for a group that stays.
        const own = slot === "live" ? `${group.name}${internal ? "" : "-ext"}` : `${entryName}-${slot}`;
        return [slot, this.backendOf(slot, own, scheme, check.id, group.group)];
      }),
    );
    const certificate = certificateOf(service, placement);
    // Port and purpose cannot change in place either: an entry that gets a certificate is another one.
    const openName = certificate ? `${entryName}-tls` : entryName;
    const { address } = new ComputeAddress(this, "address", {
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
    const live = this.backends.get("live");
    const place = {
      region,
      loadBalancingScheme: scheme,
      network: network.networkLink,
      ...(internal ? { subnetwork: network.machinesSubnetLink } : { networkTier: "PREMIUM" }),
    };
    this.warmUp = live && new WarmUp(this, "warm", { service, backend: live, place });
    this.routes =
      live && this.warmUp ? this.routesTo(live, entryName, this.warmUp.over) : this.weightedRoutes(entryName);
    const target = certificate
      ? this.httpsProxy(entryName, this.routes.id, certificate)
      : this.httpProxy("http", entryName, this.routes.id);
    const listen = (id: string, ruleName: string, tls: boolean, more: Pick<Rule, "target" | "labels">) =>
      new ComputeForwardingRule(this, id, {
        ...place,
        name: ruleName,
        ipAddress: address,
        ipProtocol: "TCP",
        portRange: String(entryPort(tls)),
        lifecycle,
        ...more,
      });
    // By reference: what a label names exists whenever somebody plans.
    const labels = entryLabels(name, new Map([...this.backends].map(([slot, backend]) => [slot, backend.name])));
    listen("entry", openName, certificate !== undefined, { target, labels });
    if (certificate)
      listen("redirect", `${entryName}-redirect`, false, { target: this.toHttps(`${entryName}-redirect`), labels: {} });
    this.address = address;
  }

  private backend(slot: Slot): ComputeRegionBackendService {
    const backend = this.backends.get(slot);
    if (!backend) throw new Error(`strategy ${this.props.service.strategy} has no slot ${slot}`);
    return backend;
  }

  /** Ids of all that leads to a slot's group: while one of another group is in use, its own stay. */
  pathTo(slot: Slot): string[] {
    return [this.backend(slot).id, ...(this.warmUp ? [this.warmUp.entryId] : [])];
  }

  /** What must be there before a slot's group is one that serves, or may. */
  followed(slot: Slot): ITerraformDependable {
    return slot === "live" ? this.routes : this.backend(slot);
  }

  private healthCheck(): ComputeRegionHealthCheck {
    const { name, service, placement } = this.props;
    // Fast on purpose: a new group's machines are probed anew by the entry, after the gate has seen them healthy.
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

  private backendOf(
    slot: Slot,
    name: string,
    loadBalancingScheme: string,
    check: string,
    group: InstanceGroup["group"],
  ): ComputeRegionBackendService {
    const { service, placement } = this.props;
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

  private routesTo(live: ComputeRegionBackendService, name: string, after: ITerraformDependable) {
    const { region } = this;
    return new ComputeRegionUrlMap(this, "routes", {
      name,
      region,
      defaultService: live.id,
      dependsOn: [after],
      lifecycle,
    });
  }

  /** Where requests go, to two slots by their weights. Previews reach a slot whatever its weight. */
  private weightedRoutes(name: string): ComputeRegionUrlMap {
    const { region } = this;
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
  private toHttps(name: string): string {
    const routes = new ComputeRegionUrlMap(this, "redirect_routes", {
      name,
      region: this.region,
      defaultUrlRedirect: {
        httpsRedirect: true,
        redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
        stripQuery: false,
      },
      lifecycle,
    });
    return this.httpProxy("redirect_http", name, routes.id);
  }

  private httpProxy(id: string, name: string, urlMap: string): string {
    return new ComputeRegionTargetHttpProxy(this, id, {
      name,
      region: this.region,
      urlMap,
      lifecycle,
    }).id;
  }

  private httpsProxy(name: string, urlMap: string, certificate: string): string {
    const { region } = this;
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
