/** Which suppression each flagged attribute of hashicorp/google uses. */
import { isIP } from "node:net";
import { relativeLink } from "./hashes";
import { sameImage } from "./google-images";
import {
  alike,
  all,
  attr,
  defaultIs,
  firstBlock,
  ignoreCase,
  kept,
  lastPart,
  link,
  linkOrName,
  never,
  nothingSet,
  sameIp,
  sameTime,
  shortIp,
  trimmed,
} from "./suppressors";
import type { Suppressor } from "./suppressors";

const templateIds: Suppressor = ({ old, next }) => {
  const [oldLink = "", oldId] = relativeLink(old).split("?uniqueId=");
  const [nextLink = "", nextId] = relativeLink(next).split("?uniqueId=");
  return next.includes("projects/") && oldLink === nextLink && (!oldId || !nextId || oldId === nextId);
};
const member: Suppressor = ({ old, next }) =>
  old.toLowerCase() === next.toLowerCase() && !/^(all\w*Users$|principal(Set|Hierarchy)?:)/i.test(next);
const logsOff: Suppressor = ({ proposed }) => firstBlock(proposed, "log_config").enable !== true;

const HEALTH_PORTS: Record<string, string> = {
  ...{ http_health_check: "80", tcp_health_check: "80" },
  ...{ https_health_check: "443", http2_health_check: "443", ssl_health_check: "443" },
};
/** The cloud fills in the usual port of a protocol. */
const usualPort: Suppressor = ({ old, next, path, proposed }) => {
  const [block] = path;
  const spec = firstBlock(proposed, String(block)).port_specification ?? "";
  const usual = path.at(-1) === "port" && old === HEALTH_PORTS[String(block)] && (next === "" || next === "0");
  return usual && (spec === "" || spec === "USE_FIXED_PORT");
};

/** An address in the state and a reference in the configuration are the same; a mask counts when both have one. */
const internalIp: Suppressor = (input) => {
  const [old = "", oldMask] = input.old.split("/");
  const [next = "", nextMask] = input.next.split("/");
  const masksDiffer = !!oldMask && !!nextMask && oldMask !== nextMask;
  if (isIP(old) === 0 || masksDiffer) return false;
  return isIP(next) === 0 || shortIp(old) === shortIp(next);
};

/** Records are a set, and some types of records are spelt in several ways. */
const RECORD_FORMS: Record<string, (record: string) => string> = {
  AAAA: (record) => (isIP(record) === 6 ? shortIp(record) : record),
  MX: (record) => record.toLowerCase(),
  DS: (record) => record.toLowerCase(),
  TXT: (record) => record.replace(/^"+|"+$/g, "").toLowerCase(),
};
const records: Suppressor = ({ prior, proposed }) => {
  const form = RECORD_FORMS[String(attr(proposed, "type"))] ?? String;
  const [old, next] = [attr(prior, "rrdatas"), attr(proposed, "rrdatas")];
  if (!Array.isArray(old) || !Array.isArray(next) || next.length === 0) return false;
  const sorted = (list: typeof old) => JSON.stringify(list.map((item) => form(String(item))).sort());
  return sorted(old) === sorted(next);
};

/** A block that switches nothing on is the same as none. */
const blockOff =
  (name: string): Suppressor =>
  ({ old, next, prior }) =>
    old === "1" && next === "0" && firstBlock(prior, name).enabled !== true;
const autoclass: Suppressor = ({ old, next, proposed, prior }) =>
  (old === "1" && next === "0" && firstBlock(prior, "autoclass").enabled !== true) ||
  (old === "0" && next === "1" && nothingSet(attr(proposed, "autoclass")));

const keyRing: Suppressor = ({ old, next }) => {
  const parts = /^projects\/([^/]+)\/locations\/([^/]+)\/keyRings\/([^/]+)$/.exec(next);
  return !!parts && old === parts.slice(1).join("/");
};
const keyVersion: Suppressor = ({ old, next }) => old.split("/cryptoKeyVersions")[0] === next;
const projectNumber = (text: string): string => text.replace(/projects\/\d+/, "projects/=");
const anyProject = (text: string): string => text.replace(/projects\/[^/]+/, "projects/=");
/** The cloud answers with the project's number where the configuration has its id. */
const projectById: Suppressor = ({ old, next }) => projectNumber(old) === anyProject(next);
const linkOfProject: Suppressor = (input) =>
  link(input) ||
  (input.next.includes("projects/") &&
    projectById({ ...input, old: relativeLink(input.old), next: relativeLink(input.next) }));
const fromRegion = (text: string): string => /regions\/.*/.exec(text)?.[0] ?? text;
const withoutHost = (text: string): string => text.replace(/^https:\/\/www\.googleapis\.com\/compute\/(v1|beta)/, "");
const sourceDisk: Suppressor = ({ old, next }) => withoutHost(old).endsWith(withoutHost(next));
const base64 = (text: string): string =>
  text
    .replace(/[\r\n=]/g, "")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
const drReplica: Suppressor = ({ old, next, proposed }) => {
  const named = (name: string) => (name.includes(":") ? name : `${String(attr(proposed, "project"))}:${name}`);
  return named(old) === named(next);
};
const newerMaintenance: Suppressor = ({ old, next }) =>
  old.length > 14 && next.length > 14 && old.slice(-14) >= next.slice(-14);
const mysqlMinor: Suppressor = ({ old, next }) =>
  next === "MYSQL_8_0" && Number(/^MYSQL_8_0_(\d+)$/.exec(old)?.[1] ?? 0) >= 35;
const noAccount: Suppressor = ({ old, next, prior, proposed }) => {
  const account = old === "1" && next === "0" ? prior : old === "0" && next === "1" ? proposed : undefined;
  const block = account && firstBlock(account, "service_account");
  return !!block && nothingSet(block.email ?? null) && nothingSet(block.scopes ?? null);
};
const flowLogs: Suppressor = ({ proposed }) =>
  attr(proposed, "enable_flow_logs") === true && Object.keys(firstBlock(proposed, "log_config")).length === 0;
const firewallLogs: Suppressor = ({ next, proposed, path }) =>
  path.length === 1 && next === "0" && attr(proposed, "enable_logging") === true;
const filterOff: Suppressor = ({ prior }) => firstBlock(prior, "ip_filter").mode === "Disabled";

/** `type.path` goes before `path`, and that before the last name of a path. */
export const GOOGLE_SUPPRESS: Record<string, Suppressor> = {
  "version.instance_template": templateIds,
  ...all(link, "auto_healing_policies.health_check", "backend.group", "async_primary_disk", "network_profile"),
  ...all(link, "google_compute_global_forwarding_rule.target", "settings.ip_configuration.private_network"),
  ...all(link, "resource_policies", "resource_policies.workload_policy", "*.kms_key_self_link"),
  "boot_disk.initialize_params.resource_policies": link,
  ...all(keyVersion, "instance_encryption_key.kms_key_self_link", "google_storage_bucket_object.kms_key_name"),
  ...all(keyVersion, "boot_disk.initialize_params.source_image_encryption_key.kms_key_self_link"),
  ...all(keyVersion, "boot_disk.initialize_params.source_snapshot_encryption_key.kms_key_self_link"),
  "google_compute_forwarding_rule.target": linkOfProject,
  ...all(lastPart, "*.storage_pool", "machine_type", "google_compute_disk.type", "managed.issuance_config"),
  ...all(lastPart, "google_compute_instance_group_named_port.group", "certificate_manager_certificates"),
  ...all(lastPart, "google_logging_log_view.bucket", "google_logging_log_view.name", "google_org_policy_policy.name"),
  ...all(projectById, "managed.dns_authorizations", "certificates", "security_settings.client_tls_policy"),
  ...all(sameImage, "google_compute_disk.image", "boot_disk.initialize_params.image"),
  ...all(sourceDisk, "google_compute_disk.source_disk", "google_compute_region_disk.source_disk"),
  ip_collection: alike(fromRegion),
  key_ring: keyRing,
  "google_compute_global_address.address_type": defaultIs("EXTERNAL"),
  ip_version: defaultIs("IPV4"),
  "update_policy.replacement_method": defaultIs("SUBSTITUTE"),
  "update_policy.instance_redistribution_type": defaultIs("PROACTIVE"),
  "*.cross_series_reducer": defaultIs("REDUCE_NONE"),
  attempt_deadline: defaultIs("180s"),
  "google_certificate_manager_certificate.scope": defaultIs("DEFAULT"),
  "google_sql_user.type": defaultIs("BUILT_IN"),
  min_cpu_platform: (input) =>
    defaultIs("automatic")({ ...input, old: input.old.toLowerCase(), next: input.next.toLowerCase() }),
  "log_config.sample_rate": logsOff,
  ...all(ignoreCase, "ip_protocol", "visibility", "allow.protocol", "deny.protocol", "google_sql_database.charset"),
  "settings.disk_type": alike((type) => type.replaceAll("-", "_").toUpperCase()),
  database_version: mysqlMinor,
  maintenance_version: newerMaintenance,
  "replication_cluster.failover_dr_replica_name": drReplica,
  "clone.point_in_time": sameTime,
  "google_sql_user.name": ({ old, next, proposed }) =>
    old === next.split("@")[0] && String(attr(proposed, "type")).includes("IAM"),
  member,
  "google_project_iam_member.project": alike((project) => project.replace(/^projects\//, "")),
  "google_storage_bucket_iam_member.bucket": lastPart,
  port_range: ({ old, next }) => old === `${next}-${next}`,
  ip_address: internalIp,
  ...all(sameIp, "network_interface.ipv6_address", "network_interface.ipv6_access_config.external_ipv6"),
  "network_interface.alias_ip_range.ip_cidr_range": ({ old, next }) => /^\/\d+$/.test(next) && old.endsWith(next),
  ...all(trimmed, "filter", "exclusions.filter", "spec.rules.condition.expression"),
  "dry_run_spec.rules.condition.expression": trimmed,
  "*.start_time": ({ old, next }) => old === `0${next}`,
  "http_check.path": ({ old, next }) => old === `/${next}`,
  "http_target.uri": alike((uri) => uri.replace(/\/$/, "")),
  "managed.domains": alike((domain) => domain.replace(/\.+$/, "")),
  ...all(alike(base64), "raw_disk.sha1", "*.content"),
  rrdatas: records,
  ...all(kept, "website.main_page_suffix", "website.not_found_page"),
  enable_analytics: ({ old }) => old === "true",
  autoclass,
  hierarchical_namespace: blockOff("hierarchical_namespace"),
  ip_filter: filterOff,
  detect_md5hash: ({ proposed }) => attr(proposed, "source") === null,
  "google_redis_instance.secondary_ip_range": ({ old, next }) => next.toLowerCase() === "auto" && old !== "",
  ...all(usualPort, ...Object.keys(HEALTH_PORTS)),
  service_account: noAccount,
  "google_compute_firewall.log_config": firewallLogs,
  "google_compute_subnetwork.log_config": flowLogs,
  source_ranges: ({ old, next }) => old === "1 0.0.0.0/0" && next.startsWith("0"),
  "*.force_attach": defaultIs("false"),
  ...all(defaultIs(""), "scheduling.node_affinities", "shielded_instance_config", "rules"),
  grpc_health_check: never,
  ...all(never, "*.load_balancer_type"),
  "routing_policy.primary_backup.primary.internal_load_balancers.load_balancer_type": defaultIs("none"),
  ...all(never, "spec.rules", "dry_run_spec.rules", "http_target.oauth_token", "http_target.oidc_token"),
  ...all(never, "monitored_resource.labels", "private_key"),
};

/** Elements of lists, which the schema flags do not tell. */
export const GOOGLE_ELEMENTS: Record<string, Suppressor> = {
  "disk.resource_policies": lastPart,
  resource_policies: lastPart,
  ssl_certificates: linkOrName,
  licenses: linkOrName,
};
