/**
 * Attributes in which a cloud repeats what Terraform manages as objects of their own: a security group lists its rules, a
 * route table its routes. Once those are made, the list shows up as drift although nobody touched anything. It is life when
 * every entry is one of the managed objects, and never when one is not.
 */
import { sameMeaning } from "../../constructs/contract/meaning";

type Json = Readonly<Record<string, unknown>>;

/** A managed object of the state that the plan was made from. */
export interface Managed {
  readonly type: string;
  readonly values: Json;
}

interface Mirror {
  /** The types of the satellites. */
  readonly of: readonly string[];
  /** Attribute by which a satellite names the object that lists it, and the attribute that it names. */
  readonly owner: readonly [own: string, listed: string];
  /** What an entry of the list says, as comparable texts. */
  readonly entry: (entry: never, owner: Json) => readonly string[];
  /** What a satellite says in the same words. */
  readonly satellite: (values: Json) => readonly string[];
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string" && one !== "") as string[];
const ports = (from: unknown, to: unknown, protocol: unknown): string =>
  protocol === "-1" || protocol === "all" ? "all" : `${String(protocol)} ${String(from)}-${String(to)}`;

const rules = (type: string): Mirror => ({
  of: [type],
  owner: ["security_group_id", "id"],
  entry: ({ from_port, to_port, protocol, self, ...sources }: Json, owner) =>
    [
      ...["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"].flatMap((name) => texts(sources[name])),
      ...(self === true ? texts(owner.id) : []),
    ].map((source) => `${ports(from_port, to_port, protocol)} ${source}`), // prettier-ignore
  satellite: ({ from_port, to_port, ip_protocol, ...sources }) =>
    ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]
      .flatMap((name) => texts(sources[name]))
      .map((source) => `${ports(from_port, to_port, ip_protocol)} ${source}`),
});

/** Entries that are told apart by a few attributes with the same names on both sides. */
const same = (type: string, owner: Mirror["owner"], names: readonly string[]): Mirror => {
  const pick = (values: Json) => [names.map((name) => JSON.stringify(values[name] ?? "")).join(" ")];
  return { of: [type], owner, entry: pick, satellite: pick };
};

const SECURITY_RULE = [
  "name",
  "access",
  "direction",
  "priority",
  "protocol",
  "source_address_prefix",
  "source_port_range",
  "destination_address_prefix",
  "destination_port_range",
];

/** Both sides say nothing more than that there is one: what it says is drift of the satellite itself. */
const whole = (type: string): Mirror => ({
  of: [type],
  owner: ["bucket", "id"],
  entry: () => ["one"],
  satellite: () => ["one"],
});

const MIRRORS: Readonly<Record<string, Mirror>> = {
  "aws_security_group.ingress": rules("aws_vpc_security_group_ingress_rule"),
  "aws_security_group.egress": rules("aws_vpc_security_group_egress_rule"),
  "aws_route_table.route": {
    of: ["aws_route"],
    owner: ["route_table_id", "id"],
    entry: ({ cidr_block, gateway_id, nat_gateway_id }: Json) => [
      texts([cidr_block, gateway_id, nat_gateway_id]).join(" "),
    ],
    satellite: ({ destination_cidr_block, gateway_id, nat_gateway_id }) => [
      texts([destination_cidr_block, gateway_id, nat_gateway_id]).join(" "),
    ],
  },
  "aws_iam_role.inline_policy": same("aws_iam_role_policy", ["role", "name"], ["name", "policy"]),
  "aws_iam_role.managed_policy_arns": {
    of: ["aws_iam_role_policy_attachment"],
    owner: ["role", "name"],
    entry: texts,
    satellite: ({ policy_arn }) => texts(policy_arn),
  },
  "aws_s3_bucket.server_side_encryption_configuration": whole("aws_s3_bucket_server_side_encryption_configuration"),
  "aws_s3_bucket.versioning": whole("aws_s3_bucket_versioning"),
  "aws_s3_bucket.lifecycle_rule": whole("aws_s3_bucket_lifecycle_configuration"),
  "aws_s3_bucket.object_lock_configuration": whole("aws_s3_bucket_object_lock_configuration"),
  "aws_s3_bucket.policy": whole("aws_s3_bucket_policy"),
  "aws_s3_bucket.logging": whole("aws_s3_bucket_logging"),
  "azurerm_network_security_group.security_rule": same(
    "azurerm_network_security_rule",
    ["network_security_group_name", "name"],
    SECURITY_RULE,
  ),
  "azurerm_virtual_network.subnet": same("azurerm_subnet", ["virtual_network_name", "name"], ["name"]),
};

/** Whether what an attribute lists now is nothing but what is managed by itself. */
export function isMirror(type: string, attribute: string, after: Json, managed: readonly Managed[]): boolean {
  const mirror = MIRRORS[`${type}.${attribute}`];
  if (!mirror) return false;
  const [own, listed] = mirror.owner;
  const known = new Set(
    managed
      .filter(({ type: other, values }) => mirror.of.includes(other) && sameMeaning(values[own], after[listed]))
      .flatMap(({ values }) => mirror.satellite(values)),
  );
  const value = after[attribute];
  const entries = (Array.isArray(value) ? value : [value]).filter((entry) => entry !== null && entry !== undefined);
  return entries.flatMap((entry) => mirror.entry(entry as never, after)).every((text) => known.has(text));
}

/** Types that a mirror needs to see in the state. */
export const MIRRORED: ReadonlySet<string> = new Set(Object.values(MIRRORS).flatMap(({ of }) => of));
