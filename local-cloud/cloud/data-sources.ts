/** Data sources: a few that answer from the account, the others look up the objects of the cloud. */
import type { ProviderSettings } from "../engine/request";
import { zero } from "../engine/normalise";
import { isObject, type Obj, type Value } from "../protocol/values";
import type { Attribute, Block } from "../schemas/compact";
import type { TypeSchema } from "../schemas/catalog";
import { withAdded } from "./added";
import type { Cloud } from "./apply";
import { ACCOUNT_DATA } from "./data-account";
import { matches } from "./data-match";
import { CloudError } from "./errors";
import { existing } from "./standing";

/** The answer to a data source; a clear error when nothing, or more than one object, fits. */
export function readDataSource(cloud: Cloud, schema: TypeSchema, config: Obj, settings: ProviderSettings): Obj {
  const special = ACCOUNT_DATA[schema.name];
  const found = special ? special({ config, settings, store: cloud.store }) : lookUp(cloud, schema, config, settings);
  return fit(schema.block, { ...found, ...known(config) });
}

const known = (config: Obj): Obj =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null && !isEmptyList(value)));
const isEmptyList = (value: Value): boolean => Array.isArray(value) && value.length === 0;

function lookUp(cloud: Cloud, schema: TypeSchema, config: Obj, settings: ProviderSettings): Obj {
  const { account } = settings;
  const where = { region: config.region ?? settings.region, project: config.project ?? settings.project, account };
  const objects = existing(cloud.store, schema.name, where)
    .filter(({ orphan }) => !orphan)
    .filter((object) => matches(object, config, settings));
  const [object] = objects;
  if (!object) throw new CloudError(`no ${schema.name} in this local cloud matches ${described(config)}`);
  if (objects.length > 1) {
    throw new CloudError(
      `${objects.length} objects of type ${schema.name} match ${described(config)}: ` +
        `${objects.map(({ id }) => id).join(", ")}. Make the search narrower`,
    );
  }
  return { ...withAdded(cloud.store, object), id: object.id };
}

const described = (config: Obj): string => {
  const entries = Object.entries(known(config));
  return entries.length === 0 ? "an empty search" : JSON.stringify(Object.fromEntries(entries));
};

/** An object in the shape of a block: what it does not have is empty. */
function fit(block: Block, value: Obj): Obj {
  return Object.fromEntries(
    [...block].map(([name, attribute]) => [name, fitAttribute(attribute, value[name] ?? null)]),
  );
}

function fitAttribute(attribute: Attribute, value: Value): Value {
  if (value === null) return attribute.computed ? zero(attribute) : null;
  const list = attribute.type === "list" || attribute.type === "set";
  if (list !== Array.isArray(value)) return zero(attribute);
  if (!(attribute.elem instanceof Map)) return value;
  const inner = attribute.elem;
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? fit(inner, item) : item));
  return isObject(value) ? fit(inner, value) : null;
}
