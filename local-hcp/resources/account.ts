/** What a client asks first: the services, the account, the organization. */
import type { Resource } from "../json-api";
import { isFinal } from "../run-states";
import type { Call, Route } from "../router";
import { organizationOf } from "./organization";
import { runResource } from "./runs";

const ENTITLEMENTS = Object.fromEntries(
  [
    "operations",
    "state-storage",
    "run-tasks",
    "teams",
    "sentinel",
    "cost-estimation",
    "private-module-registry",
    "vcs-integrations",
  ].map((name) => [name, true]),
);

export const organizationResource = (call: Call, name: string): Resource => ({
  type: "organizations",
  id: name,
  attributes: {
    name,
    "external-id": `org-${name}`,
    permissions: { "can-update": call.identity.rights.includes("organization:manage") },
  },
  relationships: {
    "entitlement-set": { data: { type: "entitlement-sets", id: `org-${name}` } },
  },
});

/** Runs of the organization that wait or work, in order. */
function queue(call: Call) {
  const organization = organizationOf(call);
  const { store } = call.app;
  return store
    .all("run")
    .filter(({ status }) => !isFinal(status))
    .filter(({ workspaceId }) => store.need("workspace", workspaceId).organization === organization);
}

export const ACCOUNT_ROUTES: readonly Route[] = [
  [
    "GET",
    "/.well-known/terraform.json",
    "anyone",
    ({ app }) => {
      const services = ["tfe.v2", "tfe.v2.1", "tfe.v2.2", "state.v2"].map((name) => [name, `${app.base}/api/v2/`]);
      return { bytes: JSON.stringify(Object.fromEntries(services)), contentType: "application/json" };
    },
  ],
  ["GET", "/api/v2/ping", "anyone", () => ({ status: 204 })],
  [
    "GET",
    "/api/v2/account/details",
    "account",
    ({ identity }) => ({
      data: {
        type: "users",
        id: `user-${identity.name}`,
        attributes: { username: identity.name, "is-service-account": identity.kind !== "user" },
      },
    }),
  ],
  [
    "GET",
    "/api/v2/organizations",
    "organization:read",
    (call) => {
      const used = call.app.store.all("workspace").map(({ organization }) => organization);
      const names = call.app.organizations ?? [...new Set(used)].sort();
      return { list: names.map((name) => organizationResource(call, name)) };
    },
  ],
  [
    "GET",
    "/api/v2/organizations/:organization",
    "organization:read",
    (call) => ({ data: organizationResource(call, organizationOf(call)) }),
  ],
  [
    "GET",
    "/api/v2/organizations/:organization/entitlement-set",
    "organization:read",
    (call) => ({
      data: { type: "entitlement-sets", id: `org-${organizationOf(call)}`, attributes: ENTITLEMENTS },
    }),
  ],
  [
    "GET",
    "/api/v2/organizations/:organization/runs/queue",
    "organization:read",
    (call) => ({ list: queue(call).map((run) => runResource(call, run)) }),
  ],
  [
    "GET",
    "/api/v2/organizations/:organization/capacity",
    "organization:read",
    (call) => {
      const pending = queue(call).filter(({ status }) => status === "pending").length;
      return {
        data: {
          type: "organization-capacity",
          id: organizationOf(call),
          attributes: { pending, running: queue(call).length - pending },
        },
      };
    },
  ],
];
