/** Values that a cloud makes only when a setting asks for them, or that say where the object is reached. */
import type { Obj, Value } from "../protocol/values";
import type { Rule } from "./computed-table";
import { valuesAt } from "./graph";
import { vpcParts } from "./standing";
import { hex, uuid } from "./template";

const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");
const given = (value: Value | undefined): boolean =>
  value !== undefined && value !== null && value !== "" && value !== 0;

/** A value that is there when the setting is, and else the empty value of its type. */
const when =
  (asked: (attributes: Obj) => boolean, make: (attributes: Obj, seed: string) => Value, none: Value = ""): Rule =>
  (attributes, _, seed) =>
    asked(attributes) ? make(attributes, seed) : none;

const vpcPart =
  (name: string): Rule =>
  ({ id }) =>
    vpcParts(text(id))[name] ?? "";

/** Amazon gives a VPC a /56: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-sizing-ipv6 */
const amazonRange = (seed: string): string =>
  `2600:1f18:${hex(seed, 4).replace(/^0/, "1")}:${hex(`${seed} b`, 2)}00::/56`;
const hasIpv6 = ({ assign_generated_ipv6_cidr_block: generated, ipv6_cidr_block, ipv6_ipam_pool_id }: Obj): boolean =>
  generated === true || given(ipv6_ipam_pool_id) || text(ipv6_cidr_block) !== "";

const managedPassword = ({ manage_master_user_password: managed }: Obj): boolean => managed === true;
const masterSecret: Rule = when(
  managedPassword,
  ({ region, account }, seed) => [
    {
      secret_arn: `arn:aws:secretsmanager:${text(region)}:${text(account)}:secret:rds!${hex(seed, 12)}`,
      kms_key_id: "",
      secret_status: "active",
    },
  ],
  [],
);

/** https://cloud.google.com/vpc/docs/subnets#ipv6-ranges */
const dualStack = ({ stack_type: stack }: Obj): boolean => /IPV6/.test(text(stack));
const external = (attributes: Obj): boolean => dualStack(attributes) && attributes.ipv6_access_type === "EXTERNAL";
const internal = (attributes: Obj): boolean => dualStack(attributes) && attributes.ipv6_access_type === "INTERNAL";
const range64 = (start: string) => (_: Obj, seed: string) =>
  `${start}:${hex(seed, 4).replace(/^0/, "1")}:${hex(`${seed} b`, 4).replace(/^0/, "1")}:0::/64`;

/** An identity of the object's own exists only where it is asked for. */
const systemAssigned = ({ identity }: Obj): boolean =>
  valuesAt(identity, ["type"]).some((type) => /SystemAssigned/i.test(type));

const hosts = (service: string): Record<string, Rule> => ({
  [`azurerm_storage_account.primary_${service}_endpoint`]: `https://{name}.${service}.core.windows.net/`,
  [`azurerm_storage_account.primary_${service}_host`]: `{name}.${service}.core.windows.net`,
});

export const ASKED_FOR: Record<string, Rule> = {
  "aws_vpc.ipv6_cidr_block": when(hasIpv6, (_, seed) => amazonRange(seed)),
  "aws_vpc.ipv6_association_id": when(hasIpv6, (_, seed) => `vpc-cidr-assoc-${hex(seed, 17)}`),
  "aws_vpc.ipv6_cidr_block_network_border_group": when(hasIpv6, ({ region }) => region ?? ""),
  ...Object.fromEntries(Object.keys(vpcParts("")).map((name) => [`aws_vpc.${name}`, vpcPart(name)])),
  "aws_subnet.ipv6_cidr_block_association_id": when(
    ({ ipv6_cidr_block: range }) => given(range),
    (_, seed) => `subnet-cidr-assoc-${hex(seed, 17)}`,
  ),
  "aws_db_instance.master_user_secret": masterSecret,
  "aws_rds_cluster.master_user_secret": masterSecret,
  "aws_rds_cluster.endpoint": "{cluster_identifier}.cluster-{hex12}.{region}.rds.amazonaws.com",
  "aws_rds_cluster.reader_endpoint": "{cluster_identifier}.cluster-ro-{hex12}.{region}.rds.amazonaws.com",
  "aws_instance.public_ip": when(
    ({ associate_public_ip_address: asked }) => asked === true,
    (_, seed) => `203.0.113.${(Number.parseInt(hex(seed, 4), 16) % 254) + 1}`,
  ),
  "aws_instance.ipv6_addresses": when(
    ({ ipv6_address_count: count }) => typeof count === "number" && count > 0,
    ({ ipv6_address_count: count }, seed) =>
      Array.from({ length: Number(count) }, (_, i) => `2600:1f18:1:1::${hex(`${seed} ${i}`, 4).replace(/^0+/, "1")}`),
    [],
  ),
  "aws_dynamodb_table.stream_arn": when(
    ({ stream_enabled: asked }) => asked === true,
    ({ arn }) => `${text(arn)}/stream/2026-01-01T00:00:00.000`,
  ),
  "aws_kms_key.key_id": "{id}",
  "aws_s3_bucket.bucket_domain_name": "{bucket}.s3.amazonaws.com",
  "aws_s3_bucket.bucket_regional_domain_name": "{bucket}.s3.{region}.amazonaws.com",
  "aws_route53_zone.name_servers": (_, __, seed) =>
    ["com", "net", "org", "co.uk"].map((end, i) => `ns-${Number.parseInt(hex(seed, 3), 16) + i}.awsdns-0${i}.${end}`),
  "google_compute_network.internal_ipv6_range": when(
    ({ enable_ula_internal_ipv6: asked }) => asked === true,
    (_, seed) => `fd20:${hex(seed, 3)}:${hex(`${seed} b`, 4).replace(/^0/, "1")}:0:0:0:0:0/48`,
  ),
  "google_compute_subnetwork.external_ipv6_prefix": when(external, range64("2600:1900")),
  "google_compute_subnetwork.internal_ipv6_prefix": when(internal, range64("fd20:1")),
  "google_compute_subnetwork.ipv6_cidr_range": when(external, range64("2600:1900")),
  "google_compute_instance_template.region": ({ network_interface }) =>
    valuesAt(network_interface, ["subnetwork"]).flatMap((link) => /regions\/([^/]+)/.exec(link)?.slice(1) ?? [])[0] ??
    "",
  "google_redis_instance.auth_string": when(
    ({ auth_enabled: asked }) => asked === true,
    (_, seed) => hex(seed, 32),
  ),
  "google_sql_database_instance.connection_name": "{project}:{region}:{name}",
  "google_storage_bucket.url": "gs://{name}",
  "azurerm:identity.principal_id": when(systemAssigned, (_, seed) => uuid(seed)),
  "azurerm:identity.tenant_id": when(systemAssigned, ({ tenant }) => tenant ?? ""),
  "azurerm_public_ip.fqdn": when(
    ({ domain_name_label: label }) => given(label),
    ({ domain_name_label: label, location }) => `${text(label)}.${text(location)}.cloudapp.azure.com`,
  ),
  ...Object.assign({}, ...["blob", "dfs", "file", "queue", "table", "web"].map(hosts)),
  "azurerm_storage_account.primary_location": "{location}",
  "azurerm_postgresql_flexible_server.fqdn": "{name}.postgres.database.azure.com",
  "azurerm_mysql_flexible_server.fqdn": "{name}.mysql.database.azure.com",
  "azurerm_redis_cache.hostname": "{name}.redis.cache.windows.net",
  "azurerm_virtual_network.subnet.id": "{id}/subnets/{name}",
};
