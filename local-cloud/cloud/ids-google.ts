/** Formats of Google ids. Compute types follow one rule; the others are listed. */
import type { Obj } from "../protocol/values";
import type { TypeSchema } from "../schemas/catalog";
import { lastPart } from "./links";

export const GOOGLE_IDS: Record<string, string> = {
  google_cloud_scheduler_job: "projects/{project}/locations/{region}/jobs/{name}",
  google_compute_image_iam_member: "{image}/{role}/{member}",
  google_compute_instance_group_named_port: "{group}/{port}/{name}",
  google_compute_per_instance_config: "{project}/{zone}/{instance_group_manager}/{name}",
  google_compute_project_metadata_item: "{key}",
  google_compute_router_nat: "{project}/{region}/{router}/{name}",
  google_dns_managed_zone: "projects/{project}/managedZones/{name}",
  google_dns_record_set: "projects/{project}/managedZones/{managed_zone}/rrsets/{name}/{type}",
  google_filestore_instance: "projects/{project}/locations/{location}/instances/{name}",
  google_firestore_database: "projects/{project}/databases/{name}",
  google_kms_crypto_key: "{key_ring}/cryptoKeys/{name}",
  google_kms_crypto_key_iam_member: "{crypto_key_id}/{role}/{member}",
  google_kms_key_ring: "projects/{project}/locations/{location}/keyRings/{name}",
  google_logging_log_view: "{bucket}/views/{name}",
  google_logging_metric: "{name}",
  google_logging_project_bucket_config: "projects/{project}/locations/{location}/buckets/{bucket_id}",
  google_logging_project_sink: "projects/{project}/sinks/{name}",
  google_monitoring_alert_policy: "projects/{project}/alertPolicies/{serial}",
  google_monitoring_dashboard: "projects/{project}/dashboards/{uuid}",
  google_monitoring_notification_channel: "projects/{project}/notificationChannels/{serial}",
  google_monitoring_uptime_check_config: "projects/{project}/uptimeCheckConfigs/{display_name}-{hex8}",
  google_org_policy_policy: "{name}",
  google_os_config_patch_deployment: "projects/{project}/patchDeployments/{patch_deployment_id}",
  google_project: "projects/{project_id}",
  google_project_iam_binding: "{project}/{role}",
  google_project_iam_custom_role: "projects/{project}/roles/{role_id}",
  google_project_iam_member: "{project}/{role}/{member}",
  google_project_service: "{project}/{service}",
  google_pubsub_topic: "projects/{project}/topics/{name}",
  google_redis_instance: "projects/{project}/locations/{region}/instances/{name}",
  google_secret_manager_secret: "projects/{project}/secrets/{secret_id}",
  google_secret_manager_secret_iam_member: "projects/{project}/secrets/{secret_id}/{role}/{member}",
  google_secret_manager_secret_version: "{secret}/versions/{serial}",
  google_service_account: "projects/{project}/serviceAccounts/{email}",
  google_service_account_iam_binding: "{service_account_id}/{role}",
  google_service_account_iam_member: "{service_account_id}/{role}/{member}",
  google_service_networking_connection: "{network}:{service}",
  google_sql_database: "projects/{project}/instances/{instance}/databases/{name}",
  google_sql_database_instance: "{name}",
  google_sql_user: "{name}/{host}/{instance}",
  google_storage_bucket: "{name}",
  google_storage_bucket_iam_member: "b/{bucket}/{role}/{member}",
  google_storage_bucket_object: "{bucket}-{name}",
  google_storage_object_acl: "{bucket}-{object}",
};

/** Global types that say a place all the same: where a template's subnet or a snapshot's disk is. */
const GLOBAL = /^google_compute_(instance_template|snapshot)$/;

/** Where objects of a type stand: it is the type's own, whatever place the provider is configured with. */
export function scopeOf({ name, block }: TypeSchema): "zone" | "region" | "global" {
  if (GLOBAL.test(name)) return "global";
  return block.has("zone") ? "zone" : block.has("region") ? "region" : "global";
}

/** The kind of place that a new object lacks, since neither it nor the provider names one. */
export function missingPlace(schema: TypeSchema, attributes: Obj): "zone" | "region" | undefined {
  if (!schema.name.startsWith("google_compute_")) return undefined;
  const scope = scopeOf(schema);
  return scope === "global" || attributes[scope] ? undefined : scope;
}

/** The path of a compute object, e.g. `projects/p/regions/r/instanceGroupManagers/web`. */
export function googlePath(schema: TypeSchema, attributes: Obj): string {
  const { name: type } = schema;
  const scoped = scopeOf(schema);
  const scope = scoped === "global" ? scoped : `${scoped}s/${lastPart(String(attributes[scoped] ?? ""))}`;
  return `projects/${String(attributes.project ?? "")}/${scope}/${collection(type)}/${String(attributes.name ?? "")}`;
}

/** The collection of a compute type: `google_compute_region_url_map` is in `urlMaps`. */
export function collection(type: string): string {
  const words = type.replace(/^google_(compute_)?(region_|global_)?(managed_)?/, "").split("_");
  const camel = words.map((word, i) => (i === 0 ? word : `${word[0]?.toUpperCase()}${word.slice(1)}`)).join("");
  if (/[^aeiou]y$/.test(camel)) return `${camel.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(camel) ? `${camel}es` : `${camel}s`;
}
