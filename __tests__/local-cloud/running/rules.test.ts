import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudObject } from "../../../local-cloud/cloud/store";
import type { Topology } from "../../../local-cloud/running/model";
import { resized } from "../../../local-cloud/running/mechanics/scaler";
import { goSeconds, isoSeconds } from "../../../local-cloud/running/rules/durations";
import { rulesTable, topologyOf } from "../../../local-cloud/running/rules";
import { AWS } from "../../../local-cloud/running/rules/aws-facts";
import { AZURE } from "../../../local-cloud/running/rules/azure-facts";
import { GOOGLE } from "../../../local-cloud/running/rules/google-facts";
import type { Obj, Value } from "../../../local-cloud/protocol/values";

/** `prod-shop` as its stacks made it in the local cloud, blue 1.0.0 and green 1.1.0 at 75 to 25; without what no rule reads. */
const RECORDED = JSON.parse(readFileSync(join(__dirname, "recorded-objects.json"), "utf8")) as CloudObject[];
const CLOUDS = ["aws", "google", "azure"] as const;

type Change = (attributes: Obj, object: CloudObject) => Obj | undefined;

/** What runs of the recorded objects after changes by type; an object of which nothing is left is gone. */
function changed(changes: Record<string, Change>, objects = RECORDED): Topology {
  return topologyOf(
    objects.flatMap((object) => {
      const change = changes[object.type];
      const attributes = change ? change(structuredClone(object.attributes), object) : object.attributes;
      return attributes === undefined ? [] : [{ ...object, attributes }];
    }),
  );
}
const gone: Change = () => undefined;
const set = (values: Record<string, Value>): Change => {
  return (attributes) => ({ ...attributes, ...values });
};
/** Changes that meet only what has a text in its id or its attributes. */
const only = (text: string, change: Change): Change => {
  return (attributes, object) => (JSON.stringify(object).includes(text) ? change(attributes, object) : attributes);
};

function of<T extends { readonly cloud: string }>(
  cloud: string,
  things: readonly T[],
  pick: (thing: T) => boolean = () => true,
): T {
  const found = things.find((thing) => thing.cloud === cloud && pick(thing));
  if (!found) throw new Error(`no ${cloud} among ${things.length}`);
  return found;
}
const groupOf = (topology: Topology, cloud: string, slot = "blue") =>
  of(cloud, topology.groups, (group) => group.slot === slot);
const serving = (topology: Topology, cloud: string) => {
  const route = of(cloud, topology.entries).routes.find(
    ({ conditions, action }) => action.kind === "forward" && conditions.every(({ kind }) => kind === "path"),
  );
  const targets = route?.action.kind === "forward" ? route.action.targets : [];
  return targets.map(({ pool, weight }) => ({ pool: topology.pools.find(({ id }) => id === pool)!, weight }));
};

const shop = topologyOf(RECORDED);

test("the same objects give the same topology, whatever their order", () => {
  const sorted = (topology: Topology) =>
    JSON.parse(JSON.stringify(topology), (_, value: unknown) =>
      Array.isArray(value) && value.every((item) => (item as { id?: string } | null)?.id)
        ? [...value].sort((a, b) => (a.id < b.id ? -1 : 1))
        : value,
    ) as unknown;
  expect(topologyOf(RECORDED)).toEqual(shop);
  expect(sorted(topologyOf([...RECORDED].reverse()))).toEqual(sorted(shop));
});

describe.each(CLOUDS)("%s: the shipped stack", (cloud) => {
  test("has one entry, and says whose it is and where clients go", () => {
    expect(shop.entries.filter((entry) => entry.cloud === cloud)).toHaveLength(1);
    const { service, port, address, region } = of(cloud, shop.entries);
    expect({ service, port }).toEqual({ service: "prod-shop", port: 80 });
    expect(address).toMatch(/^(10\.|prod-shop-.*amazonaws\.com$)/);
    expect(region).toBe({ aws: "us-east-1", google: "us-central1", azure: "westeurope" }[cloud]);
  });

  test("has a group for each slot, with version, image, boot settings and three machines over its zones", () => {
    const blue = groupOf(shop, cloud);
    expect([blue.version, groupOf(shop, cloud, "green").version]).toEqual(["1.0.0", "1.1.0"]);
    expect(blue).toMatchObject({ service: "prod-shop", size: 3, port: 8080, healthPath: "/healthz" });
    expect(blue.image).toMatch(/ami-|web-v1-0-0|1\.0\.0/);
    expect(blue.userData).toContain("SERVICE=shop\n");
    expect(blue.zones.length).toBe(cloud === "aws" ? 2 : 3);
  });

  test("checks what serves on its port and path, and takes status 200 only", () => {
    for (const { pool } of serving(shop, cloud)) {
      expect(pool).toMatchObject({
        checked: true,
        port: 8080,
        check: { path: "/healthz", port: 8080, pass: [[200, 200]] },
      });
      expect(pool.groups.length).toBeGreaterThan(0);
    }
  });

  test("waits at the first apply for as many machines as the group has", () => {
    const { id, size } = groupOf(shop, cloud);
    const last = shop.gates.filter(({ object, on }) => object === id && on.includes("create")).at(-1);
    const counts = { aws: "pools", google: "healing", azure: "answers" }[cloud];
    expect(last).toMatchObject({ groups: [id], counts, wanted: size, exactly: false });
    expect(last!.timeoutSec).toBe({ aws: 780, google: 780, azure: 340 }[cloud]);
  });

  test("scales between the release's fewest and the most", () => {
    const { lowPercent = 60, ...scaling } = groupOf(shop, cloud, "green").scaling!;
    expect(scaling).toMatchObject({ min: 1, max: 12, targetPercent: 60 });
    expect(lowPercent).toBe({ aws: 54, google: 60, azure: 30 }[cloud]);
  });
});

test("shares are requests on AWS and Google, by weight, and machines of one pool on Azure", () => {
  const shares = (cloud: string) =>
    serving(shop, cloud).map(({ pool, weight }) => [
      pool.groups.map((id) => shop.groups.find((one) => one.id === id)?.version),
      weight,
    ]);
  expect(shares("aws")).toEqual(
    expect.arrayContaining([
      [["1.0.0"], 75],
      [["1.1.0"], 25],
    ]),
  );
  expect(shares("google")).toEqual(
    expect.arrayContaining([
      [["1.0.0"], 75],
      [["1.1.0"], 25],
    ]),
  );
  expect(shares("azure")).toEqual([[["1.0.0", "1.1.0"], 1]]);
  expect(CLOUDS.map((cloud) => of(cloud, shop.entries).style)).toEqual(["requests", "requests", "flows"]);
});

test("a slot is reached by header on AWS and by host on Google, and comes before the weights", () => {
  const [aws] = of("aws", shop.entries).routes;
  const [google] = of("google", shop.entries).routes;
  expect(aws!.conditions).toEqual([{ kind: "header", name: "X-Fleet-Slot", values: ["blue"] }]);
  expect(google!.conditions).toEqual([{ kind: "host", values: ["blue.preview.internal"] }]);
});

test("a share of an empty slot stays its own: 503, 503, and on Azure nobody answers", () => {
  const empty = changed({
    aws_autoscaling_group: only("green", gone),
    google_compute_region_backend_service: only("internal-green", set({ backend: [] })),
    azurerm_linux_virtual_machine_scale_set: gone,
  });
  const answers = CLOUDS.map((cloud) => serving(empty, cloud).filter(({ pool }) => pool.groups.length === 0));
  expect(answers.map((pools) => pools.map(({ pool, weight }) => [pool.empty, weight]))).toEqual([
    [[{ kind: "status", status: 503 }, 25]],
    [[{ kind: "status", status: 503, body: "no healthy upstream" }, 25]],
    [[{ kind: "silence" }, 1]],
  ]);
});

test("with nobody healthy AWS sends to all, Google and Azure to none", () => {
  expect(CLOUDS.map((cloud) => of(cloud, shop.pools).noneHealthy)).toEqual(["all", "refuse", "refuse"]);
});

test("a pool that no rule leads to is not checked, so nobody in it is healthy", () => {
  const cut = changed({ aws_lb_listener_rule: gone, google_compute_forwarding_rule: gone, azurerm_lb_rule: gone });
  expect(cut.pools.filter(({ checked }) => checked)).toEqual([]);
  expect(cut.entries.filter(({ cloud }) => cloud !== "aws")).toEqual([]);
  expect(of("aws", cut.entries).routes).toEqual([{ conditions: [], action: { kind: "status", status: 404 } }]);
});

test("how a machine leaves: drained first on AWS and Google, on Azure by notice and its own failing probe", () => {
  expect(CLOUDS.map((cloud) => groupOf(shop, cloud).retirement)).toMatchObject([
    { pools: "first", end: "killed" },
    { pools: "first", end: "killed" },
    { pools: "none", end: "vanishes", notice: { seconds: 300, consent: true, collective: true } },
  ]);
  const drains = CLOUDS.map((cloud) => of(cloud, shop.pools).drain);
  expect(drains.map(({ seconds }) => seconds)).toEqual([60, 60, 0]);
  expect(drains[2]).toMatchObject({ keepAlive: "stay", end: { kind: "continue" } });
  // Google: a whole group that is taken out is not drained.
  expect(of("google", shop.pools).detach.seconds).toBe(0);
  const silent = changed({
    azurerm_linux_virtual_machine_scale_set: set({ termination_notification: [{ enabled: false }] }),
  });
  expect(groupOf(silent, "azure").retirement.notice).toBeUndefined();
});

test("what is taken away is taken away: drain, gate, grace", () => {
  const bare = changed({
    aws_lb_target_group: set({ deregistration_delay: "0" }),
    aws_autoscaling_group: set({ wait_for_capacity_timeout: "0", health_check_grace_period: 0 }),
    google_compute_region_backend_service: set({ connection_draining_timeout_sec: 0 }),
    google_compute_region_instance_group_manager: set({ wait_for_instances: false }),
    azurerm_linux_virtual_machine_scale_set: set({ extension: [], automatic_instance_repair: [] }),
  });
  expect(CLOUDS.map((cloud) => of(cloud, bare.pools).drain.seconds)).toEqual([0, 0, 0]);
  expect(bare.gates.map(({ counts }) => counts)).toEqual(["launched", "launched"]);
  expect(groupOf(bare, "aws").healing?.graceSec).toBe(0);
  expect(groupOf(bare, "azure").healing).toBeUndefined();
});

test("AWS: machines register wherever an object says so, and a group without target groups counts them all", () => {
  const [target] = RECORDED.filter(({ type }) => type === "aws_lb_target_group");
  const [group] = RECORDED.filter(({ type }) => type === "aws_autoscaling_group");
  const attachment = (type: string, more: Obj): CloudObject => ({
    ...{ key: type, type, id: type, serial: 999 },
    attributes: { autoscaling_group_name: group!.attributes.name!, ...more },
  });
  const without = RECORDED.map((object) =>
    object === group ? { ...object, attributes: { ...object.attributes, target_group_arns: [] } } : object,
  );
  const arn = target!.attributes.arn!;
  const ways = [
    attachment("aws_autoscaling_attachment", { lb_target_group_arn: arn }),
    attachment("aws_autoscaling_traffic_source_attachment", { traffic_source: [{ identifier: arn, type: "elbv2" }] }),
  ];
  const pools = (objects: CloudObject[]) =>
    topologyOf(objects).pools.filter(({ groups }) => groups.includes(group!.key));
  expect(pools(without)).toEqual([]);
  for (const way of ways) expect(pools([...without, way]).map(({ id }) => id)).toEqual([target!.key]);
  const alone = topologyOf(without).gates.filter(({ object }) => object === group!.key);
  expect(new Set(alone.map(({ counts }) => counts))).toEqual(new Set(["launched"]));
});

test("AWS: only the load balancer's word makes a running machine unhealthy, and only where it is asked for", () => {
  const deaf = changed({ aws_autoscaling_group: set({ health_check_type: "EC2", instance_maintenance_policy: [] }) });
  expect(groupOf(shop, "aws").healing).toMatchObject({ by: "pools", graceSec: 300, order: "launch-first" });
  expect(groupOf(deaf, "aws").healing).toMatchObject({ graceSec: Infinity, order: "terminate-first" });
});

test("AWS: rules by priority, redirects with what they keep, and no rule for what a request here cannot show", () => {
  const odd = changed({
    aws_lb_listener: set({
      default_action: [{ type: "redirect", redirect: [{ protocol: "HTTPS", port: "443", status_code: "HTTP_301" }] }],
    }),
    aws_lb_listener_rule: only("/*", set({ condition: [{ source_ip: [{ values: ["10.0.0.0/8"] }] }] })),
    aws_lb_target_group: set({ health_check: [{ matcher: "200-299,304", port: "9000", path: "/up" }] }),
  });
  const { routes } = of("aws", odd.entries);
  expect(routes.map(({ conditions }) => conditions[0]?.kind)).toEqual(["header", "header", undefined]);
  expect(routes.at(-1)!.action).toEqual({ kind: "redirect", status: 301, location: "https://{host}:443{path}" });
  expect(of("aws", odd.pools).check).toMatchObject({
    port: 9000,
    path: "/up",
    pass: [
      [200, 299],
      [304, 304],
    ],
    intervalSec: 30,
    unhealthyAfter: 2,
  });
});

test("Google: host rules, path rules and route rules lead where the URL map says, by their order", () => {
  const [service] = RECORDED.filter(({ type }) => type === "google_compute_region_backend_service");
  const link = service!.attributes.self_link!;
  const mapped = changed({
    google_compute_region_url_map: set({
      default_service: "",
      default_route_action: [],
      default_url_redirect: [{ https_redirect: true, redirect_response_code: "FOUND" }],
      host_rule: [
        { hosts: ["*.example"], path_matcher: "m" },
        { hosts: ["a.example"], path_matcher: "m" },
      ],
      path_matcher: [
        {
          name: "m",
          default_service: link,
          path_rule: [{ paths: ["/*", "/api/*"], service: link }],
          route_rules: [
            {
              priority: 2,
              service: link,
              match_rules: [{ prefix_match: "/v2", header_matches: [{ header_name: "x", exact_match: "y" }] }],
            },
          ],
        },
      ],
    }),
  });
  const { routes } = of("google", mapped.entries);
  expect(routes.slice(0, 3).map(({ conditions }) => conditions)).toEqual([
    [
      { kind: "host", values: ["a.example"] },
      { kind: "path", values: ["/v2*"] },
      { kind: "header", name: "x", values: ["y"] },
    ],
    [
      { kind: "host", values: ["a.example"] },
      { kind: "path", values: ["/api/*", "/api"] },
    ],
    [
      { kind: "host", values: ["a.example"] },
      { kind: "path", values: ["/*"] },
    ],
  ]);
  expect(routes.at(-1)!.action).toEqual({ kind: "redirect", status: 302, location: "https://{host}{path}" });
});

test("Google: a group without a size passes its gate empty, a capacity of 0 takes it out, and an autoscaler holds it within limits", () => {
  const odd = changed({
    google_compute_region_instance_group_manager: set({ target_size: 1 }),
    google_compute_region_backend_service: only("internal-blue", (attributes) => ({
      ...attributes,
      backend: [{ ...(attributes.backend as Obj[])[0], capacity_scaler: 0 }],
    })),
  });
  expect(groupOf(odd, "google").size).toBe(3);
  expect(groupOf(odd, "google", "green").size).toBe(1);
  expect(of("google", odd.pools, ({ name }) => name.endsWith("blue")).groups).toEqual([]);
  const unsized = changed({ google_compute_region_instance_group_manager: set({ target_size: null }) });
  expect(unsized.gates.some(({ object }) => object.includes("instanceGroupManagers"))).toBe(false);
});

test("Azure: only version 1 of the health extension takes a bare 200, and settings that are no JSON ask for the default", () => {
  const extension = (version: string, settings: string): Change =>
    set({ extension: [{ type: "ApplicationHealthLinux", type_handler_version: version, settings }] });
  const asked = (version: string, settings: string) =>
    groupOf(changed({ azurerm_linux_virtual_machine_scale_set: extension(version, settings) }), "azure").healing?.by;
  expect(asked("1.0", `{"port":81,"protocol":"http","requestPath":"/h"}`)).toMatchObject({
    port: 81,
    path: "/h",
    pass: [[200, 200]],
    intervalSec: 5,
  });
  expect(asked("2.0", "{}")).toMatchObject({ pass: [] });
  expect(asked("1.0", "no json")).toMatchObject({ port: 80, path: "/" });
  expect(groupOf(shop, "azure").healing).toMatchObject({ graceSec: 780, share: 0.05 });
});

test("Azure: a rule without a pool answers nobody, one without a probe trusts every machine, and a reset is the rule's choice", () => {
  const odd = changed({
    azurerm_lb_rule: set({
      probe_id: "",
      tcp_reset_enabled: false,
      enable_tcp_reset: false,
      idle_timeout_in_minutes: 15,
    }),
  });
  expect(of("azure", odd.pools, ({ checked }) => checked).check).toBeUndefined();
  expect(of("azure", odd.entries).upstream).toMatchObject({ timedOut: { kind: "silence" }, clientIdleSec: 900 });
  const { entries, pools } = changed({ azurerm_lb_rule: set({ backend_address_pool_ids: [] }) });
  const { routes, unmatched } = of("azure", entries);
  expect([routes, unmatched]).toEqual([[], { kind: "silence" }]);
  // What was sent to until now is sent to a little longer, on the same port.
  expect(of("azure", pools)).toMatchObject({ checked: false, port: 8080 });
});

test("nothing but what holds traffic is needed: any part of the objects gives a topology", () => {
  for (let i = 0; i < RECORDED.length; i += 1) {
    const part = RECORDED.filter((_, j) => j !== i && (i % 2 === 0 || j % 3 !== i % 3));
    expect(() => topologyOf(part)).not.toThrow();
    expect(() =>
      topologyOf(part.map((object) => ({ ...object, attributes: { name: object.attributes.name ?? null } }))),
    ).not.toThrow();
  }
});

test("lengths of time, as Go and ISO 8601 write them", () => {
  const go = { "13m": 780, "1h30m": 5400, "15m0s": 900, "0": 0, "1.5s": 1.5, "250ms": 0.25 };
  const iso = { PT5M: 300, PT1H30M: 5400, PT90M: 5400, P1DT1S: 86401, "PT0.5S": 0.5 };
  for (const [text, seconds] of Object.entries(go)) expect([text, goSeconds(text)]).toEqual([text, seconds]);
  for (const [text, seconds] of Object.entries(iso)) expect([text, isoSeconds(text)]).toEqual([text, seconds]);
  expect(["5 minutes", "", "PT5M"].map(goSeconds)).toEqual([undefined, undefined, undefined]);
  expect(["5M", "P", "PT", "", "P1M"].map(isoSeconds)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test("an autoscaler asks for what the load needs, once, and one that has steps takes them", () => {
  const limits = { min: 2, max: 6, targetPercent: 60, warmupSec: 0, outAfterSec: 0, inAfterSec: 0, cooldownSec: 0 };
  expect([resized(limits, 2, "out", 4), resized(limits, 4, "out", 4)]).toEqual([4, 4]);
  expect([resized(limits, 4, "out", 9), resized(limits, 4, "in", 1), resized(limits, 3, "in", 3)]).toEqual([6, 2, 3]);
  const steps = { ...limits, step: 1 };
  expect([resized(steps, 2, "out", 5), resized(steps, 6, "out", 9), resized(steps, 5, "in", 2)]).toEqual([3, 6, 4]);
});

describe("what the rules rest on", () => {
  const folder = join(__dirname, "../../../local-cloud/running/rules");
  const rules = readdirSync(folder)
    .filter((file) => !file.endsWith("facts.ts"))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("");

  test("every fact is used by a rule, and has a page", () => {
    for (const [name, facts] of Object.entries({ AWS, GOOGLE, AZURE })) {
      for (const [key, { source }] of Object.entries(facts)) {
        expect([`${name}.${key}`, rules.includes(`${name}.${key}.value`)]).toEqual([`${name}.${key}`, true]);
        expect(source).toMatch(/^https:\/\/\S+$/);
      }
    }
  });

  test("docs/local-cloud.md has them as they are", () => {
    const file = join(__dirname, "../../../docs/local-cloud.md");
    const page = readFileSync(file, "utf8");
    const written = page.replace(
      /(<!-- rules of the clouds[^\n]*\n<!-- prettier-ignore-start -->\n).*?(\n?<!-- prettier-ignore-end -->)/s,
      (_, start: string, end: string) => `${start}${rulesTable()}\n${end.trimStart()}`,
    );
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, written);
    expect(page).toContain(rulesTable());
  });
});
