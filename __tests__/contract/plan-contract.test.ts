import { violations, type Step } from "../../constructs/contract/plan-contract";
import type { Action, ResourceChange } from "../../constructs/contract/plan";

const change = (
  address: string,
  actions: Action[],
  more: Partial<ResourceChange["change"]> = {},
  deposed?: string,
): ResourceChange => ({
  address,
  type: address.split(".")[0]!,
  mode: "managed",
  ...(deposed ? { deposed } : {}),
  change: { actions, before: {}, after: {}, ...more },
});
const replaced = (address: string, ...causes: string[]) =>
  change(address, ["create", "delete"], { replace_paths: causes.map((cause) => [cause]) });
const bump = [
  replaced("aws_launch_template.live", "name_prefix"),
  replaced("aws_autoscaling_group.live", "name_prefix"),
  replaced("aws_autoscaling_policy.live", "autoscaling_group_name"),
];
const reasons = (step: Step, ...plan: ResourceChange[]) =>
  violations("aws", step, { resource_changes: plan }).map(({ address, reason }) => `${address} ${reason}`);

test("a bump that replaces the compute plane, new before old, holds", () => {
  expect(reasons("bump", ...bump, change("aws_lb.entry", ["no-op"]))).toEqual([]);
});

test("what a failed rollout left behind may go in any step", () => {
  expect(reasons("bump", ...bump, change("aws_autoscaling_group.live", ["delete"], {}, "0a1b"))).toEqual([]);
});

test("a change of settings touches the ways out to what a service uses, and no other rule", () => {
  const rule = (name: string) => change(`aws_vpc_security_group_egress_rule.${name}`, ["create"]);
  expect(reasons("configuration", rule("firewall_database_out"))).toEqual([]);
  expect(reasons("configuration", rule("firewall_ssh_out"))).toEqual([
    "aws_vpc_security_group_egress_rule.firewall_ssh_out action create, which a change of settings and rights must not do to it",
  ]);
});

test("a way in for people may go in any step, and comes in none", () => {
  const way = "aws_iam_role_policy.live_break_glass_session[0]";
  expect(reasons("bump", ...bump, change(way, ["delete"]))).toEqual([]);
  expect(reasons("bump", ...bump, change(way, ["create"]))).toEqual([
    `${way} action create, which an image bump must not do to it`,
  ]);
  expect(reasons("bump", ...bump, change("aws_iam_role_policy.access_machines", ["delete"]))).toHaveLength(1);
});

describe("on Google Cloud, where traffic goes through a backend service of each group", () => {
  const group = [
    replaced("google_compute_region_instance_group_manager.live_group", "name"),
    replaced("google_compute_region_instance_template.live_template", "name"),
  ];
  const backend = replaced("google_compute_region_backend_service.traffic_live_backend", "name");
  const routes = change("google_compute_region_url_map.traffic_routes", ["update"], { after_unknown: { default_service: true } }); // prettier-ignore
  const entry = change("google_compute_forwarding_rule.traffic_entry", ["update"], {
    before: { labels: { a: "1" } },
    after: { labels: { a: "2" } },
  });
  const said = (...plan: ResourceChange[]) =>
    violations("google", "bump", { resource_changes: [...group, ...plan] }).map(({ address }) => address);

  test("a bump replaces it with the group, and what leads to it follows", () => {
    expect(said(backend, routes, entry, replaced("terraform_data.traffic_warm_up", "triggers_replace"))).toEqual([]);
  });

  test("as it was before: one backend service, whose pointer moves", () => {
    const pointer = change("google_compute_region_backend_service.traffic_live_backend", ["update"], { after_unknown: { backend: true } }); // prettier-ignore
    expect(said(pointer)).toEqual([]);
    expect(said(pointer, routes)).toEqual([routes.address]);
  });

  test("nothing else may: routes that move alone, a slot's backend service, another cause, old before new", () => {
    expect(said(routes, entry)).toEqual([routes.address, entry.address]);
    const blue = replaced("google_compute_region_backend_service.traffic_blue_backend", "name");
    expect(said(blue)).toEqual([blue.address]);
    expect(said({ ...backend, change: { ...backend.change, replace_paths: [["protocol"]] } })).toEqual([backend.address]); // prettier-ignore
    expect(said({ ...backend, change: { ...backend.change, actions: ["delete", "create"] } })).toEqual([backend.address]); // prettier-ignore
  });
});

describe("fails", () => {
  test.each<[string, Step, ResourceChange[], string]>([
    [
      "an update in the compute plane",
      "bump",
      [...bump, change("aws_launch_template.other", ["update"])],
      "aws_launch_template.other action update, which an image bump must not do to it",
    ],
    [
      "old before new",
      "bump",
      [...bump, change("aws_autoscaling_group.b", ["delete", "create"])],
      "aws_autoscaling_group.b is destroyed before its successor exists",
    ],
    [
      "another cause than the key",
      "bump",
      [...bump, replaced("aws_launch_template.b", "name_prefix", "name")],
      "aws_launch_template.b is replaced because of name; allowed: name_prefix",
    ],
    [
      "something else replaced",
      "bump",
      [...bump, replaced("aws_lb_target_group.t", "port")],
      "aws_lb_target_group.t is replaced, which an image bump must not do to it",
    ],
    [
      "something else created",
      "bump",
      [...bump, change("aws_lb.b", ["create"])],
      "aws_lb.b action create, which an image bump must not do to it",
    ],
    ["no group at all", "bump", [], "aws_autoscaling_group no group is replaced, so no machine would run the release"],
    [
      "a first deployment that deletes",
      "first",
      [change("aws_lb.b", ["delete"])],
      "aws_lb.b action delete, which a first deployment must not do to it",
    ],
    [
      "limits that change more",
      "limits",
      [
        change("aws_autoscaling_group.b", ["update"], {
          before: { max_size: 1, tag: [] },
          after: { max_size: 2, tag: [1] },
        }),
      ],
      "aws_autoscaling_group.b is updated in tag; allowed: max_size, min_size",
    ],
    [
      "a value that is not known yet",
      "limits",
      [change("aws_autoscaling_group.b", ["update"], { after_unknown: { vpc_zone_identifier: true } })],
      "aws_autoscaling_group.b is updated in vpc_zone_identifier; allowed: max_size, min_size",
    ],
    [
      "traffic that comes with more than the slot's size",
      "scale",
      [
        change("aws_autoscaling_group.b", ["update"], {
          before: { min_size: 1, health_check_type: "ELB" },
          after: { min_size: 2, health_check_type: "EC2" },
        }),
        change("aws_lb_listener_rule.b", ["update"], { before: { action: 1 }, after: { action: 2 } }),
      ],
      "aws_autoscaling_group.b is updated in health_check_type; allowed: max_size, min_size",
    ],
    [
      "anything where nothing should happen",
      "none",
      [change("aws_lb.b", ["update"])],
      "aws_lb.b action update, which an unchanged fleet must not do to it",
    ],
  ])("%s", (_name, step, plan, expected) => {
    expect(reasons(step, ...plan)).toEqual([expected]);
  });
});

test("a bump of one of two slots touches that one only", () => {
  const other = replaced("aws_launch_template.blue_template[0]", "name_prefix");
  const plan = ["aws_launch_template.green_template[0]", "aws_autoscaling_group.green_group[0]"].map((address) =>
    replaced(address, "name_prefix"),
  );
  const of = (...more: ResourceChange[]) =>
    violations("aws", "bump", { resource_changes: [...plan, ...more] }, "green");
  expect(of()).toEqual([]);
  expect(of(other)).toEqual([
    { address: other.address, reason: "does not belong to slot green, which is all that this step may touch" },
  ]);
});

test("only Google's bump moves a pointer, and only that", () => {
  const pointer = (attribute: string) =>
    change("google_compute_region_backend_service.b", ["update"], {
      before: { [attribute]: 1 },
      after: { [attribute]: 2 },
    });
  const group = replaced("google_compute_region_instance_group_manager.live", "name", "base_instance_name");
  const of = (attribute: string) => violations("google", "bump", { resource_changes: [group, pointer(attribute)] });
  expect(of("backend")).toEqual([]);
  expect(of("protocol")).toEqual([
    { address: "google_compute_region_backend_service.b", reason: "is updated in protocol; allowed: backend" },
  ]);
});
