import { notFound } from "../json-api";
import type { Call } from "../router";

/** The organization of the path. @throws ApiError 404 when it is not one of those that exist */
export function organizationOf({ app, params }: Call): string {
  const name = params.organization ?? "";
  if (app.organizations && !app.organizations.includes(name)) throw notFound();
  return name;
}
