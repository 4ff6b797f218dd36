/**
 * What gets a new backend service probed before the traffic entry leads to it: an entry of its own, because no page says that what no
 * forwarding rule leads to is probed (https://docs.cloud.google.com/load-balancing/docs/health-check-concepts). It answers the health
 * path alone, and lives as long as the service does: while the traffic entry moves away from an old one, that is still probed for proxies
 * which learn late.
 */
import {
  ComputeForwardingRule,
  type ComputeForwardingRuleConfig,
} from "@cdktf/provider-google/lib/compute-forwarding-rule";
import { ComputeRegionTargetHttpProxy } from "@cdktf/provider-google/lib/compute-region-target-http-proxy";
import { ComputeRegionUrlMap } from "@cdktf/provider-google/lib/compute-region-url-map";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Service } from "../contract/spec";
import { GOOGLE_PROPAGATION_SEC } from "../contract/times";
import { hold } from "./hold";

const lifecycle = { createBeforeDestroy: true };

export interface WarmUpProps {
  readonly service: Service;
  readonly backend: { readonly id: string; readonly name: string };
  /** What forwarding rules of the traffic entry have in common: where they are, and who reaches them. */
  readonly place: Pick<
    ComputeForwardingRuleConfig,
    "loadBalancingScheme" | "network" | "networkTier" | "subnetwork"
  > & {
    readonly region: string;
  };
}

export class WarmUp extends Construct {
  /** The entry, which must stay as long as the backend service is in use. */
  readonly entryId: string;
  /** Ends when every proxy knows the backend service, and its machines as healthy. */
  readonly over: ITerraformDependable;

  constructor(scope: Construct, id: string, { service, backend, place }: WarmUpProps) {
    super(scope, id);
    const { region } = place;
    // The same name: each kind has names of its own.
    const { name } = backend;
    const away = { httpsRedirect: true, redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT", stripQuery: false };
    const pathRule = [{ paths: [service.health.path], service: backend.id }];
    const routes = new ComputeRegionUrlMap(this, "routes", {
      name,
      region,
      defaultUrlRedirect: away,
      hostRule: [{ hosts: ["*"], pathMatcher: "health" }],
      pathMatcher: [{ name: "health", defaultUrlRedirect: away, pathRule }],
      lifecycle,
    });
    const proxy = new ComputeRegionTargetHttpProxy(this, "http", { name, region, urlMap: routes.id, lifecycle });
    // Google chooses the address: nobody has to know it.
    const entry = new ComputeForwardingRule(this, "entry", {
      ...place,
      name,
      ipProtocol: "TCP",
      portRange: "80",
      target: proxy.id,
      lifecycle,
    });
    this.entryId = entry.id;
    this.over = hold(this, "up", {
      variable: "FLEET_WARM_SEC",
      seconds: GOOGLE_PROPAGATION_SEC,
      each: [backend.id],
      after: entry,
    });
  }
}
