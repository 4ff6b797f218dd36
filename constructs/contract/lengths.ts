/** Texts and lists that are too long for a cloud, which nobody else finds before the apply. Decided on all that machines are told. */
import { machineProblems, placementProblems, type MachineLimit, type PlacementLimit } from "./limits";
import { bootText } from "./machine";
import { placementsOf } from "./names";
import type { Problem } from "./problem";
import { CLOUDS, type Cloud, type Fleet } from "./spec";

interface Room {
  readonly bytes: number;
  /** Size of a text as the cloud counts it. */
  readonly of: (text: string) => number;
  readonly counted: string;
}

const raw = (text: string): number => Buffer.byteLength(text);
const encoded = (text: string): number => Math.ceil(raw(text) / 3) * 4;
const KIB = 1024;

const USER_DATA: Readonly<Record<Cloud, Room>> = {
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
  aws: { bytes: 16 * KIB, of: raw, counted: "before base64" },
  // One value of metadata: https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations
  google: { bytes: 256 * KIB, of: raw, counted: "as one value of metadata" },
  // https://learn.microsoft.com/azure/virtual-machines/user-data
  azure: { bytes: 64 * KIB, of: encoded, counted: "in base64" },
};

/** All settings of a project's services: https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations */
const PROJECT_METADATA_BYTES = 512 * KIB;

/** https://cloud.google.com/monitoring/quotas#alerting_uptime_quotas */
const CHANNELS_OF_A_GOOGLE_ALARM = 16;

const MACHINES: readonly MachineLimit[] = [
  {
    clouds: CLOUDS,
    path: () => "machine.boot",
    wrong: ({ cloud, service }) => {
      const { bytes, of, counted } = USER_DATA[cloud];
      const size = of(bootText(cloud, service));
      return size <= bytes
        ? undefined
        : `makes ${size} bytes of user data ${counted}, and ${cloud} takes at most ${bytes}; ` +
            "put what is long into settings, which machines read outside user data, or into the image";
    },
  },
];

const PLACEMENTS: readonly PlacementLimit[] = [
  {
    clouds: ["google"],
    path: () => "logs.alarmEmails",
    wrong: ({ logs: { alarmEmails } }) =>
      alarmEmails.length <= CHANNELS_OF_A_GOOGLE_ALARM
        ? undefined
        : `may have at most ${CHANNELS_OF_A_GOOGLE_ALARM} entries on Google Cloud, got ${alarmEmails.length}; use the address of a group`,
  },
];

/** Everything in a fleet that is too long for its cloud. */
export const lengthProblems = (fleet: Fleet): Problem[] => [
  ...machineProblems(fleet, MACHINES),
  ...projectMetadata(fleet),
  ...placementProblems(fleet, PLACEMENTS),
];

function projectMetadata({ environments }: Fleet): Problem[] {
  const items = environments.flatMap((environment) =>
    environment.services.flatMap((service) =>
      placementsOf(environment, service).flatMap((placement) => {
        if (placement.cloud !== "google") return [];
        const name = `${environment.name}-${service.name}-${placement.region}`;
        const sizes = Object.entries(service.settings).map(([key, value]) => raw(`${name}-${key}`) + raw(value));
        return { project: placement.project, path: `${environment.name}/${service.name} settings`, sizes };
      }),
    ),
  );
  return [...new Set(items.map(({ project }) => project))].flatMap((project) => {
    const inProject = items.filter((item) => item.project === project);
    const size = inProject.flatMap(({ sizes }) => sizes).reduce((sum, one) => sum + one, 0);
    if (size <= PROJECT_METADATA_BYTES) return [];
    const paths = [...new Set(inProject.filter(({ sizes }) => sizes.length > 0).map(({ path }) => path))];
    return paths.map((path) => ({
      path,
      message:
        `and those of other services make ${size} bytes of metadata in the project ${project}, and Google Cloud takes at most ` +
        `${PROJECT_METADATA_BYTES}; shorten them, put what is long into the image, or give an environment a project of its own`,
    }));
  });
}
