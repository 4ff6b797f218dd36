/**
 * Settings that are right each by itself and that a cloud refuses together, as rows: they are found here rather than in the middle
 * of an apply. What no row names may still be refused; a row refuses nothing that a vendor's page does not.
 */
import { machineType } from "./machine";
import { placementId, placementsOf, regionOf } from "./names";
import type { Arch, Cloud, Environment, Fleet, Placement, PlacementOn, Service } from "./spec";

interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A service's machines on one cloud. */
interface Machines {
  readonly cloud: Cloud;
  readonly service: Service;
  readonly type: string;
  readonly placements: readonly Placement[];
}

interface MachineRule {
  readonly clouds: readonly Cloud[];
  /** Prop below the service. */
  readonly path: (machines: Machines) => string;
  /** What is wrong and what to do; undefined where nothing is. */
  readonly wrong: (machines: Machines) => string | undefined;
}

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

const MACHINE_RULES: readonly MachineRule[] = [
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

/** Place that a key's own id names; undefined where it names none. */
const keyPlace: Readonly<Record<Cloud, (key: string) => string | undefined>> = {
  aws: (key) => /^arn:[^:]+:kms:([^:]+):/.exec(key)?.[1],
  google: (key) => /\/locations\/([^/]+)\//.exec(key)?.[1],
  // A vault's address says nothing of where it is: the plan looks for it.
  azure: () => undefined,
};

const KEY_PAGES: Readonly<Record<Cloud, string>> = {
  aws: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html",
  google: "https://cloud.google.com/sql/docs/postgres/cmek#location",
  azure: "",
};

const keyProblems = (environment: Environment): Problem[] =>
  environment.placements.flatMap((placement) => {
    const { cloud, encryptionKey: key } = placement;
    const place = key === undefined ? undefined : keyPlace[cloud](key);
    if (place === undefined || place === regionOf(placement)) return [];
    return [
      {
        path: `${environment.name}/${placementId(placement)} encryptionKey`,
        message: `must be a key of ${regionOf(placement)}, where what it encrypts is, got "${key}" (${KEY_PAGES[cloud]})`,
      },
    ];
  });

const machineProblems = (environment: Environment, service: Service): Problem[] =>
  MACHINE_RULES.flatMap(({ clouds, path, wrong }) =>
    clouds.flatMap((cloud) => {
      const placements = placementsOf(environment, service).filter((placement) => placement.cloud === cloud);
      const machines = { cloud, service, type: machineType(cloud, service), placements };
      const message = placements.length === 0 ? undefined : wrong(machines);
      return message === undefined ? [] : [{ path: `${environment.name}/${service.name} ${path(machines)}`, message }];
    }),
  );

const storeProblems = (environment: Environment): Problem[] =>
  environment.placements.flatMap((placement) => {
    const { type, standby } = placement.persistent?.database ?? {};
    if (placement.cloud !== "azure" || !standby || !type?.startsWith("B_")) return [];
    return [
      {
        path: `${environment.name}/${placementId(placement)} persistent.database.standby`,
        message:
          `"${type}" is burstable and has no standby; choose another type, or set it to false ` +
          "(https://learn.microsoft.com/azure/reliability/reliability-postgresql-flexible-server)",
      },
    ];
  });

/** What a cloud refuses of a fleet whose settings are each allowed. */
export const combinationProblems = ({ environments }: Fleet): Problem[] =>
  environments.flatMap((environment) => [
    ...keyProblems(environment),
    ...storeProblems(environment),
    ...environment.services.flatMap((service) => machineProblems(environment, service)),
  ]);
