import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drift } from "../../cli/drift";
import type { Cloud } from "../../constructs/contract/spec";
import { STACKS } from "../support/deployment";
import { prod } from "../support/fleet";
import { fleetCommand, Lab } from "./lab";

/** Synthesized, and never deployed. */
const IDLE = "prod-api-aws-us-east-1";

let lab: Lab;
beforeAll(async () => {
  const services = prod().services.filter(({ name }) => ["web", "api"].includes(name));
  lab = await Lab.start({ environments: [{ ...prod(), services }] });
  const clouds = Object.values(STACKS);
  await Promise.all(clouds.map(({ foundation, service }) => lab.deploy(foundation, service)));
}, 120_000);
afterAll(() => lab.stop());

interface Found {
  readonly result: string;
  readonly stacks: readonly {
    readonly stack: string;
    readonly weight: string;
    readonly findings: readonly { address: string; subject: string; weight: string; attributes: string[]; values: { what: string; before: string; after: string }[]; todo: string }[];
  }[];
} // prettier-ignore

const look = async (...args: readonly string[]) => {
  const { code, out, err } = await fleetCommand(drift, "--output", lab.output, "--format", "json", ...args);
  return { code, err, found: JSON.parse(out || "null") as Found };
};

/** `<weight> <subject> <address> <attributes>` of every finding. */
const lines = ({ stacks }: Found) =>
  stacks
    .flatMap(({ findings }) => findings.map((f) => `${f.weight} ${f.subject} ${f.address} ${f.attributes.join()}`.trim()))
    .sort(); // prettier-ignore

type Edit = (attributes: Record<string, unknown>) => Record<string, unknown>;
const inside = (name: string, change: Record<string, unknown>): Edit => (attributes) => ({
  [name]: (attributes[name] as Record<string, unknown>[]).map((entry, index) => (index === 0 ? { ...entry, ...change } : entry)),
}); // prettier-ignore

/** What somebody changes, and how it must be classed. */
const CASES: Readonly<Record<Cloud, readonly (readonly [address: string, edit: Edit, ...found: string[]])[]>> = {
  aws: [
    [
      "aws_launch_template.live_template",
      (a) => ({
        ...inside("metadata_options", { http_tokens: "optional" })(a),
        image_id: "ami-00000000000000bad",
        instance_type: "m5.large",
        tags: { owner: "somebody" },
      }),
      "matters image aws_launch_template.live_template image_id",
      "matters launch aws_launch_template.live_template instance_type",
      "matters security aws_launch_template.live_template metadata_options.0.http_tokens",
      "other else aws_launch_template.live_template tags.owner",
    ],
    [
      "aws_vpc_security_group_ingress_rule.firewall_machines_in",
      () => ({ from_port: 22, to_port: 22 }),
      "matters security aws_vpc_security_group_ingress_rule.firewall_machines_in from_port,to_port",
    ],
    [
      "aws_iam_role.identity_role",
      () => ({ assume_role_policy: '{"Version":"2012-10-17","Statement":[]}' }),
      "life attached aws_iam_role.identity_role inline_policy.0",
      "matters identity aws_iam_role.identity_role assume_role_policy",
    ],
    [
      "aws_lb_target_group.traffic_live_targets",
      (a) => ({ ...inside("health_check", { path: "/" })(a), load_balancer_arns: ["arn:aws:elasticloadbalancing:x"] }),
      "life attached aws_lb_target_group.traffic_live_targets load_balancer_arns.0,load_balancer_arns.1",
      "matters health aws_lb_target_group.traffic_live_targets health_check.0.path",
    ],
    [
      "aws_lb.traffic_entry",
      () => ({ internal: false, enable_deletion_protection: true }),
      "matters protection aws_lb.traffic_entry enable_deletion_protection",
      "matters public aws_lb.traffic_entry internal",
    ],
    [
      "aws_lb_listener_rule.traffic_routes",
      () => ({ priority: 7 }),
      "matters traffic aws_lb_listener_rule.traffic_routes priority",
    ],
    [
      "aws_autoscaling_group.live_group",
      () => ({ desired_capacity: 5, max_size: 20 }),
      "life size aws_autoscaling_group.live_group desired_capacity",
      "other limits aws_autoscaling_group.live_group max_size",
    ],
    // The cloud lists the rules that are managed by themselves.
    [
      "aws_security_group.firewall_entry",
      () => ({ ingress: [ingress(80, "10.10.0.0/16")] }),
      "life attached aws_security_group.firewall_entry egress.0,ingress.0,ingress.1",
    ],
    [
      "aws_security_group.firewall_machines",
      () => ({ ingress: [ingress(22, "0.0.0.0/0")] }),
      "life attached aws_security_group.firewall_machines egress.0,egress.1",
      "matters security aws_security_group.firewall_machines ingress.0,ingress.1",
    ],
  ],
  google: [
    [
      "google_compute_region_instance_group_manager.live_group",
      (a) => ({ ...inside("update_policy", { type: "PROACTIVE" })(a), target_size: 5 }),
      "life size google_compute_region_instance_group_manager.live_group target_size",
      "matters launch google_compute_region_instance_group_manager.live_group update_policy.0.type",
    ],
    [
      "google_compute_firewall.firewall_machines_in",
      () => ({ source_ranges: ["0.0.0.0/0"] }),
      "matters security google_compute_firewall.firewall_machines_in source_ranges.0,source_ranges.1,source_ranges.2",
    ],
    [
      "google_compute_region_backend_service.traffic_live_backend",
      () => ({ fingerprint: "x", timeout_sec: 31 }),
      "life computed google_compute_region_backend_service.traffic_live_backend fingerprint",
      "matters traffic google_compute_region_backend_service.traffic_live_backend timeout_sec",
    ],
    [
      "google_service_account.identity_account",
      () => ({ disabled: true }),
      "matters identity google_service_account.identity_account disabled",
    ],
    [
      "google_compute_health_check.live_health",
      () => ({ check_interval_sec: 99 }),
      "matters health google_compute_health_check.live_health check_interval_sec",
    ],
    [
      "google_compute_region_autoscaler.live_scaling",
      inside("autoscaling_policy", { max_replicas: 99 }),
      "other limits google_compute_region_autoscaler.live_scaling autoscaling_policy.0.max_replicas",
    ],
  ],
  azure: [
    [
      "azurerm_linux_virtual_machine_scale_set.live_group",
      () => ({
        instances: 5,
        sku: "Standard_D64s_v5",
        encryption_at_host_enabled: false,
        source_image_id:
          "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/web/versions/9.9.9",
      }),
      "life size azurerm_linux_virtual_machine_scale_set.live_group instances",
      "matters encryption azurerm_linux_virtual_machine_scale_set.live_group encryption_at_host_enabled",
      "matters image azurerm_linux_virtual_machine_scale_set.live_group source_image_id",
      "matters launch azurerm_linux_virtual_machine_scale_set.live_group sku",
    ],
    [
      "azurerm_network_security_rule.firewall_others",
      () => ({ access: "Allow" }),
      "matters security azurerm_network_security_rule.firewall_others access",
    ],
    [
      "azurerm_lb_rule.traffic_routes",
      () => ({ backend_port: 22 }),
      "matters traffic azurerm_lb_rule.traffic_routes backend_port",
    ],
    [
      "azurerm_lb_probe.traffic_health",
      () => ({ request_path: "/", load_balancer_rules: ["/subscriptions/x"] }),
      "life attached azurerm_lb_probe.traffic_health load_balancer_rules.0",
      "matters health azurerm_lb_probe.traffic_health request_path",
    ],
    [
      "azurerm_resource_group.group",
      () => ({ tags: { owner: "somebody" } }),
      "other else azurerm_resource_group.group tags.owner",
    ],
    // What the balancer's rule and the group's own rules add, untouched.
    [
      "azurerm_lb.traffic_entry",
      () => ({}),
      "life attached azurerm_lb.traffic_entry frontend_ip_configuration.0.load_balancer_rules.0",
    ],
    [
      "azurerm_lb_backend_address_pool.traffic_live_pool",
      () => ({}),
      "life attached azurerm_lb_backend_address_pool.traffic_live_pool load_balancing_rules.0",
    ],
    [
      "azurerm_network_security_group.firewall_machines",
      () => ({}),
      `life attached azurerm_network_security_group.firewall_machines ${[0, 1, 2, 3, 4, 5].map((i) => `security_rule.${i}`).join()}`,
    ],
  ],
};

const ingress = (port: number, cidr: string) => ({
  cidr_blocks: [cidr],
  description: "by hand",
  from_port: port,
  to_port: port,
  protocol: "tcp",
  ipv6_cidr_blocks: [],
  prefix_list_ids: [],
  security_groups: [],
  self: false,
});

test("a stack that is not deployed is said so", async () => {
  const { code, out } = await fleetCommand(drift, "--output", lab.output, IDLE);
  expect([code, out]).toEqual([0, `drift: 1 not deployed\n\n${IDLE}: not deployed\n`]);
});

test("a stack that terraform cannot look at is an error, and the others are looked at all the same", async () => {
  const broken = STACKS.azure.service;
  const file = join(lab.output, "stacks", broken, "cdk.tf.json");
  const good = readFileSync(file, "utf8");
  writeFileSync(file, good.replace("azurerm_lb_rule", "azurerm_made_up"));
  const { code, out } = await fleetCommand(drift, "--output", lab.output, broken, STACKS.google.service);
  writeFileSync(file, good);
  expect(code).toBe(1);
  expect(out).toContain(`drift: 1 cannot be looked at, 1 no drift`);
  expect(out).toMatch(/terraform (plan|init) exited 1 in/);
  expect(out).toContain("azurerm_made_up");
});

describe.each(["aws", "google", "azure"] as const)("on %s", (cloud) => {
  const { service } = STACKS[cloud];
  const group = () => lab.cloud.list().groups.find((one) => one.cloud === cloud)!.name;

  test("nothing has drifted after a deployment, and a size that autoscaling moved is life", async () => {
    // The clouds list at one object what others add to it.
    const weight = cloud === "google" ? "none" : "life";
    expect(await look(service)).toMatchObject({ code: 0, found: { result: "no drift", stacks: [{ weight }] } });
    lab.cloud.scale(group(), 4);
    const { code, found } = await look(service);
    expect([code, found.stacks[0]!.weight]).toEqual([0, "life"]);
    expect(found.stacks[0]!.findings.find(({ subject }) => subject === "size")!.values).toEqual([
      { what: "size", before: "2", after: "4" },
    ]);
  });

  test("each kind of change is found and classed", async () => {
    const of = await lab.attributes(service);
    for (const [address, edit] of CASES[cloud])
      lab.cloud.set(address.split(".")[0]!, String(of(address).id), edit(of(address)) as never);
    const { code, found } = await look(service);
    expect(lines(found)).toEqual(CASES[cloud].flatMap(([, , ...expected]) => expected).sort());
    expect(code).toBe(2);
  });

  test("a group that somebody deleted matters", async () => {
    lab.cloud.remove(group());
    const { code, found } = await look(service);
    expect(code).toBe(2);
    expect(lines(found).filter((line) => line.includes("gone"))).toEqual([
      expect.stringMatching(/^matters gone .*live_group$/),
    ]);
  });
});

test("nor is a stack without the network that it would stand on", async () => {
  const other = await Lab.start({ environments: [prod()] });
  try {
    const { service } = STACKS.aws;
    const { code, out } = await fleetCommand(drift, "--output", other.output, service);
    expect([code, out]).toEqual([0, `drift: 1 not deployed\n\n${service}: not deployed\n`]);
  } finally {
    await other.stop();
  }
});
