/** What hashicorp/aws does at plan time beyond the schema flags. */
import type { Draft } from "../engine/draft";
import { absent, equal, isObject, type Obj, Unknown, type Value, whollyKnown } from "../protocol/values";
import { smaller } from "./force-new";
import type { PlanRule } from "../engine/draft";

/** A launch template gets a new version when anything but its name or description changes. */
const launchTemplate: PlanRule = (draft) => {
  if (draft.create) return;
  const beyond = (...names: string[]) => [...draft.changedNames()].some((name) => !names.includes(name));
  const naming = ["name", "name_prefix", "description"];
  const versions = beyond(...naming, "default_version", "update_default_version");
  if (beyond(...naming) && draft.planned.update_default_version === true) draft.setUnknown("default_version");
  if (versions) draft.setUnknown("latest_version");
};

/** A template that is named is planned with the literal id "unknown" until the cloud says its id. */
const launchTemplateByName: PlanRule = (draft) => {
  const [first, before] = [firstOf(draft.planned.launch_template), firstOf(draft.prior?.launch_template)];
  if (first && named(first.name, before?.name)) draft.set("launch_template", [{ ...written(first), id: "unknown" }]);
  const [policy, old] = [draft.planned, draft.prior].map((object) => firstOf(object?.mixed_instances_policy));
  const [launch, oldLaunch] = [policy, old].map((object) => firstOf(object?.launch_template));
  if (!policy || !launch) return;
  const template = specified(launch, oldLaunch);
  const overrides = list(launch.override);
  const replaced = overrides.map((override, i) => specified(override, list(oldLaunch?.override)[i]));
  if (!template && replaced.every((override) => override === undefined)) return;
  const override = overrides.map((item, i) => replaced[i] ?? item);
  const known = { ...written(template ?? launch), ...(overrides.length > 0 ? { override } : {}) };
  draft.set("mixed_instances_policy", [{ ...written(policy), launch_template: [known] }]);
};

/** A block whose template gets another name; undefined when it does not. */
function specified(block: Obj, before: Obj | undefined): Obj | undefined {
  const [spec, old] = [block, before].map((object) => firstOf(object?.launch_template_specification));
  if (!spec || !named(spec.launch_template_name, old?.launch_template_name)) return undefined;
  return { ...written(block), launch_template_specification: [{ ...written(spec), launch_template_id: "unknown" }] };
}

const list = (value: Value | undefined): Obj[] => (Array.isArray(value) ? value.filter(isObject) : []);
const named = (name: Value | undefined, before: Value | undefined): boolean =>
  typeof name === "string" && name !== "" && name !== before;

/** A block that is written back as a whole loses the blocks in it that are unknown. */
const written = (block: Obj): Obj =>
  Object.fromEntries(Object.entries(block).map(([name, value]) => [name, value instanceof Unknown ? null : value]));

/** The first item of a list of blocks. */
export function firstOf(value: Value | undefined): Obj | undefined {
  const item = Array.isArray(value) ? value[0] : undefined;
  return isObject(item) ? item : undefined;
}

/** Changing one of a load balancer's two ways to name its subnets makes the other unknown. */
const loadBalancerSubnets: PlanRule = (draft) => {
  if (draft.create) return;
  const [subnets, mapping] = [draft.changed("subnets"), draft.seesChange("subnet_mapping")];
  const type = draft.planned.load_balancer_type;
  if (mapping && whollyKnown(draft.planned.subnet_mapping)) {
    const before = (draft.prior?.subnet_mapping ?? []) as Value[];
    const after = (draft.planned.subnet_mapping ?? []) as Value[];
    const fewer = type === "network" ? after.length <= before.length : after.length === before.length;
    const keptAll = before.every((item) => after.some((other) => equal(item, other)));
    const keptRest = after.every((item) => before.some((other) => equal(item, other)));
    if (fewer || (after.length > before.length ? !keptAll : !keptRest)) draft.forceNew("subnet_mapping");
  }
  if (type === "network") networkLoadBalancer(draft, subnets);
  if (mapping) draft.setUnknown("subnets");
  if (subnets && !mapping) draft.setUnknown("subnet_mapping");
};

function networkLoadBalancer(draft: Draft, subnets: boolean): void {
  const size = (value: Value | undefined) => (Array.isArray(value) ? value.length : 0);
  const grown = size(draft.planned.subnets) > size(draft.prior?.subnets);
  if (subnets && whollyKnown(draft.planned.subnets) && !grown) draft.forceNew("subnets");
  const none = (object: Obj | null) => size(object?.security_groups) === 0;
  if (draft.changed("security_groups") && none(draft.prior) !== none(draft.planned)) draft.forceNew("security_groups");
  const addresses = "secondary_ips_auto_assigned_per_subnet";
  if (smaller(draft.prior?.[addresses] ?? null, draft.planned[addresses] ?? null)) draft.forceNew(addresses);
}

const ACTION_NEEDS: Record<string, string> = {
  redirect: "redirect",
  "fixed-response": "fixed_response",
  "authenticate-cognito": "authenticate_cognito",
  "authenticate-oidc": "authenticate_oidc",
  "jwt-validation": "jwt_validation",
};

/** A listener action needs the block that its type names. */
const actions =
  (attribute: string): PlanRule =>
  (draft) => {
    const list = draft.config[attribute];
    if (!Array.isArray(list)) return;
    list.forEach((action, i) => {
      if (!isObject(action) || typeof action.type !== "string") return;
      const given = (name: string) => !(absent(action[name]) || equal(action[name], []));
      const block = ACTION_NEEDS[action.type];
      if (block && !given(block)) {
        draft.problem(`Missing block: "${attribute}" of type "${action.type}" needs a "${block}" block`, [
          attribute,
          i,
        ]);
      }
      if (action.type === "forward" && !given("target_group_arn") && !given("forward")) {
        draft.problem(`"${attribute}" of type "forward" needs "target_group_arn" or a "forward" block`, [attribute, i]);
      }
    });
  };

const targetGroup: PlanRule = (draft) => {
  const { config } = draft;
  if (typeof config.target_type === "string" && config.target_type === "lambda") return;
  for (const name of ["port", "protocol", "vpc_id"]) {
    if (absent(config[name])) draft.problem(`"${name}" is required when "target_type" is not "lambda"`, [name]);
  }
};

const vpc: PlanRule = (draft) => {
  const generated = draft.changed("assign_generated_ipv6_cidr_block");
  if (generated && (!draft.create || draft.planned.assign_generated_ipv6_cidr_block === true)) {
    draft.setUnknown("ipv6_association_id");
    draft.setUnknown("ipv6_cidr_block");
  }
  if (draft.create) return;
  const toDefault = draft.prior?.instance_tenancy === "dedicated" && draft.planned.instance_tenancy === "default";
  if (draft.changed("instance_tenancy") && !toDefault) draft.forceNew("instance_tenancy");
  if (draft.changed("cidr_block")) {
    if (!absent(draft.planned.ipv4_netmask_length)) draft.clear("cidr_block");
    else draft.forceNew("cidr_block");
  }
};

const ssmParameter: PlanRule = (draft) => {
  if (draft.create) return;
  if (draft.changed("tier") && draft.prior?.tier === "Advanced" && draft.planned.tier === "Standard") {
    draft.forceNew("tier");
  }
  if (draft.changed("value") || draft.changed("description")) draft.setUnknown("version");
  if (draft.planned.insecure_value instanceof Unknown && draft.changed("value")) draft.setUnknown("insecure_value");
  if (draft.changed("insecure_value")) draft.setUnknown("value");
  if (draft.changed("value_wo_version")) draft.setUnknown("has_value_wo");
};

/** A rule whose kind of source changes is a new rule. */
const securityGroupRule: PlanRule = (draft) => {
  if (draft.create) return;
  const kinds = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];
  const moved = kinds.filter((kind) => ((draft.prior?.[kind] ?? null) === null) !== (draft.planned[kind] === null));
  if (moved.length > 1) draft.forceNew(...moved);
};

const ebsVolume: PlanRule = (draft) => {
  const { config } = draft;
  if (config.type instanceof Unknown) return;
  const type = String(config.type ?? "");
  if (!draft.create) {
    const kept = !["io1", "io2", "gp3"].includes(type) && [0, null].includes(draft.planned.iops as number | null);
    if (kept && draft.changed("iops")) draft.clear("iops");
    return;
  }
  if (["io1", "io2"].includes(type) && absent(config.iops))
    draft.problem(`"iops" must be set when "type" is ${type}`, ["iops"]);
  if (!["io1", "io2", "gp3"].includes(type) && typeof config.iops === "number" && config.iops > 0) {
    draft.problem(`"iops" must not be set when "type" is "${type}"`, ["iops"]);
  }
  if (type !== "gp3" && typeof config.throughput === "number" && config.throughput > 0) {
    draft.problem(`"throughput" must not be set when "type" is "${type}"`, ["throughput"]);
  }
};

const natGateway: PlanRule = (draft) => {
  const { connectivity_type: type } = draft.config;
  if (type !== "private" && !(type instanceof Unknown) && !absent(draft.config.secondary_private_ip_address_count)) {
    draft.problem('"secondary_private_ip_address_count" is only for connectivity_type "private"', [
      "secondary_private_ip_address_count",
    ]);
  }
  const zones = list(draft.config.availability_zone_address);
  if (zones.some((zone) => absent(zone.availability_zone) && absent(zone.availability_zone_id))) {
    draft.problem('each "availability_zone_address" needs availability_zone or availability_zone_id', [
      "availability_zone_address",
    ]);
  }
  if (draft.create) return;
  if (draft.planned.availability_mode === "regional") return regionalAddresses(draft);
  if (draft.planned.connectivity_type === "private") {
    const count = draft.config.secondary_private_ip_address_count;
    if (!absent(count) && draft.changed("secondary_private_ip_address_count"))
      draft.forceNew("secondary_private_ip_address_count");
    if (draft.changed("secondary_private_ip_addresses")) draft.setUnknown("secondary_private_ip_address_count");
  } else if (draft.changed("secondary_allocation_ids")) {
    draft.setUnknown("secondary_private_ip_address_count");
    if (absent(draft.config.secondary_private_ip_addresses)) draft.setUnknown("secondary_private_ip_addresses");
  }
};

/** A regional gateway finds its addresses itself, or is told them; the one cannot become the other. */
function regionalAddresses(draft: Draft): void {
  const name = "availability_zone_address";
  if (!draft.changed(name)) return;
  draft.setUnknown("regional_nat_gateway_address");
  const given = (object: Obj | null) => list(object?.[name]).length > 0;
  if (given(draft.prior) === given(draft.planned)) return;
  draft.setUnknown("regional_nat_gateway_auto_mode");
  draft.forceNew("regional_nat_gateway_auto_mode");
}

/** On update an attribute is made anew when one of the others changes. */
const unknownIf =
  (name: string, ...causes: string[]): PlanRule =>
  (draft) => {
    if (!draft.create && causes.some((cause) => draft.changed(cause))) draft.setUnknown(name);
  };

/** A default of the newer plugin framework that the schema cannot say. */
const defaultTo =
  (name: string, value: Value): PlanRule =>
  (draft) => {
    if (absent(draft.config[name])) draft.set(name, value);
  };

const OBJECT_CONTENT = [
  ...["bucket_key_enabled", "cache_control", "checksum_algorithm", "content", "content_base64", "content_disposition"],
  ...["content_encoding", "content_language", "content_type", "etag", "kms_key_id", "metadata"],
  ...["server_side_encryption", "source", "source_hash", "storage_class", "website_redirect"],
];

/** Rules of single types. */
export const AWS_BY_TYPE: Record<string, readonly PlanRule[]> = {
  aws_autoscaling_group: [launchTemplateByName],
  aws_launch_template: [launchTemplate],
  aws_lb: [loadBalancerSubnets],
  aws_alb: [loadBalancerSubnets],
  aws_lb_listener: [actions("default_action")],
  aws_lb_listener_rule: [actions("action")],
  aws_lb_target_group: [targetGroup],
  aws_vpc: [vpc],
  aws_ssm_parameter: [ssmParameter],
  aws_vpc_security_group_ingress_rule: [securityGroupRule],
  aws_vpc_security_group_egress_rule: [securityGroupRule],
  aws_ebs_volume: [ebsVolume],
  aws_nat_gateway: [natGateway],
  aws_ec2_managed_prefix_list: [unknownIf("version", "entry")],
  aws_s3_bucket_lifecycle_configuration: [
    defaultTo("transition_default_minimum_object_size", "all_storage_classes_128K"),
  ],
  aws_s3_object: [unknownIf("version_id", ...OBJECT_CONTENT)],
};
