/**
 * The plan as somebody may read it who may not read everything: no variables, state or configuration, no sensitive value.
 * It is what terraform itself asks for to show a remote plan, so it carries the schemas that are needed for that.
 */

type Json = unknown;
type Obj = Readonly<Record<string, Json>>;
const isObject = (value: Json): value is Obj => typeof value === "object" && value !== null && !Array.isArray(value);

interface Change {
  readonly type: string;
  readonly provider_name: string;
  readonly change: Obj;
}

/** A value without what `marks` says is sensitive. */
function hide(value: Json, marks: Json): Json {
  if (marks === true) return null;
  if (Array.isArray(value) && Array.isArray(marks)) return value.map((item, i) => hide(item, marks[i]));
  if (isObject(value) && isObject(marks))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item, marks[key])]));
  return value;
}

const hideChange = (change: Obj): Obj => ({
  ...change,
  before: hide(change.before, change.before_sensitive),
  after: hide(change.after, change.after_sensitive),
});

/** Only the schemas of types that the plan changes. */
function schemasFor(changes: readonly Change[], schemas: Obj): Obj {
  const types = new Set(changes.map(({ type }) => type));
  const pick = (all: Json) =>
    isObject(all) ? Object.fromEntries(Object.entries(all).filter(([type]) => types.has(type))) : {};
  return Object.fromEntries(
    Object.entries(schemas)
      .filter(([name]) => changes.some(({ provider_name }) => provider_name === name))
      .map(([name, schema]) => {
        const { provider, resource_schemas, data_source_schemas } = schema as Record<string, Json>;
        return [
          name,
          { provider, resource_schemas: pick(resource_schemas), data_source_schemas: pick(data_source_schemas) },
        ];
      }),
  );
}

/** @param schemas what `terraform providers schema -json` says */
export function redact(plan: Obj, schemas: Obj): Obj {
  const changesOf = (name: string) => (plan[name] ?? []) as readonly Change[];
  const hidden = (name: string) => changesOf(name).map((item) => ({ ...item, change: hideChange(item.change) }));
  const outputs = Object.entries((plan.output_changes ?? {}) as Record<string, Obj>);
  return {
    plan_format_version: plan.format_version,
    resource_drift: hidden("resource_drift"),
    resource_changes: hidden("resource_changes"),
    relevant_attributes: plan.relevant_attributes ?? [],
    output_changes: Object.fromEntries(outputs.map(([name, change]) => [name, hideChange(change)])),
    provider_format_version: schemas.format_version,
    provider_schemas: schemasFor(
      [...changesOf("resource_drift"), ...changesOf("resource_changes")],
      (schemas.provider_schemas ?? {}) as Obj,
    ),
  };
}
