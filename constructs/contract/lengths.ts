/** Texts and lists that are too long for a cloud, which nobody else finds before the apply. Decided on all that machines are told. */
import { bootText } from "./machine";
import { placementId, placementsOf } from "./names";
import type { Cloud, Fleet } from "./spec";

interface Limit {
  readonly bytes: number;
  /** Size of a text as the cloud counts it. */
  readonly of: (text: string) => number;
  readonly counted: string;
}

const raw = (text: string): number => Buffer.byteLength(text);
const encoded = (text: string): number => Math.ceil(raw(text) / 3) * 4;
const KIB = 1024;

const USER_DATA: Readonly<Record<Cloud, Limit>> = {
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

interface Found {
  readonly path: string;
  readonly message: string;
}

/** Everything in a fleet that is too long for its cloud. */
export const lengthProblems = (fleet: Fleet): Found[] => [
  ...userData(fleet),
  ...projectMetadata(fleet),
  ...alarmChannels(fleet),
];

const userData = ({ environments }: Fleet): Found[] =>
  environments.flatMap((environment) =>
    environment.services.flatMap((service) => {
      const text = bootText(service);
      const clouds = new Set(placementsOf(environment, service).map(({ cloud }) => cloud));
      return [...clouds].flatMap((cloud) => {
        const { bytes, of, counted } = USER_DATA[cloud];
        const size = of(text);
        if (size <= bytes) return [];
        return {
          path: `${environment.name}/${service.name} machine.boot`,
          message:
            `makes ${size} bytes of user data ${counted}, and ${cloud} takes at most ${bytes}; ` +
            "put what is long into settings, which machines read outside user data, or into the image",
        };
      });
    }),
  );

function projectMetadata({ environments }: Fleet): Found[] {
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

const alarmChannels = ({ environments }: Fleet): Found[] =>
  environments.flatMap((environment) =>
    environment.placements.flatMap((placement) => {
      const { length } = placement.logs.alarmEmails;
      if (placement.cloud !== "google" || length <= CHANNELS_OF_A_GOOGLE_ALARM) return [];
      return {
        path: `${environment.name}/${placementId(placement)} logs.alarmEmails`,
        message: `may have at most ${CHANNELS_OF_A_GOOGLE_ALARM} entries on Google Cloud, got ${length}; use the address of a group`,
      };
    }),
  );
