/** The form in which a provider plans a configured value, where the schema flags a state function. */
import { createHash } from "node:crypto";
import type { TypeSchema } from "../schemas/catalog";
import type { Normalise } from "../engine/read-config";
import { normaliseJson, normalisePolicy } from "./json";

/** An Azure location as the provider keeps it. */
export const location = (value: string): string => value.replaceAll(" ", "").toLowerCase();
const upper = (value: string): string => value.toUpperCase();
const lower = (value: string): string => value.toLowerCase();
const sha1 = (value: string): string => createHash("sha1").update(value).digest("hex");
const protocol = (value: string): string => (value === "all" ? "-1" : lower(value));

/** By `type.path`, then by path. */
const BY_PATH: Record<string, (value: string) => string> = {
  ...Object.fromEntries(
    [
      ...["location", "edge_zone", "endpoint_location", "private_link.location", "replica.location"],
      ...["target_region.name", "target_resource_location", "traffic_analytics.workspace_region"],
    ].map((path) => [path, location]),
  ),
  "google_storage_bucket.location": upper,
  "google_storage_bucket.custom_placement_config.data_locations": upper,
  ...Object.fromEntries(
    [
      ...["assume_role_policy", "archive_policy", "delivery_policy"],
      ...["dashboard_body", "event_pattern", "redrive_policy", "redrive_allow_policy", "website.routing_rules"],
      ...["dashboard_json", "spec.rules.parameters", "dry_run_spec.rules.parameters"],
      ...["template_content", "parameters_content"],
    ].map((path) => [path, normaliseJson]),
  ),
  policy: normalisePolicy,
  "aws_iam_policy.policy": normaliseJson,
  "aws_kms_key_policy.policy": normaliseJson,
  "aws_s3_bucket_policy.policy": normaliseJson,
  "inline_policy.policy": normalisePolicy,
  "aws_lb_listener.protocol": upper,
  "aws_lb_target_group.protocol_version": upper,
  "aws_lb_target_group.health_check.protocol": upper,
  stream_view_type: upper,
  ...Object.fromEntries(
    ["aws_security_group_rule.protocol", "ingress.protocol", "egress.protocol"].map((path) => [path, protocol]),
  ),
  ...Object.fromEntries(
    [
      ...["maintenance_window", "preferred_maintenance_window", "engine", "replication_group_id", "alias.name"],
      ...["aws_elasticache_subnet_group.name", "aws_route53_record.name", "aws_route53_zone.name"],
    ].map((path) => [path, lower]),
  ),
  user_data: sha1,
};

/** The state functions of a type. */
export function normaliser(schema: TypeSchema): Normalise {
  return (schemaPath, value) => (BY_PATH[`${schema.name}.${schemaPath}`] ?? BY_PATH[schemaPath])?.(value) ?? value;
}
