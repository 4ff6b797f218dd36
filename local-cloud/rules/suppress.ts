/**
 * Differences that a provider does not count as such.
 *
 * The schema flags say where a provider suppresses; the tables say how. What no table names falls to the provider's usual way.
 */
import type { TypeSchema } from "../schemas/catalog";
import type { Suppress } from "../engine/diff";
import { SUPPRESS } from "./suppress-table";
import type { Obj } from "../protocol/values";

/** The suppression function for one planning of a type; without a row, an element of a list is never suppressed. */
export function suppressor(schema: TypeSchema, request: { prior: Obj | null; proposed: Obj }): Suppress {
  const { byPath, elements, usual } = SUPPRESS[schema.provider];
  return (schemaPath, old, next, path, element = false) => {
    const last = schemaPath.slice(schemaPath.lastIndexOf(".") + 1);
    const row = byPath[`${schema.name}.${schemaPath}`] ?? byPath[schemaPath] ?? byPath[`*.${last}`] ?? usual;
    const rule = element ? elements[schemaPath] : row;
    return rule?.({ old, next, path, prior: request.prior, proposed: request.proposed }) ?? false;
  };
}
