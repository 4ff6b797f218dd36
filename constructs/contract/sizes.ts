/** Sizes that one cloud has in steps or within limits of its own, as rows with the page that says so. */
import { machineProblems, placementProblems, type MachineLimit, type PlacementLimit } from "./limits";
import type { Problem } from "./problem";
import { rangeOf } from "./range";
import type { Fleet } from "./spec";

const GIB = 1024;
/** https://cloud.google.com/filestore/docs/service-tiers: the regional tier's two bands. */
const FILESTORE_BANDS = [
  { least: GIB, most: 9.75 * GIB, step: 256 },
  { least: 10 * GIB, most: 100 * GIB, step: 2.5 * GIB },
] as const;

const filestore = (sizeGb: number): string | undefined => {
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

const PLACEMENTS: readonly PlacementLimit[] = [
  {
    clouds: ["google"],
    path: () => "persistent.files.sizeGb",
    wrong: ({ persistent }) => (persistent?.files ? filestore(persistent.files.sizeGb) : undefined),
  },
  {
    clouds: ["aws"],
    path: () => "cidr",
    wrong: ({ cidr }) => {
      const [from, to] = rangeOf(cidr);
      return to - from <= 2 ** 16
        ? undefined
        : `must be, on AWS, /16 or smaller, got "${cidr}" (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html)`;
    },
  },
];

/** Series whose disks are Hyperdisk alone, and series that have none: https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support */
const HYPERDISK_ONLY = /^(c4|c4a|c4d|n4|n4a|n4d|h4d|x4)-/;
const NO_HYPERDISK = /^(e2|f1|g1|t2a)-/;

const MACHINES: readonly MachineLimit[] = [
  {
    clouds: ["google"],
    path: () => "machine.diskGb",
    wrong: ({
      service: {
        machine: { diskGb, google },
      },
    }) =>
      diskGb >= 10 || !google.diskType.startsWith("pd-")
        ? undefined
        : `must be at least 10 for ${google.diskType} on Google Cloud, got ${diskGb} (https://cloud.google.com/compute/docs/disks/persistent-disks#disk-types)`,
  },
  {
    clouds: ["google"],
    path: () => "machine.google.diskType",
    wrong: ({ service, type }) => {
      const { diskType } = service.machine.google;
      const hyperdisk = diskType.startsWith("hyperdisk-");
      if (hyperdisk ? !NO_HYPERDISK.test(type) : !HYPERDISK_ONLY.test(type)) return undefined;
      return (
        `"${type}" takes no ${diskType}; ${hyperdisk ? "a pd- type" : "hyperdisk-balanced"} fits ` +
        "(https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support)"
      );
    },
  },
];

/** Sizes that a cloud does not have. */
export const sizeProblems = (fleet: Fleet): Problem[] => [
  ...placementProblems(fleet, PLACEMENTS),
  ...machineProblems(fleet, MACHINES),
];
