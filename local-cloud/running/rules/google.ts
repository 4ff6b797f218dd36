/**
 * Google Cloud: forwarding rules, their proxies and URL maps, backend services, and the managed instance groups behind them. What
 * the values are founded on is in `google-facts.ts`. Passthrough load balancers are not played.
 */
import type { CloudObject } from "../../cloud/store";
import type { Obj } from "../../protocol/values";
import type { Entry, HealthCheck, Pool, Refusal, Rules } from "../model";
import { GOOGLE } from "./google-facts";
import { gates, group, MANAGERS } from "./google-groups";
import { poolsOf, routesOf } from "./google-routes";
import { block, blocks, firstCheck, map, number, Objects, serviceOf, text, texts } from "./look";

const PROXIES = [
  ["google_compute_region_target_http_proxy", "http"],
  ["google_compute_region_target_https_proxy", "https"],
  ["google_compute_target_http_proxy", "http"],
  ["google_compute_target_https_proxy", "https"],
] as const;
const MAPS = ["google_compute_region_url_map", "google_compute_url_map"];
const SERVICES = ["google_compute_region_backend_service", "google_compute_backend_service"];
const CHECKS = ["google_compute_region_health_check", "google_compute_health_check"];

export const google: Rules = (objects) => {
  const cloud = new Objects(objects);
  const services = cloud.of(...SERVICES);
  const entries = cloud
    .of("google_compute_forwarding_rule", "google_compute_global_forwarding_rule")
    .flatMap((rule) => entry(rule, cloud));
  const reached = new Set(entries.flatMap(({ routes }) => routes.flatMap(poolsOf)));
  const groups = cloud.of(...MANAGERS);
  const pools = services.map((service) => pool(service, groups, cloud, reached.has(service.key)));
  const checkOf = (link: string) => checkIn(cloud.find(link, ...CHECKS)?.attributes);
  return {
    entries,
    pools,
    groups: groups.map((object) => group(object, cloud, pools, checkOf)),
    gates: groups.flatMap(gates),
  };
};

const status = (code: number): Refusal => ({ kind: "status", status: code });

function entry(rule: CloudObject, cloud: Objects): Entry[] {
  const { attributes } = rule;
  const target = text(attributes, "target");
  const [proxy, protocol] = PROXIES.map(([type, kind]) => [cloud.find(target, type), kind] as const).find(
    ([found]) => found,
  ) ?? [undefined, "http"];
  const urlMap = cloud.find(text(proxy?.attributes, "url_map"), ...MAPS);
  // `80`, or `80-80` as the API writes it.
  const port = Number((text(attributes, "port_range") || texts(attributes, "ports")[0] || "").split("-")[0]);
  if (!urlMap || !(port > 0)) return [];
  const find = (link: string) => cloud.find(link, ...SERVICES)?.key;
  const routes = routesOf(urlMap.attributes, find);
  const named = routes.flatMap(poolsOf);
  // The timeout is a service's; services of one entry have the same one, or the longest counts.
  const timeouts = cloud
    .of(...SERVICES)
    .filter(({ key }) => named.includes(key))
    .map((service) => number(service.attributes, "timeout_sec") ?? GOOGLE.timeoutSec.value);
  return [
    {
      id: rule.key,
      cloud: "google",
      service: serviceOf(map(attributes, "effective_labels"), text(attributes, "name")).service,
      region: text(attributes, "region"),
      address: text(attributes, "ip_address"),
      port,
      protocol,
      style: GOOGLE.style.value,
      routes,
      unmatched: status(GOOGLE.unmatchedStatus.value),
      propagation: {
        proxies: GOOGLE.proxies.value,
        routes: GOOGLE.routesSec.value,
        joined: GOOGLE.joinedSec.value,
        left: GOOGLE.leftSec.value,
        health: GOOGLE.healthSec.value,
      },
      upstream: {
        refused: status(GOOGLE.refusedStatus.value),
        broken: status(GOOGLE.brokenStatus.value),
        timeoutSec: timeouts.length > 0 ? Math.max(...timeouts) : GOOGLE.timeoutSec.value,
        timedOut: status(GOOGLE.timedOutStatus.value),
        retries: GOOGLE.retries.value,
        idleSec: GOOGLE.idleSec.value,
        clientIdleSec: number(proxy?.attributes, "http_keep_alive_timeout_sec") || GOOGLE.clientIdleSec.value,
      },
    },
  ];
}

function pool(service: CloudObject, groups: readonly CloudObject[], cloud: Objects, reached: boolean): Pool {
  const { attributes } = service;
  // A group of capacity 0 is drained: https://docs.cloud.google.com/compute/docs/reference/rest/v1/regionBackendServices
  const links = blocks(attributes, "backend")
    .filter((backend) => number(backend, "capacity_scaler") !== 0)
    .map((backend) => text(backend, "group"));
  const named = new Set(links.map((link) => cloud.find(link, ...MANAGERS)));
  const members = groups.filter((object) => named.has(object));
  const [link = ""] = texts(attributes, "health_checks");
  const port = portOf(attributes, members[0]?.attributes);
  const check = checkIn(cloud.find(link, ...CHECKS)?.attributes, port);
  const drain = {
    seconds: number(attributes, "connection_draining_timeout_sec") ?? GOOGLE.drainSec.value,
    early: GOOGLE.drainEarly.value,
    keepAlive: GOOGLE.drainKeepAlive.value,
    end: status(GOOGLE.drainEndStatus.value),
  };
  return {
    id: service.key,
    cloud: "google",
    name: text(attributes, "name"),
    groups: members.map(({ key }) => key),
    port: port ?? check?.port ?? 80,
    ...(check ? { check } : {}),
    checked: GOOGLE.checkedWhenNamed.value && reached,
    registration: GOOGLE.registrationSec.value,
    noneHealthy: GOOGLE.noneHealthy.value,
    empty: { kind: "status", status: GOOGLE.emptyStatus.value, body: "no healthy upstream" },
    unhealthy: GOOGLE.unhealthy.value,
    drain,
    detach: { ...drain, seconds: GOOGLE.detachSec.value },
  };
}

/** The group's port of the name that the service looks for. */
function portOf(service: Obj, manager: Obj | undefined): number | undefined {
  const name = text(service, "port_name") || "http";
  return number(
    blocks(manager, "named_port").find((port) => text(port, "name") === name),
    "port",
  );
}

const FORMS = ["http", "https", "http2", "tcp", "ssl"] as const;

/** Where something is not set: the defaults of https://docs.cloud.google.com/load-balancing/docs/health-check-concepts */
function checkIn(check: Obj | undefined, servingPort?: number): HealthCheck | undefined {
  const form = FORMS.find((name) => block(check, `${name}_health_check`));
  if (!check || !form) return undefined;
  const own = block(check, `${form}_health_check`);
  const serving = text(own, "port_specification") === "USE_SERVING_PORT" ? servingPort : undefined;
  const passes = number(check, "healthy_threshold") ?? 2;
  const intervalSec = number(check, "check_interval_sec") ?? 5;
  return {
    protocol: form === "tcp" || form === "ssl" ? "tcp" : "http",
    port: serving ?? number(own, "port") ?? 80,
    path: text(own, "request_path") || "/",
    pass: [[200, 200]],
    intervalSec,
    timeoutSec: number(check, "timeout_sec") ?? 5,
    firstPasses: GOOGLE.newIsUnhealthy.value ? passes : 1,
    healthyAfter: passes,
    unhealthyAfter: number(check, "unhealthy_threshold") ?? 2,
    firstDelay: firstCheck(intervalSec, GOOGLE.firstCheckSec.value),
  };
}
