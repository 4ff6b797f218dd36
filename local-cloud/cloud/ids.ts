/** Which id the cloud gives a new object. */
import type { Obj } from "../protocol/values";
import type { TypeSchema } from "../schemas/catalog";
import { AWS_ARNS, AWS_IDS } from "./ids-aws";
import { AZURE_IDS } from "./ids-azure";
import { GOOGLE_IDS, googlePath } from "./ids-google";
import { fill } from "./template";

/** What the id of a new object is made from: its attributes, and the account and region that it stands in. */
export interface Place {
  readonly attributes: Obj;
  readonly seed: string;
}

/** The account where neither the provider nor its role names one. */
export const AWS_ACCOUNT = "123456789012";

/** The id of a new object. */
export function newId(schema: TypeSchema, place: Place): string {
  const { attributes, seed } = place;
  if (schema.provider === "google") {
    const template = GOOGLE_IDS[schema.name];
    return template ? fill(template, attributes, seed) : googlePath(schema, attributes);
  }
  if (schema.provider === "azurerm") {
    const template = AZURE_IDS[schema.name] ?? `{group}/providers/Microsoft.Resources/${schema.name}/{name}`;
    const group = `/subscriptions/${String(attributes.subscription)}/resourceGroups/${String(attributes.resource_group_name)}`;
    return fill(template.replace("{group}", group), attributes, seed);
  }
  const template = AWS_IDS[schema.name] ?? `${schema.name.replace("aws_", "").replaceAll("_", "-")}-{hex17}`;
  return template === "arn" ? newArn(schema, attributes, seed) : fill(template, attributes, seed);
}

/** The ARN of an AWS object. */
export function newArn(schema: TypeSchema, attributes: Obj, seed: string): string {
  const short = schema.name.replace("aws_", "");
  const [service = "", ...kind] = short.split("_");
  const usual = schema.region
    ? `${service}:{region}:{account}:${kind.join("-") || service}/{id}`
    : `${service}::{account}:${kind.join("-") || service}/{name|id}`;
  const template = AWS_ARNS[schema.name] ?? usual;
  return fill(`arn:aws:${template}`, attributes, seed);
}
