/**
 * AWS: application load balancers with their listeners, rules and target groups, and the Auto Scaling groups behind them. What the
 * values are founded on is in `aws-facts.ts`. Network load balancers are not played.
 */
import type { CloudObject } from "../../cloud/store";
import type { Obj } from "../../protocol/values";
import type { Condition, Drain, Entry, HealthCheck, Pool, Range, Route, Rules } from "../model";
import { AWS } from "./aws-facts";
import { gates, group, targetGroups } from "./aws-groups";
import { block, blocks, firstCheck, map, number, Objects, serviceOf, text, texts } from "./look";

export const aws: Rules = (objects) => {
  const cloud = new Objects(objects);
  const entries = cloud.of("aws_lb_listener", "aws_alb_listener").flatMap((listener) => entry(listener, cloud));
  const named = new Set(entries.flatMap(({ routes }) => routes.flatMap(poolsIn)));
  const groups = cloud.of("aws_autoscaling_group");
  const members = new Map(groups.map((group) => [group.key, targetGroups(group, cloud)]));
  const pools = cloud
    .of("aws_lb_target_group", "aws_alb_target_group")
    .filter(({ attributes }) => text(attributes, "target_type") !== "lambda")
    .map((object) =>
      pool(
        object,
        groups.filter(({ key }) => members.get(key)?.includes(object)).map(({ key }) => key),
        named.has(object.key),
      ),
    );
  return {
    entries,
    pools,
    groups: groups.map((object) => group(object, cloud, pools)),
    gates: groups.flatMap((object) => gates(object, (members.get(object.key) ?? []).length > 0)),
  };
};

// Entries

function entry(listener: CloudObject, cloud: Objects): Entry[] {
  const balancer = cloud.find(text(listener.attributes, "load_balancer_arn"), "aws_lb", "aws_alb");
  if (!balancer || text(balancer.attributes, "load_balancer_type") === "network") return [];
  const port = number(listener.attributes, "port");
  const own = (rule: CloudObject) => text(rule.attributes, "listener_arn") === text(listener.attributes, "arn");
  if (port === undefined) return [];
  const rules = cloud
    .of("aws_lb_listener_rule", "aws_alb_listener_rule")
    .filter(own)
    .sort((a, b) => (number(a.attributes, "priority") ?? 0) - (number(b.attributes, "priority") ?? 0))
    .flatMap(({ attributes }) => route(conditions(attributes), blocks(attributes, "action"), cloud));
  const idle = number(balancer.attributes, "idle_timeout") ?? AWS.idleSec.value;
  return [
    {
      id: listener.key,
      cloud: "aws",
      service: serviceOf(map(balancer.attributes, "tags_all"), text(balancer.attributes, "name")).service,
      region: text(balancer.attributes, "region"),
      address: text(balancer.attributes, "dns_name"),
      port,
      protocol: text(listener.attributes, "protocol") === "HTTPS" ? "https" : "http",
      style: AWS.style.value,
      routes: [...rules, ...route([], blocks(listener.attributes, "default_action"), cloud)],
      unmatched: status(AWS.emptyStatus.value),
      propagation: {
        // A node in each of the balancer's subnets: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
        proxies: Math.max(1, texts(balancer.attributes, "subnets").length),
        routes: AWS.routesSec.value,
        joined: AWS.joinedSec.value,
        left: AWS.leftSec.value,
        health: AWS.healthSec.value,
      },
      upstream: {
        refused: status(AWS.refusedStatus.value),
        broken: status(AWS.brokenStatus.value),
        timeoutSec: idle,
        timedOut: status(AWS.timedOutStatus.value),
        retries: AWS.retries.value,
        idleSec: idle,
        clientIdleSec: idle,
      },
    },
  ];
}

const status = (code: number) => ({ kind: "status", status: code }) as const;

/** A rule with a condition that a request here cannot meet, such as its source address, matches nothing: `undefined`. */
function conditions(rule: Obj): Condition[] | undefined {
  const all = blocks(rule, "condition").map((condition): Condition | undefined => {
    const [header] = blocks(condition, "http_header");
    const values = (name: string) => texts(block(condition, name), "values");
    if (header) return { kind: "header", name: text(header, "http_header_name"), values: texts(header, "values") };
    if (values("host_header").length > 0) return { kind: "host", values: values("host_header") };
    if (values("path_pattern").length > 0) return { kind: "path", values: values("path_pattern") };
    return undefined;
  });
  return all.every((condition) => condition !== undefined) ? all : undefined;
}

/** The last action says what becomes of a request; those before it ask who sent it. */
function route(conditions: Condition[] | undefined, actions: readonly Obj[], cloud: Objects): Route[] {
  const action = [...actions].sort((a, b) => (number(a, "order") ?? 0) - (number(b, "order") ?? 0)).at(-1);
  if (!conditions || !action) return [];
  const [fixed, redirect] = [block(action, "fixed_response"), block(action, "redirect")];
  if (fixed) {
    const body = text(fixed, "message_body");
    const answer = status(number(fixed, "status_code") ?? 200);
    return [{ conditions, action: body === "" ? answer : { ...answer, body } }];
  }
  if (redirect)
    return [
      {
        conditions,
        action: {
          kind: "redirect",
          status: text(redirect, "status_code") === "HTTP_302" ? 302 : 301,
          location: location(redirect),
        },
      },
    ];
  const targets = weights(action).flatMap(({ arn, weight }) => {
    const target = cloud.find(arn, "aws_lb_target_group", "aws_alb_target_group");
    return target ? [{ pool: target.key, weight }] : [];
  });
  return targets.length > 0 ? [{ conditions, action: { kind: "forward", targets } }] : [];
}

function weights(action: Obj): { arn: string; weight: number }[] {
  const parts = blocks(block(action, "forward"), "target_group");
  if (parts.length === 0) return [{ arn: text(action, "target_group_arn"), weight: 1 }];
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html: 1 where none is given.
  return parts.map((part) => ({ arn: text(part, "arn"), weight: number(part, "weight") ?? 1 }));
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html */
function location(redirect: Obj): string {
  const part = (name: string, otherwise: string) => text(redirect, name) || otherwise;
  const protocol = part("protocol", "#{protocol}").replace("#{protocol}", "HTTP").toLowerCase();
  const [host, port] = [part("host", "#{host}"), part("port", "#{port}")];
  const [path, query] = [part("path", "/#{path}"), part("query", "#{query}")];
  const kept = path.includes("#{path}") && query === "#{query}";
  const rest = kept ? path.replace("/#{path}", "{path}") : `${path}${query === "#{query}" ? "" : `?${query}`}`;
  return `${protocol}://${host.replace("#{host}", "{host}")}:${port.replace("#{port}", "{port}")}${rest}`;
}

const poolsIn = ({ action }: Route): string[] =>
  action.kind === "forward" ? action.targets.map(({ pool }) => pool) : [];

// Target groups

function pool({ key, attributes }: CloudObject, groups: string[], named: boolean): Pool {
  const port = number(attributes, "port") ?? 80;
  const seconds = number(attributes, "deregistration_delay") ?? AWS.drainSec.value;
  const drain: Drain = {
    seconds,
    early: AWS.drainEarly.value,
    keepAlive: AWS.drainKeepAlive.value,
    end: status(AWS.drainEndStatus.value),
  };
  return {
    id: key,
    cloud: "aws",
    name: text(attributes, "name"),
    groups,
    port,
    check: healthCheck(block(attributes, "health_check"), port),
    checked: AWS.checkedWhenNamed.value && named,
    registration: AWS.registrationSec.value,
    noneHealthy: AWS.noneHealthy.value,
    empty: status(AWS.emptyStatus.value),
    unhealthy: AWS.unhealthy.value,
    drain,
    detach: drain,
  };
}

/** Where something is not set: the defaults of https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
function healthCheck(check: Obj | undefined, port: number): HealthCheck {
  const own = number(check, "port");
  const intervalSec = number(check, "interval") ?? 30;
  return {
    protocol: text(check, "protocol") === "TCP" ? "tcp" : "http",
    port: own ?? port,
    path: text(check, "path") || "/",
    pass: statuses(text(check, "matcher") || "200"),
    intervalSec,
    timeoutSec: number(check, "timeout") ?? 5,
    firstPasses: AWS.firstPasses.value,
    healthyAfter: number(check, "healthy_threshold") ?? 5,
    unhealthyAfter: number(check, "unhealthy_threshold") ?? 2,
    firstDelay: firstCheck(intervalSec, AWS.firstCheckSec.value),
  };
}

/** `200`, `200,202` or `200-299`. */
const statuses = (matcher: string): Range[] =>
  matcher.split(",").map((part) => {
    const [least = 200, most = least] = part.split("-").map(Number);
    return [least, most];
  });
