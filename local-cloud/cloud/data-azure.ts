/** Data sources of azurerm that look at the cloud as a whole: what a subscription holds, and what a scale set runs. */
import { isObject, type Obj, type Value } from "../protocol/values";
import type { DataInput } from "./data-input";
import { tagsOf } from "./data-match";
import { CloudError } from "./errors";
import { GROUPS, sizeOf } from "./groups";
import type { CloudObject } from "./store";
import { madeByTemplates } from "./templates";

const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** What Azure lists: objects that stand in a resource group themselves, not parts of others. */
const LISTED = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)$/i;

/**
 * Objects by name, resource group and type, whose tags are as asked: also those that Terraform does not know. Without a resource
 * group it is the subscription that is searched; one that does not exist is an error, an empty list is none.
 */
export function azureResources({ config, settings, store }: DataInput): Obj {
  const [name, group, type] = [config.name, config.resource_group_name, config.type].map(text);
  if (!name && !group && !type)
    throw new CloudError("at least one of `name`, `resource_group_name` or `type` must be specified");
  const groups = store.ofType("azurerm_resource_group").map(({ attributes }) => text(attributes.name));
  if (group && !groups.some((one) => same(one, group)))
    throw new CloudError(
      `getting resources by resource group: unexpected status 404 (404 Not Found) with error: ResourceGroupNotFound: Resource group '${group}' could not be found.`,
    );
  const tags = isObject(config.required_tags ?? null) ? Object.entries(config.required_tags as Obj) : [];
  const resources = [...store.all(), ...madeByTemplates(store)].flatMap((object) => {
    const [id, subscription = "", ownGroup = "", ownType = "", ownName = ""] = LISTED.exec(object.id) ?? [];
    const own = tagsOf(object);
    const fits =
      id !== undefined &&
      same(subscription, settings.subscription ?? "") &&
      (!name || same(ownName, name)) &&
      (!group || same(ownGroup, group)) &&
      (!type || same(ownType, type)) &&
      tags.every(([key, value]) => own[key] === value);
    const { location } = object.attributes;
    const found = { id: object.id, name: ownName, resource_group_name: ownGroup, type: ownType, tags: own };
    return fits ? [{ ...found, location: location ?? "" }] : [];
  });
  return {
    id: "resource-00000000-0000-0000-0000-000000000000",
    resources: resources.length === 0 ? strangeVault({ config, settings, store }) : resources,
  };
}

/** Vaults of people's own are no objects here: one that is asked for by its name is taken to exist, unless another subscription has it. */
function strangeVault({ config, settings, store }: DataInput): Obj[] {
  const [name, group, type] = [config.name, config.resource_group_name, config.type].map(text) as [
    string,
    string,
    string,
  ];
  const elsewhere = store.ofType("azurerm_key_vault").some(({ attributes }) => same(text(attributes.name), name));
  if (!name || !same(type, "Microsoft.KeyVault/vaults") || elsewhere) return [];
  const resource_group_name = group || "keys";
  const id = `/subscriptions/${settings.subscription ?? ""}/resourceGroups/${resource_group_name}/providers/${type}/${name}`;
  return [{ id, name, resource_group_name, type, tags: {}, location: "" }];
}

/** A scale set of any kind, with an entry for each of its machines; also one that a failed create left behind. */
export function azureScaleSet({ config, settings, store }: DataInput): Obj {
  const [name, group] = [config.name, config.resource_group_name].map(text) as [string, string];
  const object = store
    .all()
    .find(
      ({ type, attributes }) =>
        /^azurerm_.*virtual_machine_scale_set$/.test(type) &&
        same(text(attributes.name), name) &&
        same(text(attributes.resource_group_name), group),
    );
  const kind = object && GROUPS[object.type];
  if (!object || !kind)
    throw new CloudError(
      `Virtual Machine Scale Set: (Name "${name}" / Resource Group "${group}" / Subscription "${settings.subscription ?? ""}") was not found`,
    );
  return {
    ...object.attributes,
    id: object.id,
    instances: Array.from({ length: sizeOf(object, kind, store) }, (_, i) => instance(object, i)),
  };
}

function instance({ attributes }: CloudObject, index: number): Obj {
  const zones = Array.isArray(attributes.zones) ? attributes.zones : [];
  const address = `10.0.${index >> 8}.${index % 256}`;
  return {
    name: `${text(attributes.name)}_${index}`,
    computer_name: `${text(attributes.computer_name_prefix)}${index.toString(36).toUpperCase().padStart(6, "0")}`,
    instance_id: String(index),
    latest_model_applied: true,
    power_state: "running",
    private_ip_address: address,
    private_ip_addresses: [address],
    public_ip_addresses: [],
    virtual_machine_id: `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`,
    zone: zones[index % zones.length] ?? "",
  };
}
