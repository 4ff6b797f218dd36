/**
 * Places that only one object can hold at a time, besides ids: names, ports, priorities, rules, ranges of addresses. As data,
 * with what the cloud says when a place is taken.
 */
import type { Obj } from "../protocol/values";
import { relativeLink } from "../rules/hashes";
import { Look } from "../rules/look";
import { overlap } from "../rules/networks";
import type { TypeSchema } from "../schemas/catalog";
import { taken } from "./messages";
import { UNIQUE } from "./names";

export interface Place {
  /** What the place is part of, and which one it is there. */
  readonly key: string;
  /** A place that is a range of addresses is taken where ranges overlap. */
  readonly range?: string;
  /** Several objects may share a place when this is the same for all of them. */
  readonly for?: string;
  readonly refusal: (holder: Obj) => string;
}

interface Row {
  readonly types: RegExp;
  /** Attributes that make the place, within its region; without the first one, the object holds none. */
  readonly key: readonly string[];
  readonly range?: string;
  readonly says: (look: Look, holder: Look) => string;
}

const already = (code: string, what: (look: Look) => string) => (look: Look) => `api error ${code}: ${what(look)}`;

/** `peer: 10.0.0.0/16, TCP, from port: 80, to port: 80, ALLOW`, as EC2 writes a rule. */
function permission(look: Look): string {
  const peer = PEERS.map((name) => look.text(name)).find((text) => text !== "") ?? "";
  const protocol = look.is("ip_protocol", "-1") ? "ALL" : look.text("ip_protocol").toUpperCase();
  const ports = look.is("ip_protocol", "-1")
    ? ""
    : `, from port: ${look.text("from_port")}, to port: ${look.text("to_port")}`;
  return `the specified rule "peer: ${peer}, ${protocol}${ports}, ALLOW" already exists`;
}
const PEERS = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];

const ROWS: readonly Row[] = [
  {
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    types: /^aws_vpc_security_group_(ingress|egress)_rule$/,
    key: ["security_group_id", "ip_protocol", "from_port", "to_port", ...PEERS],
    says: already("InvalidPermission.Duplicate", permission),
  },
  {
    types: /^aws_route53_record$/,
    key: ["name", "zone_id", "type", "set_identifier"],
    says: already(
      "InvalidChangeBatch",
      (look) =>
        `[Tried to create resource record set [name='${look.text("name")}.', type='${look.text("type")}'] but it already exists]`,
    ),
  },
  {
    types: /^aws_flow_log$/,
    key: ["log_destination", "vpc_id", "subnet_id", "eni_id", "traffic_type"],
    says: already(
      "FlowLogAlreadyExists",
      () => "There is an existing Flow Log with the same configuration and log destination.",
    ),
  },
  {
    // https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
    types: /^aws_efs_mount_target$/,
    key: ["file_system_id", "subnet_id"],
    says: already("MountTargetConflict", () => "mount target already exists in this AZ"),
  },
  {
    types: /^aws_subnet$/,
    key: ["vpc_id"],
    range: "cidr_block",
    says: already(
      "InvalidSubnet.Conflict",
      (look) => `The CIDR '${look.text("cidr_block")}' conflicts with another subnet`,
    ),
  },
  {
    types: /^google_compute_subnetwork$/,
    key: ["network"],
    range: "ip_cidr_range",
    says: (look, holder) =>
      `Error creating Subnetwork: googleapi: Error 400: Invalid IPCidrRange: ${look.text("ip_cidr_range")} conflicts with ` +
      `existing subnetwork '${holder.text("name")}' in region '${holder.text("region")}'., invalidIPCidrRange`,
  },
  {
    types: /^azurerm_subnet$/,
    key: ["virtual_network_name", "resource_group_name"],
    range: "address_prefixes",
    says: (look) =>
      `creating Subnet: unexpected status 400 (400 Bad Request) with error: NetcfgSubnetRangesOverlap: Subnet ` +
      `'${look.text("name")}' is not valid because its IP address range overlaps with that of an existing subnet in ` +
      `virtual network '${look.text("virtual_network_name")}'.`,
  },
  {
    types: /^google_compute_(global_)?forwarding_rule$/,
    key: ["ip_address", "region", "ip_protocol", "port_range", "all_ports", "network"],
    says: (look) =>
      `Error creating ForwardingRule: googleapi: Error 400: Invalid value for field 'resource.IPAddress': ` +
      `'${look.text("ip_address")}'. Specified IP address is in-use and would result in a conflict., invalid`,
  },
  {
    // https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules
    types: /^azurerm_network_security_rule$/,
    key: ["network_security_group_name", "resource_group_name", "direction", "priority"],
    says: (look, holder) =>
      `creating/updating Security Rule: performing CreateOrUpdate: unexpected status 400 with error: SecurityRuleConflict: ` +
      `Security rule ${look.text("name")} conflicts with rule ${holder.text("name")}. Rules cannot have the same Priority and ` +
      `Direction. To learn more, see aka.ms/nsgrules.`,
  },
  {
    // https://learn.microsoft.com/azure/load-balancer/load-balancer-multivip-overview
    types: /^azurerm_lb_rule$/,
    key: ["loadbalancer_id", "frontend_ip_configuration_name", "protocol", "frontend_port"],
    says: (look, holder) =>
      `updating Load Balancer: unexpected status 400 (400 Bad Request) with error: the load balancing rules ` +
      `${look.text("name")} and ${holder.text("name")} use the same frontend IP configuration, protocol and port`,
  },
  {
    // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-returns-an-error
    types: /^azurerm_role_assignment$/,
    key: ["role_definition_name", "scope", "principal_id"],
    says: () =>
      "unexpected status 409 (409 Conflict) with error: RoleAssignmentExists: The role assignment already exists.",
  },
];

/** Of the load balancer in the ARN of a listener. */
const balancerOf = (arn: string): string => /(?:loadbalancer|listener)\/(\w+\/[^/]+\/[^/]+)/.exec(arn)?.[1] ?? "";

/**
 * A target group belongs to the load balancer that forwards to it first.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
function associations(type: string, look: Look): Place[] {
  const blocks = { aws_lb_listener: "default_action", aws_lb_listener_rule: "action" }[type];
  if (blocks === undefined) return [];
  const actions = look.items(blocks);
  const groups = actions.flatMap((action) => [
    action.text("target_group_arn"),
    ...action.items("forward").flatMap((forward) => forward.items("target_group").map((group) => group.text("arn"))),
  ]);
  return groups
    .filter((group) => group !== "")
    .map((group) => ({
      key: `association ${group}`,
      for: balancerOf(look.text("load_balancer_arn") || look.text("listener_arn")),
      refusal: () =>
        "api error TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load " +
        `balancer: ${group}`,
    }));
}

/** The name by which AWS knows an object; Google and Azure ids are names already. */
function uniqueNames(schema: TypeSchema, attributes: Obj): Place[] {
  const names = UNIQUE[schema.name];
  if (names === undefined) return [];
  const refusal = (holder: Obj) => taken(schema, String(holder.id), attributes);
  return places(schema, new Look(attributes), names, "", refusal);
}

function places(
  schema: TypeSchema,
  look: Look,
  names: readonly string[],
  range: string,
  refusal: Place["refusal"],
): Place[] {
  if (look.text(names[0] ?? "") === "" || ![...names, range].every((name) => look.known(name))) return [];
  const parts = names.map((name) => relativeLink(look.text(name)).toLowerCase());
  const key = [schema.name, schema.region ? look.text("region") : "", names.join(), ...parts].join(" ");
  if (range === "") return [{ key, refusal }];
  return [look.text(range), ...look.texts(range)]
    .filter((one) => one !== "")
    .map((one) => ({ key, range: one, refusal }));
}

/** Places that an object holds, or would hold; none where what makes a place is not known yet. */
export function placesOf(schema: TypeSchema, attributes: Obj): Place[] {
  const look = new Look(attributes);
  return [
    ...uniqueNames(schema, attributes),
    ...ROWS.filter(({ types }) => types.test(schema.name)).flatMap(({ key, range = "", says }) =>
      places(schema, look, key, range, (holder) => says(look, new Look(holder))),
    ),
    ...associations(schema.name, look),
  ];
}

/** Whether two objects cannot hold these places at the same time. */
export const clash = (a: Place, b: Place): boolean =>
  a.key === b.key &&
  (a.for === undefined || a.for !== b.for) &&
  (a.range === undefined || b.range === undefined || overlap(a.range, b.range));
