/** What other objects add to one that is read: the rules of a firewall, the load balancer of a group of targets. */
import { equal, isObject, type Obj, type Value } from "../protocol/values";
import { valuesAt } from "./graph";
import { refersTo } from "./links";
import type { CloudObject, Store } from "./store";

/** What objects of one type add to another's attribute. */
interface Added {
  /** The attribute that grows; inside the blocks `in`, where that is given. */
  readonly to: string;
  readonly in?: string;
  readonly from: string;
  /** Where the adding object names the other; and, inside blocks, where it names the block. */
  readonly by: string;
  readonly block?: string;
  readonly gives: (attributes: Obj, to: CloudObject, store: Store) => Value[];
}

const id = ({ id: own }: Obj): Value[] => [own ?? null];
/** Some attributes, under the same names. */
const copy =
  (...names: string[]) =>
  (attributes: Obj): Value[] => [Object.fromEntries(names.map((name) => [name, attributes[name] ?? null]))];

const some = (value: Value | undefined): Value[] =>
  value === null || value === undefined || value === "" ? [] : [value];
const text = (value: Value | undefined): string => String(value ?? "");

/** One rule as an entry of its group's list. */
const groupRule = (rule: Obj, group: CloudObject): Value[] => {
  const other = rule.referenced_security_group_id;
  return [
    {
      cidr_blocks: some(rule.cidr_ipv4),
      description: text(rule.description),
      from_port: rule.from_port ?? 0,
      ipv6_cidr_blocks: some(rule.cidr_ipv6),
      prefix_list_ids: some(rule.prefix_list_id),
      protocol: text(rule.ip_protocol),
      security_groups: other === group.id ? [] : some(other),
      self: other === group.id,
      to_port: rule.to_port ?? 0,
    },
  ];
};

const ROUTE = {
  ...{ carrier_gateway_id: "", cidr_block: "", core_network_arn: "", destination_prefix_list_id: "" },
  ...{ egress_only_gateway_id: "", gateway_id: "", ipv6_cidr_block: "", local_gateway_id: "", nat_gateway_id: "" },
  ...{ network_interface_id: "", transit_gateway_id: "", vpc_endpoint_id: "", vpc_peering_connection_id: "" },
};
const ROUTE_NAMES: Record<string, string> = {
  cidr_block: "destination_cidr_block",
  ipv6_cidr_block: "destination_ipv6_cidr_block",
};
const tableRoute = (route: Obj): Value[] => [
  Object.fromEntries(Object.keys(ROUTE).map((name) => [name, text(route[ROUTE_NAMES[name] ?? name])])),
];

/** The load balancer of a listener, or of the listener that a rule is in. */
const balancer = (attributes: Obj, _: CloudObject, store: Store): Value[] => {
  const listener = store.ofType("aws_lb_listener").find((object) => object.id === attributes.listener_arn);
  return some(attributes.load_balancer_arn ?? listener?.attributes.load_balancer_arn);
};

const RULE = [
  ...["access", "description", "direction", "name", "priority", "protocol", "source_port_range", "source_port_ranges"],
  ...["destination_port_range", "destination_port_ranges", "source_address_prefix", "source_address_prefixes"],
  ...["destination_address_prefix", "destination_address_prefixes"],
  ...["source_application_security_group_ids", "destination_application_security_group_ids"],
];
const FRONTEND = { in: "frontend_ip_configuration", by: "loadbalancer_id", block: "frontend_ip_configuration_name" };

const ADDED: Record<string, readonly Added[]> = {
  aws_security_group: [
    { to: "ingress", from: "aws_vpc_security_group_ingress_rule", by: "security_group_id", gives: groupRule },
    { to: "egress", from: "aws_vpc_security_group_egress_rule", by: "security_group_id", gives: groupRule },
  ],
  aws_route_table: [{ to: "route", from: "aws_route", by: "route_table_id", gives: tableRoute }],
  aws_iam_role: [
    { to: "inline_policy", from: "aws_iam_role_policy", by: "role", gives: copy("name", "policy") },
    {
      to: "managed_policy_arns",
      from: "aws_iam_role_policy_attachment",
      by: "role",
      gives: ({ policy_arn: arn }) => some(arn),
    },
  ],
  aws_lb_target_group: ["target_group_arn", "forward.target_group.arn"].flatMap((path) => [
    { to: "load_balancer_arns", from: "aws_lb_listener", by: `default_action.${path}`, gives: balancer },
    { to: "load_balancer_arns", from: "aws_lb_listener_rule", by: `action.${path}`, gives: balancer },
  ]),
  azurerm_lb: [
    { to: "load_balancer_rules", from: "azurerm_lb_rule", ...FRONTEND, gives: id },
    { to: "inbound_nat_rules", from: "azurerm_lb_nat_rule", ...FRONTEND, gives: id },
    {
      to: "outbound_rules",
      from: "azurerm_lb_outbound_rule",
      ...{ ...FRONTEND, block: "frontend_ip_configuration.name" },
      gives: id,
    },
  ],
  azurerm_lb_backend_address_pool: [
    { to: "load_balancing_rules", from: "azurerm_lb_rule", by: "backend_address_pool_ids", gives: id },
    { to: "outbound_rules", from: "azurerm_lb_outbound_rule", by: "backend_address_pool_id", gives: id },
    { to: "inbound_nat_rules", from: "azurerm_lb_nat_rule", by: "backend_address_pool_id", gives: id },
  ],
  azurerm_network_security_group: [
    {
      to: "security_rule",
      from: "azurerm_network_security_rule",
      by: "network_security_group_name",
      gives: copy(...RULE),
    },
  ],
};

/** The attributes of an object as a read finds them, with what others add. */
export function withAdded(store: Store, object: CloudObject): Obj {
  return (ADDED[object.type] ?? []).reduce(
    (attributes, row) => grown(store, { ...object, attributes }, row),
    object.attributes,
  );
}

function grown(store: Store, object: CloudObject, row: Added): Obj {
  const children = store
    .ofType(row.from)
    .filter(({ attributes }) => valuesAt(attributes, row.by.split(".")).some((name) => refersTo(name, object)))
    .filter(({ attributes }) => sameGroup(attributes, object.attributes));
  const { attributes } = object;
  if (row.in === undefined)
    return { ...attributes, [row.to]: joined(attributes[row.to], children, row, object, store) };
  const blocks = Array.isArray(attributes[row.in]) ? (attributes[row.in] as Value[]) : [];
  const filled = blocks.map((block) => {
    if (!isObject(block)) return block;
    const own = children.filter((child) =>
      valuesAt(child.attributes, (row.block ?? "").split(".")).includes(text(block.name)),
    );
    return { ...block, [row.to]: joined(block[row.to], own, row, object, store) };
  });
  return { ...attributes, [row.in]: filled };
}

function joined(held: Value | undefined, children: CloudObject[], row: Added, to: CloudObject, store: Store): Value {
  const items = Array.isArray(held) ? [...held] : [];
  for (const item of children.flatMap(({ attributes }) => row.gives(attributes, to, store))) {
    if (!items.some((other) => equal(other, item))) items.push(item);
  }
  return items;
}

/** Azure names stand for something within one resource group. */
const sameGroup = (a: Obj, b: Obj): boolean =>
  typeof a.resource_group_name !== "string" ||
  typeof b.resource_group_name !== "string" ||
  a.resource_group_name.toLowerCase() === b.resource_group_name.toLowerCase();
