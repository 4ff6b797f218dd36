/** Refresh and import: the live object in the form of terraform's state. */
import type { ProviderSettings } from "../engine/request";
import type { Obj } from "../protocol/values";
import type { TypeSchema } from "../schemas/catalog";
import { withAdded } from "./added";
import type { Cloud } from "./apply";
import { CloudError } from "./errors";
import { GROUPS, scaledSize } from "./groups";

/** The live attributes of the object that a state names; null when it is gone. */
export function readLive(cloud: Cloud, schema: TypeSchema, state: Obj, settings: ProviderSettings): Obj | null {
  const object = cloud.read(schema, state, settings);
  if (!object) return null;
  const group = GROUPS[schema.name];
  const scaled = group && scaledSize(object, group, cloud.store);
  return {
    ...withAdded(cloud.store, object),
    // What scales a group changes it, not what Terraform wrote.
    ...(scaled === undefined ? {} : { [group!.sizeAttribute]: scaled }),
    ...("timeouts" in state ? { timeouts: state.timeouts ?? null } : {}),
  };
}

/** The state of an object to import, by its id, ARN, link or name. */
export function importState(cloud: Cloud, schema: TypeSchema, id: string, settings: ProviderSettings): Obj {
  const found = cloud.store.ofType(schema.name).filter(({ id: own, attributes }) => {
    const here = !schema.region || attributes.region === settings.region;
    const forms = [own, attributes.arn, attributes.self_link, attributes.name, compound(attributes)];
    return here && forms.some((form) => form === id || (schema.provider === "azurerm" && lower(form) === lower(id)));
  });
  const [object] = found;
  if (!object) {
    throw new CloudError(
      `Cannot import non-existent remote object: ${schema.name} "${id}" does not exist in this local cloud. ` +
        "See what exists with: npm run local -- --ls",
    );
  }
  if (object.orphan) cloud.store.put({ ...object, orphan: false });
  return { ...withAdded(cloud.store, object), timeouts: null };
}

const lower = (value: unknown): string => String(value).toLowerCase();
/** Policies and hooks are imported as `<group>/<name>`. */
const compound = ({ autoscaling_group_name: group, name, scheduled_action_name: action }: Obj): string =>
  `${String(group)}/${String(name ?? action)}`;
