/** How an object is told from others: its key in the store, and the id that terraform sees. */
import type { TypeSchema } from "../schemas/catalog";
import type { Obj } from "../protocol/values";
import type { ProviderSettings } from "../engine/request";

/** Types whose id is not unique by itself: these attributes are part of the key. */
const KEY_ATTRIBUTES: Record<string, readonly string[]> = {
  aws_autoscaling_policy: ["autoscaling_group_name"],
  aws_autoscaling_schedule: ["autoscaling_group_name"],
  aws_autoscaling_lifecycle_hook: ["autoscaling_group_name"],
};

/** The store's key of an object with an id, from its attributes. */
export function objectKey(schema: TypeSchema, attributes: Obj, settings: ProviderSettings): string {
  const id = String(attributes.id ?? "");
  const scope = schema.region ? String(attributes.region ?? settings.region ?? "") : "";
  const parents = (KEY_ATTRIBUTES[schema.name] ?? []).map((name) => String(attributes[name] ?? ""));
  // Azure compares ids without regard to case.
  const parts = [schema.name, scope, ...parents, schema.provider === "azurerm" ? id.toLowerCase() : id];
  return parts.join(" ");
}
