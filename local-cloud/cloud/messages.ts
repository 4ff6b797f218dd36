/** What the clouds and providers say when they refuse. */
import { relativeLink } from "../rules/hashes";
import { equal, type Obj } from "../protocol/values";
import type { TypeSchema } from "../schemas/catalog";
import { pascal } from "./names";
import type { CloudObject } from "./store";

/** Types whose create writes over an object of the same name. */
export const replacesSilently = (schema: TypeSchema): boolean =>
  /^aws_autoscaling_(policy|schedule|lifecycle_hook)$|_iam_(member|binding)$|^aws_s3_bucket_|^aws_default_/.test(
    schema.name,
  );

/** A create whose name is taken. */
export function taken(schema: TypeSchema, id: string, attributes: Obj): string {
  if (schema.provider === "google") {
    return `Error creating ${pascal(schema.name)}: googleapi: Error 409: The resource '${id}' already exists, alreadyExists`;
  }
  if (schema.provider === "azurerm") {
    return (
      `a resource with the ID "${id}" already exists - to be managed via Terraform this resource needs to be ` +
      `imported into the State. Please see the resource documentation for "${schema.name}" for more information`
    );
  }
  const name = String(attributes.name ?? attributes.bucket ?? attributes.identifier ?? id);
  return (
    `creating ${pascal(schema.name)} (${name}): api error ${ALREADY_EXISTS[schema.name] ?? "AlreadyExists"}: ` +
    `${pascal(schema.name)} "${name}" already exists in this account and region`
  );
}

const ALREADY_EXISTS: Record<string, string> = {
  aws_db_instance: "DBInstanceAlreadyExists",
  aws_db_parameter_group: "DBParameterGroupAlreadyExists",
  aws_db_subnet_group: "DBSubnetGroupAlreadyExists",
  aws_iam_role: "EntityAlreadyExists",
  aws_iam_instance_profile: "EntityAlreadyExists",
  aws_iam_policy: "EntityAlreadyExists",
  aws_iam_user: "EntityAlreadyExists",
  aws_network_acl_rule: "NetworkAclEntryAlreadyExists",
  aws_launch_template: "InvalidLaunchTemplateName.AlreadyExistsException",
  aws_lb: "DuplicateLoadBalancerName",
  aws_lb_listener: "DuplicateListener",
  aws_lb_listener_rule: "PriorityInUse",
  aws_lb_target_group: "DuplicateTargetGroupName",
  aws_cloudwatch_log_group: "ResourceAlreadyExistsException",
  aws_route: "RouteAlreadyExists",
  aws_s3_bucket: "BucketAlreadyOwnedByYou",
  aws_security_group: "InvalidGroup.Duplicate",
  aws_secretsmanager_secret: "ResourceExistsException",
  aws_ssm_parameter: "ParameterAlreadyExists",
};

/** A reference to something that is not there. */
export function missingParent(
  schema: TypeSchema,
  missing: { value: string; parents: readonly string[]; path: string },
): string {
  const { value, parents, path } = missing;
  const [parent = ""] = parents;
  const where = `"${path}" of ${schema.name} must name a ${[...new Set(parents)].join(" or ")}`;
  if (schema.provider === "google") {
    return `googleapi: Error 404: The resource '${relativeLink(value)}' was not found, notFound (${where})`;
  }
  if (schema.provider === "azurerm") {
    return `unexpected status 404 (404 Not Found) with error: ResourceNotFound: "${value}" was not found (${where})`;
  }
  return `api error ${pascal(parent)}NotFound: "${value}" does not exist in this account and region (${where})`;
}

/** Google: neither the resource nor the provider says where the object is to stand. */
export const noPlace = (kind: "zone" | "region"): string =>
  kind === "zone"
    ? "Cannot determine zone: set in this resource, or set provider-level zone."
    : "Cannot determine region: set in this resource, or set provider-level 'region' or 'zone'.";

export const noResourceGroup = (name: string): string =>
  `unexpected status 404 (404 Not Found) with error: ResourceGroupNotFound: Resource group '${name}' could not be found.`;

/** Where a cloud says more than that something is in use. */
const IN_USE: Record<string, (object: CloudObject, holder: CloudObject) => string> = {
  aws_route53_zone: ({ id }, holder) =>
    `deleting Route53 Hosted Zone (${id}): api error HostedZoneNotEmpty: The specified hosted zone contains non-required ` +
    `resource record sets and so cannot be deleted. (${String(holder.attributes.name)})`,
  google_dns_managed_zone: ({ attributes }, holder) =>
    `Error when reading or editing ManagedZone: googleapi: Error 400: The resource named '${String(attributes.name)}' cannot ` +
    `be deleted because it contains one or more 'resource records'., containerNotEmpty (${String(holder.attributes.name)})`,
  azurerm_monitor_data_collection_rule: ({ id }, holder) =>
    `deleting ${id}: unexpected status 409 (409 Conflict) with error: the data collection rule has associations, which must be ` +
    `deleted first: ${holder.id}`,
};

/** A delete of something that others need. */
export function inUse(schema: TypeSchema, object: CloudObject, holder: CloudObject): string {
  const own = IN_USE[schema.name];
  if (own) return own(object, holder);
  if (schema.provider === "google") {
    return (
      `Error waiting for deleting ${pascal(schema.name)}: googleapi: Error 400: The ${schema.name.replace("google_compute_", "")} ` +
      `resource '${object.id}' is already being used by '${holder.id}', resourceInUseByAnotherResource`
    );
  }
  if (schema.provider === "azurerm") {
    return `deleting ${object.id}: unexpected status 409 (409 Conflict) with error: InUse: it is used by ${holder.id}`;
  }
  const code = /target_group|autoscaling|launch/.test(schema.name) ? "ResourceInUse" : "DependencyViolation";
  return `deleting ${pascal(schema.name)} (${object.id}): api error ${code}: ${object.id} is used by ${holder.type} ${holder.id}`;
}

/** A delete under an Azure lock. */
export const locked = (object: CloudObject, lock: CloudObject): string =>
  `deleting ${object.id}: unexpected status 409 (409 Conflict) with error: ScopeLocked: the scope '${object.id}' cannot ` +
  `perform delete operation because following scope(s) are locked: '${String(lock.attributes.scope)}' (${lock.id})`;

export function groupNotEmpty(group: CloudObject, members: readonly CloudObject[]): string {
  return (
    `deleting Resource Group "${String(group.attributes.name)}": the Resource Group still contains Resources. ` +
    `Terraform is configured to check for Resources within the Resource Group when deleting the Resource Group. ` +
    `The following Resources were found:\n${members.map(({ id }) => `* ${id}`).join("\n")}`
  );
}

/** Attributes that an API refuses to change although the provider plans an update. */
const IMMUTABLE: Record<string, { attribute: string; message: string }> = {
  azurerm_monitor_autoscale_setting: {
    attribute: "target_resource_id",
    message:
      "unexpected status 400 (400 Bad Request) with error: TargetResourceIdIsImmutable: the target resource of an autoscale setting cannot be changed",
  },
};

export function immutableChange(schema: TypeSchema, prior: Obj, planned: Obj): string | undefined {
  const rule = IMMUTABLE[schema.name];
  return rule && !equal(prior[rule.attribute], planned[rule.attribute]) ? rule.message : undefined;
}

export const notFound = (schema: TypeSchema, id: string): string =>
  `${schema.name} "${id}" does not exist any more: it was deleted outside terraform. Run terraform plan again.`;

/** A state that comes from elsewhere must never be emptied by reading it here. */
export const neverKnown = (schema: TypeSchema, id: string): string =>
  `${schema.name} "${id}": this state was not made in this local cloud, which never knew the object. ` +
  "Nothing was changed. Use the LOCAL_CLOUD_DIR with which the state was made, or run terraform without the local " +
  "cloud; a state whose local cloud is gone can only be deleted.";
