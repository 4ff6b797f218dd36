/** Schemas in the form of the plugin protocol, by the same rules as the providers' SDK. */
import { type Attribute, type Block, type CompactAttribute, expand } from "../schemas/compact";
import type { Catalog, ProviderName, TypeSchema } from "../schemas/catalog";
import type { Message } from "./wire";

const NESTING = { object: 1, list: 2, set: 3, map: 4 } as const;
const PRIMITIVE = { string: "string", int: "number", float: "number", bool: "bool" } as const;

/** The type of an attribute as terraform writes types, e.g. `["list", "string"]`. */
export function typeOf(attribute: Attribute): unknown {
  const { type, elem } = attribute;
  if (type === "string" || type === "int" || type === "float" || type === "bool") return PRIMITIVE[type];
  const inner = elem instanceof Map ? objectType(elem) : PRIMITIVE[(elem ?? "string") as keyof typeof PRIMITIVE];
  return type === "object" ? inner : [type, inner];
}

function objectType(block: Block): unknown {
  return ["object", Object.fromEntries([...block].map(([name, attribute]) => [name, typeOf(attribute)]))];
}

function minItems(attribute: Attribute): number {
  if (attribute.required) return Math.max(1, attribute.minItems ?? 0);
  return 0;
}

function blockMessage(block: Block): Message {
  const attributes: Message[] = [];
  const blocks: Message[] = [];
  for (const [name, attribute] of block) {
    if (attribute.block && attribute.elem instanceof Map) {
      const limits =
        attribute.type === "object" ? {} : { min_items: minItems(attribute), max_items: attribute.maxItems };
      blocks.push({
        type_name: name,
        nesting: NESTING[attribute.type as keyof typeof NESTING],
        block: blockMessage(attribute.elem),
        ...limits,
      });
    } else {
      attributes.push({
        name,
        type: Buffer.from(JSON.stringify(typeOf(attribute))),
        required: attribute.required,
        optional: attribute.optional,
        computed: attribute.computed,
        sensitive: attribute.sensitive,
        deprecated: attribute.deprecated,
        write_only: attribute.writeOnly,
      });
    }
  }
  return { attributes, block_types: blocks };
}

const schemaMessage = (block: Block, version = 0): Message => ({ version, block: blockMessage(block) });

/**
 * What a module may say to a provider: https://developer.hashicorp.com/terraform/internals/provider-meta.
 *
 * aws has it from 6.27 on, azurerm 4.55 has none: terraform refuses it there in words of its own, as it does in the cloud.
 */
const PROVIDER_META: Partial<Record<ProviderName, Record<string, CompactAttribute>>> = {
  google: { module_name: "s O" },
};

/** The whole answer of GetSchema. */
export function schemaResponse(catalog: Catalog): Message {
  const all = (names: readonly string[], find: (name: string) => TypeSchema | undefined) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const schema = find(name);
        return schema ? [[name, schemaMessage(schema.block, schema.version)]] : [];
      }),
    );
  const meta = PROVIDER_META[catalog.provider];
  return {
    provider: schemaMessage(catalog.config),
    ...(meta ? { provider_meta: schemaMessage(expand(meta)) } : {}),
    resource_schemas: all(catalog.resourceNames, (name) => catalog.resource(name)),
    data_source_schemas: all(catalog.dataSourceNames, (name) => catalog.dataSource(name)),
    server_capabilities: { plan_destroy: true, get_provider_schema_optional: true },
  };
}
