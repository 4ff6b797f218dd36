/** What hashicorp/google does at plan time beyond the schema flags. */
import { isIP } from "node:net";
import { absent, isObject, type Obj, Unknown, type Value, whollyKnown } from "../protocol/values";
import { resolveAlike } from "./google-images";
import { sqlReplica } from "./google-sql";
import { forceNewIf, forceNewInside, smaller, takenAway } from "./force-new";
import { contains } from "./networks";
import type { PlanRule } from "../engine/draft";

/** Types whose project stays "known after apply" when unset. */
const PROJECT_AT_APPLY =
  /^google_(storage_bucket|kms_crypto_key|logging_project_sink|logging_project_bucket_config)$|_iam_(member|binding|policy)$/;
/** Types that plan the provider's region or zone when unset; the others leave it to the apply. */
const REGION_TYPES =
  /^google_(cloud_scheduler_job|compute_(region_instance_template|region_instance_group_manager|region_autoscaler|resource_policy|target_pool|region_per_instance_config))$/;
const ZONE_TYPES =
  /^google_compute_(instance_group(_manager|_named_port)?|autoscaler|per_instance_config|instance|disk_resource_policy_attachment)$/;

/** `project`, and for some types `region` and `zone`, are the provider's when unset. */
export const googleDefaults: PlanRule = (draft) => {
  const { schema, settings } = draft;
  const fill = (name: "project" | "region" | "zone"): void => {
    const attribute = schema.block.get(name);
    if (!attribute?.optional || !attribute.computed) return;
    const planned = draft.planned[name] ?? null;
    if (draft.config[name] instanceof Unknown || (planned !== null && !(planned instanceof Unknown))) return;
    const value = settings[name];
    if (value) draft.set(name, value);
    else draft.problem(`"${name}": required field is not set`, [name]);
  };
  if (!PROJECT_AT_APPLY.test(schema.name)) fill("project");
  if (REGION_TYPES.test(schema.name)) fill("region");
  if (ZONE_TYPES.test(schema.name)) fill("zone");
};

const ATTRIBUTION = "goog-terraform-provisioned";

/** `terraform_labels` and `effective_labels` follow `labels` and the provider's default labels. */
export const googleLabels: PlanRule = (draft) => {
  const { schema, settings, prior } = draft;
  if (!["labels", "terraform_labels", "effective_labels"].every((name) => schema.block.has(name))) return;
  const labels = draft.planned.labels ?? null;
  if (!whollyKnown(labels)) {
    draft.setUnknown("terraform_labels");
    return draft.setUnknown("effective_labels");
  }
  const before = labelsOf(prior?.effective_labels);
  const attribution =
    settings.attributionLabel &&
    !/_forwarding_rule$/.test(schema.name) &&
    (draft.create || settings.attributionProactive || ATTRIBUTION in before);
  const terraform: Obj = {
    ...settings.defaultLabels,
    ...(attribution ? { [ATTRIBUTION]: "true" } : {}),
    ...labelsOf(labels),
  };
  const effective: Obj = { ...before, ...terraform };
  for (const key of Object.keys(labelsOf(prior?.terraform_labels))) if (!(key in terraform)) delete effective[key];
  draft.set("terraform_labels", terraform);
  draft.set("effective_labels", effective);
};

/** `effective_annotations` follows `annotations`; there are no default annotations. */
export const googleAnnotations: PlanRule = (draft) => {
  if (!["annotations", "effective_annotations"].every((name) => draft.schema.block.has(name))) return;
  const annotations = draft.planned.annotations ?? null;
  if (!whollyKnown(annotations)) return draft.setUnknown("effective_annotations");
  const effective: Obj = { ...labelsOf(draft.prior?.effective_annotations), ...labelsOf(annotations) };
  for (const key of Object.keys(labelsOf(draft.prior?.annotations))) {
    if (!(key in labelsOf(annotations))) delete effective[key];
  }
  if (!draft.create || Object.keys(effective).length > 0) draft.set("effective_annotations", effective);
};

const labelsOf = (value: Value | undefined): Obj => (isObject(value) ? value : {});

/** The address of a service account follows from its account id and project. */
const serviceAccount: PlanRule = (draft) => {
  const { account_id: account, project } = draft.planned;
  if (!draft.create && !draft.changed("account_id")) return;
  if (typeof account !== "string" || typeof project !== "string") return;
  const email = `${account}@${project}.iam.gserviceaccount.com`;
  draft.set("email", email);
  draft.set("member", `serviceAccount:${email}`);
};

const SCOPES: Record<string, string> = {
  "cloud-platform": "cloud-platform",
  "compute-ro": "compute.readonly",
  "compute-rw": "compute",
  "logging-write": "logging.write",
  "monitoring-write": "monitoring.write",
  monitoring: "monitoring",
  "storage-ro": "devstorage.read_only",
  "storage-rw": "devstorage.read_write",
  "storage-full": "devstorage.full_control",
  bigquery: "bigquery",
  datastore: "datastore",
  pubsub: "pubsub",
  "service-control": "servicecontrol",
  "service-management": "service.management.readonly",
  "sql-admin": "sqlservice.admin",
  "trace-append": "trace.append",
  "trace-ro": "trace.readonly",
  "userinfo-email": "userinfo.email",
};

/** The full address of an OAuth scope. */
export const fullScope = (scope: string): string => {
  const name = SCOPES[scope];
  return name ? `https://www.googleapis.com/auth/${name}` : scope;
};

/** Short scope names become full addresses in the plan. */
const scopes: PlanRule = (draft) => {
  const accounts = draft.planned.service_account;
  if (!Array.isArray(accounts)) return;
  for (const account of accounts) {
    if (!isObject(account) || !Array.isArray(account.scopes)) continue;
    account.scopes = account.scopes.map((scope) => (typeof scope === "string" ? fullScope(scope) : scope));
  }
};

const firewall: PlanRule = (draft) => {
  const { config } = draft;
  if (config.direction instanceof Unknown || config.direction === "EGRESS") return;
  if (["source_tags", "source_ranges", "source_service_accounts"].every((name) => absent(config[name]))) {
    draft.problem(
      "one of source_tags, source_ranges, or source_service_accounts must be defined when direction is INGRESS",
    );
  }
};

/** Whether one range of addresses does not contain the one before. */
const otherRange = (old: Value, next: Value): boolean =>
  typeof old === "string" && typeof next === "string" && !contains(next, old);

/** Only hyperdisks take other IOPS in place. */
const diskIops: PlanRule = (draft) => {
  if (!String(draft.planned.type ?? "").includes("hyperdisk")) draft.forceNew("provisioned_iops");
};

/** A sink that gets a writer of its own learns its name at the apply. */
const sinkWriter: PlanRule = (draft) => {
  const gets = draft.changed("unique_writer_identity") && draft.planned.unique_writer_identity === true;
  if (!draft.create && gets) draft.setUnknown("writer_identity");
};

/** A private connection that the other side closed is made anew when the user asked for that. */
const closedConnection: PlanRule = (draft) => {
  const { recreate_closed_psc: asked, target } = draft.planned;
  const closed = draft.prior?.psc_connection_status === "CLOSED";
  if (!closed || asked !== true || !String(target ?? "").includes("/serviceAttachments/")) return;
  draft.setUnknown("psc_connection_status");
  draft.forceNew("psc_connection_status");
};

/** What is no address counts as a reference to the one in the state, also where it is not known yet. */
const addressKept: PlanRule = (draft) => {
  const before = draft.prior?.ip_address;
  if (draft.planned.ip_address instanceof Unknown && typeof before === "string" && isIP(before) > 0) {
    draft.clear("ip_address");
  }
};

/** An image that changes its spelling alone is no other image. */
const sourceImages: PlanRule = (draft) => {
  const disks = (object: Obj | null) => (Array.isArray(object?.disk) ? object.disk : []);
  disks(draft.planned).forEach((disk, i) => {
    const [old, next] = [disks(draft.prior)[i], disk].map((item) =>
      isObject(item ?? null) ? (item as Obj).source_image : null,
    );
    if (typeof old !== "string" || typeof next !== "string" || old === "" || next === "" || old === next) return;
    if (resolveAlike(old, next, String(draft.planned.project))) draft.clearAt(["disk", i, "source_image"]);
  });
};

/** The order of secondary ranges is nothing; taking all of them away must be asked for. */
const secondaryRanges: PlanRule = (draft) => {
  const name = "secondary_ip_range";
  const [old, next, config] = [draft.prior?.[name], draft.planned[name], draft.config[name]];
  if (!Array.isArray(old) || !Array.isArray(next) || config instanceof Unknown) return;
  const key = (range: Value) =>
    JSON.stringify(
      Object.entries(isObject(range) ? range : {})
        .filter(([, value]) => value)
        .sort(),
    );
  const sorted = (ranges: Value[]) => ranges.map(key).sort().join();
  if (draft.changed(name) && whollyKnown(next) && sorted(old) === sorted(next)) draft.clear(name);
  const none = !Array.isArray(config) || config.length === 0;
  if (none && old.length > 0 && draft.planned.send_secondary_ip_range_if_empty === true) draft.set(name, []);
};

/** Rules of single types. */
export const GOOGLE_BY_TYPE: Record<string, readonly PlanRule[]> = {
  google_service_account: [serviceAccount],
  google_compute_instance_template: [scopes, sourceImages],
  google_compute_region_instance_template: [scopes, sourceImages],
  google_compute_instance_group_manager: [forceNewInside("resource_policies.workload_policy", takenAway)],
  google_compute_instance: [scopes],
  google_compute_firewall: [firewall],
  google_compute_disk: [forceNewIf("size", smaller), diskIops],
  google_compute_region_disk: [forceNewIf("size", smaller), diskIops],
  google_compute_subnetwork: [forceNewIf("ip_cidr_range", otherRange), secondaryRanges],
  google_compute_forwarding_rule: [closedConnection, addressKept],
  google_compute_global_forwarding_rule: [closedConnection, addressKept],
  google_logging_project_sink: [sinkWriter],
  google_storage_bucket: [forceNewInside("retention_policy.is_locked", (old, next) => old === true && next !== true)],
  google_sql_database_instance: [
    sqlReplica,
    forceNewInside("settings.disk_size", smaller),
    forceNewInside("settings.ip_configuration.private_network", takenAway),
  ],
};
