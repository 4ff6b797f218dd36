import { z } from "zod";
import { invalid, notFound, one, readBody, type Resource } from "../json-api";
import type { Project } from "../model";
import type { Call, Route } from "../router";
import type { Store } from "../store";
import { organizationOf } from "./organization";

const DEFAULT_PROJECT = "Default Project";

export const projectResource = ({ id, name, organization, createdAt }: Project): Resource => ({
  type: "projects",
  id,
  attributes: { name, description: "", "created-at": createdAt },
  relationships: { organization: one("organizations", organization) },
});

/** The project that every organization has. */
export function defaultProject(store: Store, organization: string): Project {
  const found = store
    .all("project")
    .find((item) => item.organization === organization && item.name === DEFAULT_PROJECT);
  return found ?? store.create("project", { organization, name: DEFAULT_PROJECT });
}

function projectsOf(call: Call): Project[] {
  const organization = organizationOf(call);
  defaultProject(call.app.store, organization);
  return call.app.store.all("project").filter((item) => item.organization === organization);
}

const BODY = z.object({ data: z.object({ attributes: z.object({ name: z.string().min(3).max(40) }) }) });

export const PROJECT_ROUTES: readonly Route[] = [
  [
    "GET",
    "/api/v2/organizations/:organization/projects",
    "organization:read",
    (call) => {
      const names = call.query.get("filter[names]")?.split(",");
      const found = projectsOf(call).filter(({ name }) => !names || names.includes(name));
      return { list: found.map(projectResource) };
    },
  ],
  [
    "POST",
    "/api/v2/organizations/:organization/projects",
    "organization:manage",
    (call) => {
      const { name } = readBody(call.body, BODY).data.attributes;
      if (projectsOf(call).some((item) => item.name === name)) throw invalid("Name has already been taken");
      const project = call.app.store.create("project", { organization: organizationOf(call), name });
      return { status: 201, data: projectResource(project) };
    },
  ],
  [
    "GET",
    "/api/v2/projects/:id",
    "organization:read",
    ({ app, params }) => {
      const project = app.store.get("project", params.id!);
      if (!project) throw notFound();
      return { data: projectResource(project) };
    },
  ],
];
