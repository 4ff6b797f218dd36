/** Auto Scaling groups of AWS: their machines, where these register, and what terraform waits for. */
import type { CloudObject } from "../../cloud/store";
import type { Obj } from "../../protocol/values";
import type { Gate, Group, Pool, Scaling } from "../model";
import { AWS } from "./aws-facts";
import { goSeconds } from "./durations";
import { block, blocks, decoded, map, number, type Objects, serviceOf, slotOf, text, texts } from "./look";

/** Target groups that a group's machines register with, whichever object says so. */
export function targetGroups({ attributes }: CloudObject, cloud: Objects): CloudObject[] {
  const mine = (object: CloudObject) => text(object.attributes, "autoscaling_group_name") === text(attributes, "name");
  const sources = (object: Obj) => blocks(object, "traffic_source").map((source) => text(source, "identifier"));
  const arns = [
    ...texts(attributes, "target_group_arns"),
    ...sources(attributes),
    ...cloud
      .of("aws_autoscaling_attachment")
      .filter(mine)
      .map((object) => text(object.attributes, "lb_target_group_arn")),
    ...cloud
      .of("aws_autoscaling_traffic_source_attachment")
      .filter(mine)
      .flatMap((object) => sources(object.attributes)),
  ];
  const found = arns.map((arn) => cloud.find(arn, "aws_lb_target_group", "aws_alb_target_group"));
  return [...new Set(found.filter((target) => target !== undefined))];
}

function template({ attributes }: CloudObject, cloud: Objects): Obj | undefined {
  const mixed = block(block(attributes, "mixed_instances_policy"), "launch_template");
  const specification = block(mixed, "launch_template_specification");
  const [id, name] = specification ? ["launch_template_id", "launch_template_name"] : ["id", "name"];
  const named = specification ?? block(attributes, "launch_template");
  return (
    cloud.find(text(named, id) || text(named, name), "aws_launch_template") ??
    cloud.find(text(attributes, "launch_configuration"), "aws_launch_configuration")
  )?.attributes;
}

const desired = (attributes: Obj): number =>
  Math.max(number(attributes, "desired_capacity") ?? 0, number(attributes, "min_size") ?? 0);

export function group(object: CloudObject, cloud: Objects, pools: readonly Pool[]): Group {
  const { attributes, key } = object;
  const machine = template(object, cloud);
  const name = text(attributes, "name");
  const mine = pools.filter(({ groups }) => groups.includes(key));
  const labels = serviceOf(map(machine, "tags_all"), name);
  const tags = blocks(attributes, "tag").map((tag): [string, string] => [text(tag, "key"), text(tag, "value")]);
  const balanced = (number(block(attributes, "instance_maintenance_policy"), "min_healthy_percentage") ?? 0) >= 100;
  const scaling = scalingOf(attributes, cloud);
  return {
    id: key,
    cloud: "aws",
    name,
    service: labels.service,
    region: text(attributes, "region"),
    slot: slotOf(name, labels.short),
    version: new Map(tags).get("version") ?? "",
    image: object.machines?.image || text(machine, "image_id"),
    size: desired(attributes),
    zones: zones(attributes, cloud),
    port: mine[0]?.port ?? 80,
    healthPath: mine[0]?.check?.path ?? "/",
    userData: decoded(text(machine, "user_data")),
    launch: AWS.launchSec.value,
    healing: {
      by: "pools",
      // Without the load balancer's word only a machine that does not run is unhealthy.
      graceSec:
        text(attributes, "health_check_type") === "ELB"
          ? (number(attributes, "health_check_grace_period") ?? 0)
          : Number.POSITIVE_INFINITY,
      graceEndsEarly: AWS.graceEndsEarly.value,
      reaction: AWS.reactionSec.value,
      order: balanced ? AWS.replacedFirst.value : "terminate-first",
      share: AWS.replacedShare.value,
    },
    scaleIn: texts(attributes, "termination_policies").includes("NewestInstance")
      ? "zone-balance-newest"
      : AWS.scaleIn.value,
    retirement: {
      pools: AWS.leavesPools.value,
      notice: { seconds: AWS.shutdownSec.value, latency: [0, 0], consent: true, collective: false },
      margin: [0, 0],
      end: "killed",
    },
    ...(scaling ? { scaling } : {}),
  };
}

function zones(attributes: Obj, cloud: Objects): string[] {
  const subnets = texts(attributes, "vpc_zone_identifier").map((id) =>
    cloud.find(id, "aws_subnet", "aws_default_subnet"),
  );
  const found = subnets.map((subnet) => text(subnet?.attributes, "availability_zone")).filter(Boolean);
  const all = [...new Set([...found, ...(found.length > 0 ? [] : texts(attributes, "availability_zones"))])];
  return all.length > 0 ? all.sort() : [`${text(attributes, "region")}a`];
}

function scalingOf(attributes: Obj, cloud: Objects): Scaling | undefined {
  const tracked = cloud
    .of("aws_autoscaling_policy")
    .filter((policy) => text(policy.attributes, "autoscaling_group_name") === text(attributes, "name"))
    .map((policy) => ({ policy, target: block(policy.attributes, "target_tracking_configuration") }))
    .find(({ target }) => number(target, "target_value") !== undefined);
  if (!tracked) return undefined;
  return {
    min: number(attributes, "min_size") ?? 0,
    max: number(attributes, "max_size") ?? 0,
    targetPercent: number(tracked.target, "target_value") ?? 0,
    lowPercent: (number(tracked.target, "target_value") ?? 0) * AWS.lowShare.value,
    warmupSec:
      number(tracked.policy.attributes, "estimated_instance_warmup") ||
      (number(attributes, "default_instance_warmup") ?? AWS.warmupSec.value),
    outAfterSec: AWS.outAfterSec.value,
    inAfterSec: AWS.inAfterSec.value,
    cooldownSec: 0,
  };
}

// Terraform

/** The words are the provider's; a wait of 0 is none. */
export function gates({ key, attributes }: CloudObject, registers: boolean): Gate[] {
  const wait = text(attributes, "wait_for_capacity_timeout");
  const timeoutSec = goSeconds(wait) ?? AWS.gateTimeoutSec.value;
  const size = desired(attributes);
  if (timeoutSec === 0) return [];
  const always = number(attributes, "wait_for_elb_capacity") ?? 0;
  const atFirst = always || (number(attributes, "min_elb_capacity") ?? 0);
  const gate = (on: "create" | "update", wanted: number, exactly: boolean, balanced: boolean): Gate => ({
    object: key,
    on: [on],
    groups: [key],
    counts: balanced && registers ? AWS.gateCounts.value : "launched",
    wanted,
    exactly,
    pollSec: AWS.gatePollSec.value,
    timeoutSec,
    error:
      `waiting for Auto Scaling Group (${text(attributes, "name")}) capacity satisfied: timeout while waiting for state to become 'ok' ` +
      `(last state: 'want ${exactly ? "exactly" : "at least"} ${wanted} healthy instance(s) ` +
      `${balanced ? "registered to Load Balancer" : "in Auto Scaling Group"}, have {have}', timeout: ${wait || "10m0s"})`,
  });
  return [
    ...(size > 0 ? [gate("create", size, false, false)] : []),
    ...(atFirst > 0 ? [gate("create", atFirst, false, true)] : []),
    gate("update", size, true, false),
    ...(always > 0 ? [gate("update", always, true, true)] : []),
  ];
}
