/** Variables of workspaces and of variable sets, and the sets. */
import { z } from "zod";
import { invalid, many, notFound, readBody, type Resource } from "../json-api";
import type { Variable, VariableSet } from "../model";
import type { Call, Handler, Route } from "../router";
import { setsOf } from "../variables";
import { organizationOf } from "./organization";
import { workspaceOf } from "./workspaces";

/** A sensitive value can be written and never read. */
export const variableResource = (variable: Variable): Resource => ({
  type: "vars",
  id: variable.id,
  attributes: {
    key: variable.key,
    value: variable.sensitive ? null : variable.value,
    description: variable.description,
    category: variable.category,
    hcl: variable.hcl,
    sensitive: variable.sensitive,
    "created-at": variable.createdAt,
  },
});

const variablesOf = ({ app }: Pick<Call, "app">, ownerId: string): Variable[] =>
  app.store.all("variable").filter((variable) => variable.ownerId === ownerId);

export const variableSetResource = (call: Pick<Call, "app">, set: VariableSet): Resource => ({
  type: "varsets",
  id: set.id,
  attributes: {
    name: set.name,
    description: set.description,
    global: set.global,
    priority: set.priority,
    "var-count": variablesOf(call, set.id).length,
    "workspace-count": set.workspaceIds.length,
    "project-count": set.projectIds.length,
  },
  relationships: {
    organization: { data: { type: "organizations", id: set.organization } },
    vars: many(
      "vars",
      variablesOf(call, set.id).map(({ id }) => id),
    ),
    workspaces: many("workspaces", set.workspaceIds),
    projects: many("projects", set.projectIds),
  },
});

const VARIABLE = z.object({
  data: z.object({
    attributes: z
      .object({
        key: z.string().min(1).max(128),
        value: z.string().nullable(),
        description: z.string().max(512).nullable(),
        category: z.enum(["terraform", "env"]),
        hcl: z.boolean(),
        sensitive: z.boolean(),
      })
      .partial(),
  }),
});

function setOf({ app, params }: Call): VariableSet {
  const set = app.store.get("variableSet", params.set!);
  if (!set) throw notFound();
  return set;
}

/** The workspace or the set that the path names. */
const ownerOf = (call: Call): string => (call.params.set ? setOf(call).id : workspaceOf(call).id);

const createVariable: Handler = (call) => {
  const {
    key,
    value,
    description,
    category,
    hcl = false,
    sensitive = false,
  } = readBody(call.body, VARIABLE).data.attributes;
  const ownerId = ownerOf(call);
  if (key === undefined) throw invalid("Key can't be blank");
  if (category === undefined) throw invalid("Category must be terraform or env");
  if (variablesOf(call, ownerId).some((item) => item.key === key && item.category === category))
    throw invalid("Key has already been taken");
  const fields = { ownerId, key, value: value ?? "", description: description ?? "", category, hcl, sensitive };
  return { status: 201, data: variableResource(call.app.store.create("variable", fields)) };
};

function variableOf(call: Call): Variable {
  const variable = variablesOf(call, ownerOf(call)).find(({ id }) => id === call.params.id);
  if (!variable) throw notFound();
  return variable;
}

const updateVariable: Handler = (call) => {
  const { value, description, ...rest } = readBody(call.body, VARIABLE).data.attributes;
  const change = { ...rest, value: value ?? undefined, description: description ?? undefined };
  const given = Object.fromEntries(Object.entries(change).filter(([, item]) => item !== undefined));
  return { data: variableResource(call.app.store.update("variable", variableOf(call).id, given)) };
};

const SET = z.object({
  data: z.object({
    attributes: z
      .object({
        name: z.string().min(1),
        description: z.string().nullable(),
        global: z.boolean(),
        priority: z.boolean(),
      })
      .partial(),
    relationships: z
      .object({
        workspaces: z.object({ data: z.array(z.object({ id: z.string() })) }),
        projects: z.object({ data: z.array(z.object({ id: z.string() })) }),
        vars: z.object({ data: z.array(VARIABLE.shape.data) }),
      })
      .partial()
      .optional(),
  }),
});

const createSet: Handler = (call) => {
  const { attributes, relationships } = readBody(call.body, SET).data;
  if (attributes.name === undefined) throw invalid("Name can't be blank");
  const set = call.app.store.create("variableSet", {
    organization: organizationOf(call),
    name: attributes.name,
    description: attributes.description ?? "",
    global: attributes.global ?? false,
    priority: attributes.priority ?? false,
    workspaceIds: relationships?.workspaces?.data.map(({ id }) => id) ?? [],
    projectIds: relationships?.projects?.data.map(({ id }) => id) ?? [],
  });
  for (const data of relationships?.vars?.data ?? [])
    createVariable({ ...call, params: { set: set.id }, body: { data } });
  return { status: 201, data: variableSetResource(call, set) };
};

const IDENTIFIERS = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Applies a set to more workspaces or projects. */
const reachMore =
  (field: "workspaceIds" | "projectIds"): Handler =>
  (call) => {
    const set = setOf(call);
    const given = readBody(call.body, IDENTIFIERS).data.map(({ id }) => id);
    call.app.store.update("variableSet", set.id, { [field]: [...new Set([...set[field], ...given])] });
    return { status: 204 };
  };

const removeSet: Handler = (call) => {
  const { id } = setOf(call);
  for (const variable of variablesOf(call, id)) call.app.store.remove("variable", variable.id);
  call.app.store.remove("variableSet", id);
  return { status: 204 };
};

const sets = (call: Call, found: readonly VariableSet[]) => ({
  list: found.map((set) => variableSetResource(call, set)),
});
const ofOrganization = (call: Call): VariableSet[] => {
  const organization = organizationOf(call);
  return call.app.store.all("variableSet").filter((set) => set.organization === organization);
};

/** The same for a workspace's variables and for a set's. */
const variableRoutes = (list: string, need: "variable:write" | "organization:manage"): readonly Route[] => [
  ["GET", list, "variable:read", (call) => ({ list: variablesOf(call, ownerOf(call)).map(variableResource) })],
  ["POST", list, need, createVariable],
  ["GET", `${list}/:id`, "variable:read", (call) => ({ data: variableResource(variableOf(call)) })],
  ["PATCH", `${list}/:id`, need, updateVariable],
  [
    "DELETE",
    `${list}/:id`,
    need,
    (call) => {
      call.app.store.remove("variable", variableOf(call).id);
      return { status: 204 };
    },
  ],
];

export const VARIABLE_ROUTES: readonly Route[] = [
  ...variableRoutes("/api/v2/workspaces/:workspace/vars", "variable:write"),
  ...variableRoutes("/api/v2/varsets/:set/relationships/vars", "organization:manage"),
  ["GET", "/api/v2/organizations/:organization/varsets", "variable:read", (call) => sets(call, ofOrganization(call))],
  ["POST", "/api/v2/organizations/:organization/varsets", "organization:manage", createSet],
  [
    "GET",
    "/api/v2/workspaces/:workspace/varsets",
    "variable:read",
    (call) => sets(call, setsOf(workspaceOf(call), call.app.store.all("variableSet"))),
  ],
  ["GET", "/api/v2/varsets/:set", "variable:read", (call) => ({ data: variableSetResource(call, setOf(call)) })],
  ["DELETE", "/api/v2/varsets/:set", "organization:manage", removeSet],
  ["POST", "/api/v2/varsets/:set/relationships/workspaces", "organization:manage", reachMore("workspaceIds")],
  ["POST", "/api/v2/varsets/:set/relationships/projects", "organization:manage", reachMore("projectIds")],
];
