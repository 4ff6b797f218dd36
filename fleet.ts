/**
 * The fleet: edit this file. What each field means, its default and its limits are written in constructs/contract/spec.ts;
 * which version of an image runs is not said here but in releases/<environment>/<service>.json.
 */
import type { FleetSpec } from "./constructs/contract/spec";

type Service = Omit<FleetSpec["environments"][number]["services"][number], "capacity">;

/** Services as every environment runs them, one of each strategy. How many machines is up to the environment. */
const http = { image: "web", port: 8080, health: { path: "/healthz" } };
const web = { ...http, name: "web", strategy: "replace" } satisfies Service;
const api = { ...http, name: "api", strategy: "blueGreen" } satisfies Service;
const shop = { ...http, name: "shop", strategy: "canary" } satisfies Service;

export const fleet: FleetSpec = {
  environments: [
    {
      name: "staging",
      backend: { kind: "local" },
      placements: [
        {
          cloud: "aws",
          account: "222222222222",
          region: "us-east-1",
          cidr: "10.110.0.0/16",
          zones: ["us-east-1a", "us-east-1b"],
        },
        {
          cloud: "google",
          project: "example-staging",
          region: "us-central1",
          cidr: "10.120.0.0/16",
          zones: ["us-central1-a", "us-central1-b", "us-central1-c"],
        },
        {
          cloud: "azure",
          subscription: "00000000-0000-0000-0000-000000000002",
          location: "westeurope",
          cidr: "10.130.0.0/16",
          zones: ["1", "2", "3"],
        },
      ],
      services: [
        { ...web, capacity: { min: 1, max: 2 } },
        { ...api, capacity: { min: 1, max: 2 } },
        { ...shop, capacity: { min: 1, max: 4 } },
      ],
    },
    {
      name: "prod",
      backend: { kind: "local" },
      placements: [
        {
          cloud: "aws",
          account: "111111111111",
          region: "us-east-1",
          cidr: "10.10.0.0/16",
          zones: ["us-east-1a", "us-east-1b"],
        },
        {
          cloud: "aws",
          account: "111111111111",
          region: "us-west-2",
          cidr: "10.40.0.0/16",
          zones: ["us-west-2a", "us-west-2b"],
        },
        {
          cloud: "google",
          project: "example-prod",
          region: "us-central1",
          cidr: "10.20.0.0/16",
          zones: ["us-central1-a", "us-central1-b", "us-central1-c"],
        },
        {
          cloud: "azure",
          subscription: "00000000-0000-0000-0000-000000000001",
          location: "westeurope",
          cidr: "10.30.0.0/16",
          zones: ["1", "2", "3"],
        },
      ],
      services: [
        { ...web, capacity: { min: 2, max: 10 } },
        { ...api, capacity: { min: 2, max: 6 } },
        { ...shop, capacity: { min: 3, max: 12 } },
      ],
    },
  ],
};
