/** Settings that are right each by itself and that a cloud refuses together. What no row names may still be refused. */
import { machineProblems, placementProblems, type MachineLimit, type PlacementLimit } from "./limits";
import { regionOf } from "./names";
import type { Problem } from "./problem";
import type { Arch, Cloud, Fleet, PlacementOn } from "./spec";

/** Types with an Arm processor, by their names. */
const ARM: Readonly<Record<Cloud, RegExp>> = {
  // https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html: g after the generation is Graviton.
  aws: /^(a1|[a-z]+\d+g[a-z]*)\./,
  // https://cloud.google.com/compute/docs/instances/arm-on-compute
  google: /^(t2a|c4a|n4a|a4x)-/,
  // https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions: p is Arm.
  azure: /^Standard_[A-Z]+\d+(-\d+)?p[a-z]*_v\d+$/i,
};

/** https://learn.microsoft.com/azure/virtual-machines/trusted-launch#virtual-machines-sizes */
const NO_TRUSTED_LAUNCH =
  /^((Standard|Basic)_A\d.*|Standard_([DE]\d+p[ld]*s_v5|D\d+_v[23]|[DE]C\d.*|M\d.*|NP\d.*|ND.*A100_v4))$/i;
const TRUSTED_LAUNCH_PAGE = "https://learn.microsoft.com/azure/virtual-machines/trusted-launch#virtual-machines-sizes";
/** Of the families that have both, the sizes without the letter s. */
const NO_PREMIUM_DISK = /^Standard_[ADEF]\d+(-\d+)?[a-rt-z]*(_v\d+)?$/;

const subscriptionOf = (id: string): string | undefined => /^\/subscriptions\/([^/]+)\//i.exec(id)?.[1]?.toLowerCase();

const MACHINES: readonly MachineLimit[] = [
  {
    clouds: ["aws", "google", "azure"],
    path: ({ cloud }) => `machine.${cloud}.type`,
    wrong: ({ cloud, type, service }) => {
      const arch: Arch = ARM[cloud].test(type) ? "arm64" : "x86_64";
      return arch === service.machine.arch
        ? undefined
        : `"${type}" is ${arch}, and machine.arch is ${service.machine.arch}; the image would not boot: choose a type of that processor, or set machine.arch`;
    },
  },
  {
    clouds: ["azure"],
    path: () => "machine.azure.trustedLaunch",
    wrong: ({ type, service }) =>
      service.machine.azure.trustedLaunch && NO_TRUSTED_LAUNCH.test(type)
        ? `"${type}" has no Trusted Launch; choose another size in machine.azure.type, or set it to false (${TRUSTED_LAUNCH_PAGE})`
        : undefined,
  },
  {
    clouds: ["azure"],
    path: () => "machine.azure.diskType",
    wrong: ({ type, service }) =>
      service.machine.azure.diskType.startsWith("Premium") && NO_PREMIUM_DISK.test(type)
        ? `"${type}" takes no ${service.machine.azure.diskType}: a size with premium disks has an s in its name ` +
          "(https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions); choose one, or StandardSSD_LRS"
        : undefined,
  },
  {
    clouds: ["azure"],
    path: () => "machine.azure.diskEncryptionSetId",
    wrong: ({ service, placements }) => {
      const { diskEncryptionSetId: id } = service.machine.azure;
      if (id === undefined) return undefined;
      const others = (placements as PlacementOn<"azure">[]).filter(
        ({ subscription }) => subscription.toLowerCase() !== subscriptionOf(id),
      );
      return others.length === 0
        ? undefined
        : `must be the id of a disk encryption set in the machines' own subscription, ${others[0]?.subscription}, got "${id}" ` +
            "(https://learn.microsoft.com/azure/virtual-machines/disk-encryption#restrictions)";
    },
  },
];

/** Place that a key's own id names. A vault's address on Azure says nothing of where it is: the plan looks for it. */
const KEYS = {
  aws: {
    place: /^arn:[^:]+:kms:([^:]+):/,
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html",
  },
  google: { place: /\/locations\/([^/]+)\//, page: "https://cloud.google.com/sql/docs/postgres/cmek#location" },
} as const;

/** https://learn.microsoft.com/azure/nat-gateway/nat-sku#known-limitations; there, one zone's loss would cut the machines of all others off. */
const NO_WAY_OUT_OF_ALL_ZONES: readonly string[] = [
  ...["canadaeast", "indonesiacentral", "israelnorthwest", "qatarcentral", "swedensouth", "westindia"],
];

const PLACEMENTS: readonly PlacementLimit[] = [
  {
    clouds: ["azure"],
    path: () => "location",
    wrong: (placement) =>
      NO_WAY_OUT_OF_ALL_ZONES.includes(regionOf(placement))
        ? `"${regionOf(placement)}" has no NAT gateway that spans zones (StandardV2), by which machines go out; choose another location ` +
          "(https://learn.microsoft.com/azure/nat-gateway/nat-sku#known-limitations)"
        : undefined,
  },
  {
    clouds: ["aws", "google"],
    path: () => "encryptionKey",
    wrong: (placement) => {
      const { cloud, encryptionKey: key = "" } = placement;
      const { place: form, page } = KEYS[cloud as keyof typeof KEYS];
      const place = form.exec(key)?.[1];
      return place === undefined || place === regionOf(placement)
        ? undefined
        : `must be a key of ${regionOf(placement)}, where what it encrypts is, got "${key}" (${page})`;
    },
  },
  {
    clouds: ["azure"],
    path: () => "persistent.database.standby",
    wrong: ({ persistent }) => {
      const { type, standby } = persistent?.database ?? {};
      return standby && type?.startsWith("B_")
        ? `"${type}" is burstable and has no standby; choose another type, or set it to false ` +
            "(https://learn.microsoft.com/azure/reliability/reliability-postgresql-flexible-server)"
        : undefined;
    },
  },
];

/** What a cloud refuses of a fleet whose settings are each allowed. */
export const combinationProblems = (fleet: Fleet): Problem[] => [
  ...placementProblems(fleet, PLACEMENTS),
  ...machineProblems(fleet, MACHINES),
];
