/**
 * Azure: Standard load balancers with their rules, pools and probes, and the uniform scale sets behind them. What the values are
 * founded on is in `azure-facts.ts`. Affinity by client address, inbound NAT rules and flexible sets are not played.
 */
import type { CloudObject } from "../../cloud/store";
import type { Obj } from "../../protocol/values";
import type { Entry, HealthCheck, Pool, Refusal, Rules } from "../model";
import { AZURE } from "./azure-facts";
import { gates, group, serviceIn, SETS } from "./azure-groups";
import { blocks, firstCheck, number, Objects, text, texts } from "./look";

export const azure: Rules = (objects) => {
  const cloud = new Objects(objects);
  const rules = cloud.of("azurerm_lb_rule");
  const groups = cloud.of(...SETS);
  const members = new Map(groups.map((set) => [set.key, poolsOf(set, cloud)]));
  const pools = cloud.of("azurerm_lb_backend_address_pool").map((object) =>
    pool(
      object,
      groups.filter(({ key }) => members.get(key)?.includes(object)).map(({ key }) => key),
      rules.find((rule) => named(rule, cloud).includes(object)),
      // A pool that a rule has just left is still sent to for a while, on that rule's port.
      rules.find((rule) => text(rule.attributes, "loadbalancer_id") === text(object.attributes, "loadbalancer_id")),
      cloud,
    ),
  );
  const checkOf = (probe: string) => probeIn(cloud.find(probe, "azurerm_lb_probe")?.attributes);
  return {
    entries: rules.flatMap((rule) => entry(rule, cloud)),
    pools,
    groups: groups.map((object) => group(object, cloud, pools, checkOf)),
    gates: groups.flatMap(gates),
  };
};

/** Pools that a rule names. */
const named = ({ attributes }: CloudObject, cloud: Objects): CloudObject[] =>
  texts(attributes, "backend_address_pool_ids").flatMap(
    (id) => cloud.find(id, "azurerm_lb_backend_address_pool") ?? [],
  );

/** Pools in which a set's machines stand. */
const poolsOf = ({ attributes }: CloudObject, cloud: Objects): CloudObject[] =>
  blocks(attributes, "network_interface")
    .flatMap((nic) => blocks(nic, "ip_configuration"))
    .flatMap((ip) => texts(ip, "load_balancer_backend_address_pool_ids"))
    .flatMap((id) => cloud.find(id, "azurerm_lb_backend_address_pool") ?? []);

function entry(rule: CloudObject, cloud: Objects): Entry[] {
  const { attributes } = rule;
  const balancer = cloud.find(text(attributes, "loadbalancer_id"), "azurerm_lb");
  const port = number(attributes, "frontend_port");
  // Port 0 with protocol All forwards every port, which is no place to listen at.
  if (!balancer || !port || text(attributes, "protocol") === "Udp") return [];
  const idleSec = 60 * (number(attributes, "idle_timeout_in_minutes") ?? AZURE.idleMinutes.value);
  const resets = attributes.tcp_reset_enabled === true || attributes.enable_tcp_reset === true;
  const targets = named(rule, cloud).map(({ key }) => ({ pool: key, weight: 1 }));
  return [
    {
      id: rule.key,
      cloud: "azure",
      service: serviceIn(balancer.attributes),
      region: text(balancer.attributes, "location"),
      address: addressOf(balancer.attributes, text(attributes, "frontend_ip_configuration_name"), cloud),
      port,
      protocol: "tcp",
      style: AZURE.style.value,
      routes: targets.length > 0 ? [{ conditions: [], action: { kind: "forward", targets } }] : [],
      unmatched: { kind: AZURE.empty.value },
      propagation: {
        proxies: AZURE.proxies.value,
        routes: AZURE.routesSec.value,
        joined: AZURE.joinedSec.value,
        left: AZURE.leftSec.value,
        health: AZURE.healthSec.value,
      },
      upstream: {
        refused: { kind: AZURE.refused.value },
        broken: { kind: AZURE.refused.value },
        timeoutSec: idleSec,
        timedOut: { kind: resets ? "reset" : "silence" } satisfies Refusal,
        retries: AZURE.retries.value,
        idleSec,
        clientIdleSec: idleSec,
      },
    },
  ];
}

function addressOf(balancer: Obj, frontend: string, cloud: Objects): string {
  const all = blocks(balancer, "frontend_ip_configuration");
  const one = all.find((configuration) => text(configuration, "name") === frontend) ?? all[0];
  const outside = cloud.find(text(one, "public_ip_address_id"), "azurerm_public_ip");
  return (
    text(outside?.attributes, "ip_address") || text(one, "private_ip_address") || text(balancer, "private_ip_address")
  );
}

function pool(
  { key, attributes }: CloudObject,
  groups: string[],
  rule: CloudObject | undefined,
  neighbour: CloudObject | undefined,
  cloud: Objects,
): Pool {
  const probe = cloud.find(text(rule?.attributes, "probe_id"), "azurerm_lb_probe");
  const check = probeIn(probe?.attributes);
  const leaves = { seconds: 0, early: false, keepAlive: "stay", end: { kind: AZURE.drainEnd.value } } as const;
  return {
    id: key,
    cloud: "azure",
    name: text(attributes, "name"),
    groups,
    port: number((rule ?? neighbour)?.attributes, "backend_port") ?? 80,
    ...(check ? { check } : {}),
    checked: AZURE.checkedWhenNamed.value && rule !== undefined,
    registration: AZURE.registrationSec.value,
    noneHealthy: AZURE.noneHealthy.value,
    empty: { kind: AZURE.empty.value },
    unhealthy: AZURE.unhealthy.value,
    drain: leaves,
    detach: leaves,
  };
}

/** Where something is not set: the defaults of https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/lb_probe */
function probeIn(probe: Obj | undefined): HealthCheck | undefined {
  if (!probe) return undefined;
  const intervalSec = number(probe, "interval_in_seconds") ?? 15;
  return {
    protocol: text(probe, "protocol") === "Tcp" || text(probe, "protocol") === "" ? "tcp" : "http",
    port: number(probe, "port") ?? 80,
    path: text(probe, "request_path") || "/",
    pass: [AZURE.pass.value],
    intervalSec,
    timeoutSec: Math.min(intervalSec, AZURE.probeTimeoutSec.value),
    firstPasses: AZURE.firstPasses.value,
    healthyAfter: AZURE.healthyAfter.value,
    unhealthyAfter: number(probe, "probe_threshold") ?? AZURE.threshold.value,
    firstDelay: firstCheck(intervalSec, AZURE.firstProbeSec.value),
  };
}
