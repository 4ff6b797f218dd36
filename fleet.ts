/**
 * The fleet: edit this file. What each field means, its default and its limits are written in constructs/contract/spec.ts;
 * which version of an image runs is not said here but in releases/<environment>/<service>.json.
 */
import type { FleetSpec } from "./constructs/contract/spec";

export const fleet: FleetSpec = {
  environments: [
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
        {
          name: "web",
          image: "web",
          strategy: "replace",
          port: 8080,
          health: { path: "/healthz" },
          capacity: { min: 2, max: 10 },
        },
        {
          name: "api",
          image: "web",
          strategy: "blueGreen",
          port: 8080,
          health: { path: "/healthz" },
          capacity: { min: 2, max: 6 },
        },
        {
          name: "shop",
          image: "web",
          strategy: "canary",
          port: 8080,
          health: { path: "/healthz" },
          capacity: { min: 3, max: 12 },
        },
      ],
    },
  ],
};
