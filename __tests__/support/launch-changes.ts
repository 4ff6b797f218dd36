import fc from "fast-check";
import type { Cloud } from "../../constructs/contract/spec";
import { serviceWith, type Draft, type ServiceDraft } from "./fleet";

type Edit = (service: ServiceDraft) => void;
type Settings = Record<string, fc.Arbitrary<unknown>>;

/** Values that differ from the example's, for every setting that decides what a machine is. */
const COMMON: Settings = {
  port: fc.integer({ min: 8081, max: 65535 }),
  "health.path": fc.stringMatching(/^\/[a-z]{1,7}$/),
  "health.intervalSec": fc.integer({ min: 11, max: 40 }),
  "health.healthyThreshold": fc.integer({ min: 3, max: 10 }),
  "health.unhealthyThreshold": fc.constantFrom(2, 4, 5, 10),
  "health.bootSec": fc.integer({ min: 301, max: 1800 }),
  // Azure gives a machine 880 s, of which checks may take 410 here.
  "traffic.drainSec": fc.integer({ min: 61, max: 470 }),
  "machine.diskGb": fc.integer({ min: 33, max: 512 }),
  "machine.boot": fc.dictionary(fc.stringMatching(/^[A-Z]{1,8}$/), fc.stringMatching(/^[ -#&-z]{0,20}$/), {
    minKeys: 1,
    maxKeys: 3,
  }),
};

const OF_CLOUD: Record<Cloud, Settings> = {
  aws: {
    "machine.aws.type": fc.constantFrom("t3.medium", "m6i.large", "c7i.xlarge"),
    "machine.aws.rootDevice": fc.constantFrom("/dev/sda1", "/dev/xvdb"),
    "machine.aws.kmsKeyId": fc.constant("arn:aws:kms:us-east-1:111111111111:key/0c1f5f3e-0000-4000-8000-000000000000"),
    "machine.aws.metadataHopLimit": fc.integer({ min: 2, max: 64 }),
    "machine.aws.detailedMonitoring": fc.constant(false),
    "machine.aws.maxAgeDays": fc.integer({ min: 1, max: 29 }),
  },
  google: {
    "machine.google.type": fc.constantFrom("e2-medium", "n2-standard-2", "c3-standard-4"),
    "machine.google.diskType": fc.constantFrom("pd-ssd", "pd-standard"),
    "machine.google.kmsKeyId": fc.constant(
      "projects/example-prod/locations/us-central1/keyRings/fleet/cryptoKeys/disk",
    ),
    "machine.google.scopes": fc.constantFrom(
      ["https://www.googleapis.com/auth/logging.write"],
      ["https://www.googleapis.com/auth/logging.write", "https://www.googleapis.com/auth/monitoring.write"],
    ),
    "machine.google.secureBoot": fc.constant(false),
  },
  azure: {
    "machine.azure.type": fc.constantFrom("Standard_D4ads_v5", "Standard_B2s"),
    "machine.azure.diskType": fc.constantFrom("Premium_LRS", "Standard_LRS"),
    "machine.azure.diskEncryptionSetId": fc.constant(
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/keys/providers/Microsoft.Compute/diskEncryptionSets/fleet",
    ),
    "machine.azure.encryptionAtHost": fc.constant(false),
    "machine.azure.trustedLaunch": fc.constant(false),
  },
};

function set(target: object, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce<Record<string, unknown>>(
    (at, key) => (at[key] ??= {}) as Record<string, unknown>,
    target as Record<string, unknown>,
  );
  parent[last] = value;
}

export interface LaunchChange {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly fleet: Draft;
}

/** One to four settings of a cloud's machines, changed. */
export function launchChanges(cloud: Cloud): fc.Arbitrary<LaunchChange> {
  const settings = { ...COMMON, ...OF_CLOUD[cloud] };
  return fc
    .subarray(Object.keys(settings), { minLength: 1, maxLength: 4 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, settings[name]!]))))
    .map((changed) => {
      const edits: Edit[] = Object.entries(changed).map(
        ([path, value]) =>
          (service) =>
            set(service, path, value),
      );
      return { settings: changed, fleet: serviceWith((service) => edits.forEach((edit) => edit(service))) };
    });
}

/** Each of those settings alone, with one of its values. */
export const singleLaunchChanges = (cloud: Cloud): { readonly path: string; readonly edit: Edit }[] =>
  Object.entries({ ...COMMON, ...OF_CLOUD[cloud] }).map(([path, values]) => {
    const [value] = fc.sample(values, { seed: 1, numRuns: 1 });
    return { path, edit: (service) => set(service, path, value) };
  });

/** How many settings there are to draw from; each must be drawn at least once in a run. */
export const settingNames = (cloud: Cloud): string[] => [...Object.keys(COMMON), ...Object.keys(OF_CLOUD[cloud])];
