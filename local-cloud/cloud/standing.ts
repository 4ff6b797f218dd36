/**
 * Objects that nobody made: what comes with another object, with an account or with a project.
 *
 * They are derived, never stored, so that they come and go with what they belong to, and hold nothing.
 */
import { isObject, type Obj, type Value } from "../protocol/values";
import { alike } from "./kinds";
import type { CloudObject, Store } from "./store";
import { hex } from "./template";
import { madeByTemplates } from "./templates";

/** Where the one who looks stands. */
export interface Where {
  readonly region?: Value | undefined;
  readonly project?: Value | undefined;
  readonly account?: Value | undefined;
}

type Standing = (store: Store, where: Where) => CloudObject[];

/** Everything of a kind that exists: what was made or taken over, and what stands there without. */
export function existing(store: Store, type: string, where: Where): CloudObject[] {
  const kind = alike(type);
  const standing = [
    ...kind.flatMap((one) => STANDING[one]?.(store, where) ?? []),
    ...madeByTemplates(store).filter((one) => kind.includes(one.type)),
  ];
  const byId = new Map(standing.map((one) => [one.id.toLowerCase(), one]));
  const made = kind
    .flatMap((one) => store.ofType(one))
    .map((one) => {
      const own = byId.get(one.id.toLowerCase());
      if (!own) return one;
      byId.delete(one.id.toLowerCase());
      // What was taken over has more to it than the type that took it over says.
      return { ...one, attributes: { ...own.attributes, ...one.attributes } };
    });
  return [...made, ...byId.values()];
}

const object = (type: string, id: string, attributes: Obj): CloudObject => ({
  key: `standing ${type} ${id}`,
  serial: 0,
  type,
  id,
  attributes: { id, ...attributes },
});

const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");
const ec2 = ({ region, account }: Where, kind: string, id: string): Obj => ({
  ...{
    arn: `arn:aws:ec2:${text(region)}:${text(account)}:${kind}/${id}`,
    owner_id: account ?? "",
    region: region ?? "",
  },
  ...{ tags: {}, tags_all: {} },
});

/** Every region of an account has a default VPC: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html */
const defaultVpc: Standing = (store, where) => {
  const region = text(where.region);
  if (region === "") return [];
  const id = `vpc-0${hex(`${store.cloudId} ${region}`, 16)}`;
  return [
    object("aws_vpc", id, {
      ...ec2(where, "vpc", id),
      ...{ cidr_block: "172.31.0.0/16", default: true, state: "available", instance_tenancy: "default" },
      ...{ enable_dns_support: true, enable_dns_hostnames: true, ...vpcParts(id) },
    }),
  ];
};

/** The ids of what comes with a VPC. */
export function vpcParts(vpc: string): Obj {
  const own = hex(vpc, 16);
  return {
    default_security_group_id: `sg-0${own}`,
    default_route_table_id: `rtb-0${own}`,
    main_route_table_id: `rtb-0${own}`,
    default_network_acl_id: `acl-0${own}`,
    dhcp_options_id: `dopt-0${own}`,
  };
}

const ZONES = ["a", "b", "c"];

const defaultSubnets: Standing = (store, where) =>
  defaultVpc(store, where).flatMap(({ id: vpc, attributes }) => {
    const region = text(attributes.region);
    return ZONES.map((letter, i) => {
      const id = `subnet-0${hex(`${vpc} ${letter}`, 16)}`;
      return object("aws_subnet", id, {
        ...ec2(where, "subnet", id),
        ...{ vpc_id: vpc, availability_zone: region + letter, cidr_block: `172.31.${i * 16}.0/20` },
        ...{ default_for_az: true, map_public_ip_on_launch: true, state: "available" },
      });
    });
  });

const defaultGateway: Standing = (store, where) =>
  defaultVpc(store, where).map(({ id: vpc }) => {
    const id = `igw-0${hex(vpc, 16)}`;
    return object("aws_internet_gateway", id, {
      ...ec2(where, "internet-gateway", id),
      vpc_id: vpc,
      attachments: [{ state: "available", vpc_id: vpc }],
    });
  });

/** One object that each VPC has, with the VPC's attribute that holds its id. */
const ofEachVpc =
  (type: string, kind: string, attribute: string, attributes: Obj): Standing =>
  (store, where) =>
    existing(store, "aws_vpc", where).flatMap(({ id: vpc, attributes: own }) => {
      const id = text(own[attribute]);
      return id === ""
        ? []
        : [
            object(type, id, {
              ...ec2({ region: own.region, account: own.owner_id }, kind, id),
              vpc_id: vpc,
              ...attributes,
            }),
          ];
    });

const all = (rule: Obj): Obj => ({ protocol: "-1", from_port: 0, to_port: 0, ...rule });

/** Subnets of a network in auto mode: https://cloud.google.com/vpc/docs/subnets#ip-ranges */
const AUTO_RANGES: Record<string, number> = {
  ...{ "us-central1": 128, "europe-west1": 132, "us-west1": 138, "asia-east1": 140, "us-east1": 142 },
  ...{ "asia-northeast1": 146, "asia-southeast1": 148, "us-east4": 150, "australia-southeast1": 152 },
  ...{ "europe-west2": 154, "europe-west3": 156, "southamerica-east1": 158, "asia-south1": 160 },
  ...{ "northamerica-northeast1": 162, "europe-west4": 164, "europe-north1": 166, "us-west2": 168 },
  ...{ "asia-east2": 170, "europe-west6": 172, "asia-northeast2": 174, "asia-northeast3": 178, "us-west3": 180 },
};

const compute = (path: string): Obj => ({ id: path, self_link: `https://www.googleapis.com/compute/v1/${path}` });

/** A project has a network named default: https://cloud.google.com/vpc/docs/vpc#default-network */
const defaultNetwork: Standing = (_, where) => {
  const project = text(where.project);
  if (project === "") return [];
  const path = `projects/${project}/global/networks/default`;
  const words = { name: "default", project, description: "Default network for the project" };
  return [object("google_compute_network", path, { ...compute(path), ...words, auto_create_subnetworks: true })];
};

const autoSubnetworks: Standing = (store, where) =>
  existing(store, "google_compute_network", where)
    .filter(({ attributes }) => attributes.auto_create_subnetworks === true)
    .flatMap(({ attributes: network }) =>
      Object.entries(AUTO_RANGES).map(([region, second]) => {
        const path = `projects/${text(network.project)}/regions/${region}/subnetworks/${text(network.name)}`;
        const range = { ip_cidr_range: `10.${second}.0.0/20`, gateway_address: `10.${second}.0.1` };
        const place = { name: network.name ?? null, project: network.project ?? null, region };
        return object("google_compute_subnetwork", path, {
          ...{ ...compute(path), ...place, ...range, network: network.self_link ?? null },
        });
      }),
    );

/** A managed group has an instance group of its own name, which others look up. */
const instanceGroups =
  (type: string, manager: string): Standing =>
  (store) =>
    store.ofType(manager).map(({ id, attributes }) => {
      const path = id.replace("instanceGroupManagers", "instanceGroups");
      const { name = null, project = null, region = null, zone = null, target_size: size = null } = attributes;
      return object(type, path, { ...compute(path), name, project, size, ...(region ? { region } : { zone }) });
    });

/** Subnets that are written inside their network. */
const inlineSubnets: Standing = (store) =>
  store.ofType("azurerm_virtual_network").flatMap(({ id, attributes }) => {
    const { name: network = null, resource_group_name = null, subnet } = attributes;
    return (Array.isArray(subnet) ? subnet.filter(isObject) : []).map((one) => {
      const place = { resource_group_name, virtual_network_name: network };
      return object("azurerm_subnet", `${id}/subnets/${text(one.name)}`, { ...one, ...place, id: null });
    });
  });

/** https://learn.microsoft.com/azure/network-watcher/network-watcher-create: it comes with the first network of a region. */
const watchers: Standing = (store) =>
  store.ofType("azurerm_virtual_network").map(({ id, attributes }) => {
    const [name, group] = [`NetworkWatcher_${text(attributes.location)}`, "NetworkWatcherRG"];
    const subscription = /^\/subscriptions\/[^/]+/i.exec(id)?.[0] ?? "";
    const path = `${subscription}/resourceGroups/${group}/providers/Microsoft.Network/networkWatchers/${name}`;
    return object("azurerm_network_watcher", path, {
      ...{ name, resource_group_name: group, location: attributes.location ?? null },
    });
  });

const STANDING: Record<string, Standing> = {
  aws_vpc: defaultVpc,
  aws_subnet: defaultSubnets,
  aws_internet_gateway: defaultGateway,
  aws_security_group: ofEachVpc("aws_security_group", "security-group", "default_security_group_id", {
    ...{ name: "default", description: "default VPC security group" },
    ingress: [all({ self: true })],
    egress: [all({ self: false, cidr_blocks: ["0.0.0.0/0"] })],
  }),
  aws_route_table: ofEachVpc("aws_route_table", "route-table", "default_route_table_id", { main: true }),
  aws_network_acl: ofEachVpc("aws_network_acl", "network-acl", "default_network_acl_id", {}),
  google_compute_network: defaultNetwork,
  google_compute_subnetwork: autoSubnetworks,
  google_compute_instance_group: instanceGroups(
    "google_compute_instance_group",
    "google_compute_instance_group_manager",
  ),
  google_compute_region_instance_group: instanceGroups(
    "google_compute_region_instance_group",
    "google_compute_region_instance_group_manager",
  ),
  azurerm_subnet: inlineSubnets,
  azurerm_network_watcher: watchers,
};

/** By type: the attribute of the standing object that tells which one it takes over, and its value. */
const ADOPTED: Record<string, (attributes: Obj, store: Store) => readonly [string, Value | undefined]> = {
  aws_default_vpc: () => ["default", true],
  aws_default_subnet: ({ availability_zone: zone }) => ["availability_zone", zone],
  aws_default_security_group: ({ vpc_id: vpc, region }, store) => [
    "vpc_id",
    text(vpc) || (defaultVpc(store, { region })[0]?.id ?? ""),
  ],
  aws_default_route_table: ({ default_route_table_id: id }) => ["id", id],
  aws_default_network_acl: ({ default_network_acl_id: id }) => ["id", id],
};

/**
 * What the provider takes away when it takes an object over, unless the configuration names it:
 * https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/default_security_group,
 * …/default_route_table, …/default_network_acl.
 */
const CLEARED: Record<string, Obj> = {
  aws_default_security_group: { ingress: [], egress: [] },
  aws_default_route_table: { route: [] },
  aws_default_network_acl: { ingress: [], egress: [] },
};

/** The standing object that a new object of the type takes over, as the provider leaves it. */
export function adopted(store: Store, type: string, attributes: Obj): CloudObject | undefined {
  const [name, value] = ADOPTED[type]?.(attributes, store) ?? [];
  if (name === undefined) return undefined;
  const kind = alike(type)[0] ?? type;
  const standing = STANDING[kind]?.(store, { region: attributes.region }).find((one) => one.attributes[name] === value);
  return standing && { ...standing, attributes: { ...standing.attributes, ...CLEARED[type] } };
}
