/** Sizes that one cloud has in steps or within limits of its own, as rows with the page that says so. */
import { machineType } from "./machine";
import { placementId, placementsOf } from "./names";
import { rangeOf } from "./range";
import type { Fleet, Placement, Service } from "./spec";

interface Problem {
  readonly path: string;
  readonly message: string;
}

/** What is wrong and what is allowed; undefined where the size is right. */
type Check<T> = (of: T) => string | undefined;

const GIB = 1024;
/** https://cloud.google.com/filestore/docs/service-tiers: the regional tier's two bands. */
const FILESTORE_BANDS = [
  { least: GIB, most: 9.75 * GIB, step: 256 },
  { least: 10 * GIB, most: 100 * GIB, step: 2.5 * GIB },
] as const;

const filestore: Check<number> = (sizeGb) => {
  const band = FILESTORE_BANDS.find(({ least, most }) => sizeGb >= least && sizeGb <= most);
  if (band && sizeGb % band.step === 0) return undefined;
  const next = FILESTORE_BANDS.flatMap(({ least, most, step }) => {
    const fits = Math.max(least, Math.ceil(sizeGb / step) * step);
    return fits <= most ? [fits] : [];
  })[0];
  return (
    `must be, on Google Cloud, from ${FILESTORE_BANDS.map(({ least, most, step }) => `${least} to ${most} in steps of ${step}`).join(", or ")}, ` +
    `got ${sizeGb}; ${next} is the next (https://cloud.google.com/filestore/docs/service-tiers)`
  );
};

interface PlacementRow {
  readonly cloud: Placement["cloud"];
  readonly path: string;
  readonly wrong: Check<Placement>;
}

const PLACEMENT_ROWS: readonly PlacementRow[] = [
  {
    cloud: "google",
    path: "persistent.files.sizeGb",
    wrong: ({ persistent }) => (persistent?.files ? filestore(persistent.files.sizeGb) : undefined),
  },
  {
    cloud: "aws",
    path: "cidr",
    wrong: ({ cidr }) => {
      const [from, to] = rangeOf(cidr);
      return to - from <= 2 ** 16
        ? undefined
        : `must be, on AWS, /16 or smaller, got "${cidr}" (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html)`;
    },
  },
];

interface ServiceRow {
  readonly path: string;
  readonly wrong: Check<Service>;
}

/** Series whose disks are Hyperdisk alone, and series that have none: https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support */
const HYPERDISK_ONLY = /^(c4|c4a|c4d|n4|n4a|n4d|h4d|x4)-/;
const NO_HYPERDISK = /^(e2|f1|g1|t2a)-/;

/** Rows of services on Google Cloud. */
const SERVICE_ROWS: readonly ServiceRow[] = [
  {
    path: "machine.diskGb",
    wrong: ({ machine: { diskGb, google } }) =>
      diskGb >= 10 || !google.diskType.startsWith("pd-")
        ? undefined
        : `must be at least 10 for ${google.diskType} on Google Cloud, got ${diskGb} (https://cloud.google.com/compute/docs/disks/persistent-disks#disk-types)`,
  },
  {
    path: "machine.google.diskType",
    wrong: (service) => {
      const { diskType } = service.machine.google;
      const type = machineType("google", service);
      const hyperdisk = diskType.startsWith("hyperdisk-");
      if (hyperdisk ? !NO_HYPERDISK.test(type) : !HYPERDISK_ONLY.test(type)) return undefined;
      return (
        `"${type}" takes no ${diskType}; ${hyperdisk ? "a pd- type" : "hyperdisk-balanced"} fits ` +
        "(https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support)"
      );
    },
  },
];

const found = (path: string, message: string | undefined): Problem[] =>
  message === undefined ? [] : [{ path, message }];

/** Sizes that a cloud does not have. */
export const sizeProblems = ({ environments }: Fleet): Problem[] =>
  environments.flatMap((environment) => [
    ...environment.placements.flatMap((placement) =>
      PLACEMENT_ROWS.filter(({ cloud }) => cloud === placement.cloud).flatMap(({ path, wrong }) =>
        found(`${environment.name}/${placementId(placement)} ${path}`, wrong(placement)),
      ),
    ),
    ...environment.services
      .filter((service) => placementsOf(environment, service).some(({ cloud }) => cloud === "google"))
      .flatMap((service) =>
        SERVICE_ROWS.flatMap(({ path, wrong }) => found(`${environment.name}/${service.name} ${path}`, wrong(service))),
      ),
  ]);
