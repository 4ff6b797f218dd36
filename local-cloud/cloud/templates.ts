/**
 * What deployments of Azure templates make: objects of their resource group that terraform does not know. They are derived, so that
 * they come and go with the deployment, as with azurerm's `delete_nested_items_during_deletion`, which is on by default:
 * https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/guides/features-block#template_deployment
 */
import { fromJson, isObject, type Obj, type Value } from "../protocol/values";
import { AZURE_IDS } from "./ids-azure";
import type { CloudObject, Store } from "./store";

const DEPLOYMENT = "azurerm_resource_group_template_deployment";
const GROUP = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i;

/** Terraform's type by Azure's, of what stands in a resource group itself. */
const TYPES = new Map(
  Object.entries(AZURE_IDS).flatMap(([type, form]) => {
    const [, own] = /^\{group\}\/providers\/([^/]+\/[^/]+)\/\{name\}$/.exec(form) ?? [];
    return own === undefined ? [] : [[own.toLowerCase(), type] as const];
  }),
);

/** What one deployment made; names that are expressions are not worked out, and what bears one is left out. */
export function madeBy({ type, id: deployment, attributes }: CloudObject): CloudObject[] {
  if (type !== DEPLOYMENT) return [];
  const [group = ""] = GROUP.exec(deployment) ?? [];
  const { resource_group_name = null } = attributes;
  return resourcesIn(attributes.template_content).flatMap(({ type: kind, name, location = null, zones = null }) => {
    const own = TYPES.get(String(kind).toLowerCase());
    if (own === undefined || typeof name !== "string" || name.startsWith("[")) return [];
    const id = `${group}/providers/${String(kind)}/${name}`;
    const made = { id, name, resource_group_name, location, zones };
    return [{ key: `of ${deployment} ${id}`, serial: 0, type: own, id, attributes: made }];
  });
}

/** What all deployments made. */
export const madeByTemplates = (store: Store): CloudObject[] => store.ofType(DEPLOYMENT).flatMap(madeBy);

function resourcesIn(template: Value | undefined): Obj[] {
  try {
    const parsed = fromJson(String(template));
    return isObject(parsed) && Array.isArray(parsed.resources) ? parsed.resources.filter(isObject) : [];
  } catch {
    return [];
  }
}
