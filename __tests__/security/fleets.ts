/** Fleets that are synthesized to be looked at: the example as it is, and two that use all that there is to use. */
import { join } from "node:path";
import { PROJECT } from "../../cli/project-copy";
import type { Cloud } from "../../constructs/contract/spec";
import { fleet } from "../../fleet";
import { synthesize } from "../../stacks/synthesize";
import { fleetWith, prod, type Draft } from "../support/fleet";
import type { Option } from "./reasons";

const KEYS: Record<Cloud, string> = {
  aws: "arn:aws:kms:us-east-1:111111111111:key/0c1f5f3e-0000-4000-8000-000000000000",
  google: "projects/example-prod/locations/us-central1/keyRings/fleet/cryptoKeys/fleet",
  azure: "https://example-fleet.vault.azure.net/keys/fleet",
};
const CERTIFICATES = {
  "aws-us-east-1": "arn:aws:acm:us-east-1:111111111111:certificate/6b1c3d52-0000-0000-0000-000000000000",
  "google-us-central1": "projects/example-prod/locations/us-central1/certificates/web",
};

/** Everything that can be declared, on three clouds; `edit` adds the options. */
const whole = (edit: (environment: Draft["environments"][number]) => void): Draft =>
  fleetWith(({ environments: [environment] }) => {
    for (const placement of environment!.placements)
      Object.assign(placement, {
        logs: { alarmEmails: ["on-call@example.com"] },
        persistent: { database: {}, objects: {}, files: {} },
      });
    Object.assign(environment!.services[0]!, {
      settings: { LOG_LEVEL: "info" },
      secrets: ["API_TOKEN"],
      uses: { database: true, objects: "write", files: true },
    });
    edit(environment!);
  });

interface Looked {
  readonly fleet: unknown;
  /** What it leaves out. */
  readonly without: readonly Option[];
}

export const FLEETS: Readonly<Record<string, Looked>> = {
  example: { fleet, without: ["encryptionKey", "certificate"] },
  stored: { fleet: whole(() => {}), without: ["encryptionKey", "certificate"] },
  everything: {
    fleet: whole(({ placements, services }) => {
      for (const placement of placements) placement.encryptionKey = KEYS[placement.cloud];
      const [web] = services;
      web!.traffic = { exposure: "public", certificates: CERTIFICATES };
      const reader = { ...prod().services[1]!, uses: { objects: "read" as const } };
      services.push({ ...reader, traffic: { certificates: CERTIFICATES } } as (typeof services)[number]);
    }),
    without: [],
  },
};

/** Writes each fleet to a folder of its name below `root`. */
export function synthesizeAll(root: string): void {
  const sources = { releases: join(PROJECT, "releases"), catalog: join(PROJECT, "images/catalog") };
  for (const [name, { fleet }] of Object.entries(FLEETS)) synthesize(fleet, { ...sources, outdir: join(root, name) });
}
