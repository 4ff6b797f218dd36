/**
 * What a user declares in fleet.ts. One literal holds names, meaning, defaults and limits; types, validation and
 * resolved values are all read from it.
 */
import { z } from "zod";
import { logs, persistent, secrets, settings, uses } from "./ground-spec";
import { networkAt, rangeOf } from "./range";
import { rollout } from "./rollout-spec";

export const CLOUDS = ["aws", "google", "azure"] as const;
export type Cloud = (typeof CLOUDS)[number];

const whole = (min: number, max: number) => z.int().min(min).max(max);
const named = (pattern: RegExp, rule: string) => z.string().regex(pattern, rule);
const seconds = whole;
/** No cloud has a longer one; names are made of it. */
const REGION_MAX = 30;

const backend = z.discriminatedUnion("kind", [
  /** State in files under `state/` beside cdktf.json: for one person trying things out. */
  z.strictObject({ kind: z.literal("local") }),
  /** State in an S3 bucket, encrypted, locked by a lock file in the bucket. */
  z.strictObject({
    kind: z.literal("s3"),
    bucket: z.string().min(3),
    region: z.string().min(1),
    /** ARN of the KMS key that encrypts the state. @default - the bucket's own encryption */
    kmsKeyId: z.string().optional(),
  }),
  /** State in a Google Cloud Storage bucket. */
  z.strictObject({ kind: z.literal("gcs"), bucket: z.string().min(3) }),
  /** State in an Azure storage container, reached with Entra ID, never with an account key. */
  z.strictObject({
    kind: z.literal("azurerm"),
    resourceGroup: z.string().min(1),
    storageAccount: named(/^[a-z0-9]{3,24}$/, "3 to 24 lower-case letters and digits"),
    container: z.string().min(3),
  }),
  /** State and runs in HCP Terraform: one workspace per stack, named like the stack. */
  z.strictObject({
    kind: z.literal("hcp"),
    organization: z.string().min(1),
    /** Project that the workspaces belong to. @default - the organization's default project */
    project: z.string().min(1).optional(),
    /** Host name of a Terraform Enterprise installation. @default "app.terraform.io" */
    hostname: z.string().min(1).optional(),
  }),
]);

/** IPv4 range of the placement's network, /12 to /20, on AWS /16 to /20. Ranges of networks that will be peered must not overlap. */
const cidr = z
  .cidrv4()
  .regex(/\/(1[2-9]|20)$/, "a prefix length from /12 to /20")
  .refine((range) => range === networkOf(range), {
    error: ({ input }) => `must begin a network, as ${networkOf(String(input))} does, got "${String(input)}"`,
  });

const networkOf = (cidr: string): string => networkAt(rangeOf(cidr)[0], cidr);

/** Zones that machines are spread over; three survive the loss of one without a shortage. Their order says nothing. */
const zones = (least: number) =>
  z
    .array(z.string().min(1))
    .min(least)
    .max(6)
    .transform((zones) => [...zones].sort());

const ground = {
  /** Where the machines' records go, and who hears of alarms. */
  logs: logs.prefault({}),
  /** Database, objects and files, in a stack of their own. @default - none */
  persistent: persistent.optional(),
};

const placement = z.discriminatedUnion("cloud", [
  z.strictObject({
    cloud: z.literal("aws"),
    /** Account id; the provider refuses to touch any other account. */
    account: named(/^\d{12}$/, "an AWS account id of 12 digits"),
    region: named(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as us-east-1").max(REGION_MAX),
    cidr,
    /** At least two: an application load balancer refuses fewer. */
    zones: zones(2),
    /** ARN of the region's KMS key that encrypts logs and persistent store. @default - the keys that AWS keeps for the account */
    encryptionKey: named(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/, "the ARN of a KMS key").optional(),
    ...ground,
  }),
  z.strictObject({
    cloud: z.literal("google"),
    /** Project id. */
    project: named(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "a Google Cloud project id"),
    region: named(/^[a-z]+-[a-z]+\d+$/, "a Google Cloud region such as us-central1").max(REGION_MAX),
    cidr,
    zones: zones(1),
    /** Cloud KMS key of the region that encrypts logs and persistent store, full id. @default - Google's own keys */
    encryptionKey: named(
      /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
      "projects/P/locations/R/keyRings/RING/cryptoKeys/KEY",
    ).optional(),
    ...ground,
  }),
  z.strictObject({
    cloud: z.literal("azure"),
    /** Subscription id. */
    subscription: z.guid(),
    /** Location in its short form. */
    location: named(/^[a-z][a-z0-9]+$/, "an Azure location in its short form such as westeurope").max(REGION_MAX),
    cidr,
    zones: zones(1),
    /**
     * Key Vault key that encrypts the persistent store, by its id without a version. Its vault must be in the placement's
     * subscription: the provider looks nowhere else, and Terraform refuses to plan. @default - Microsoft's own keys
     */
    encryptionKey: named(
      /^https:\/\/[a-z0-9-]+\.vault\.azure\.net\/keys\/[^/]+$/,
      "https://VAULT.vault.azure.net/keys/KEY",
    ).optional(),
    ...ground,
  }),
]);

const capacity = z
  .strictObject({
    /** Fewest machines, and the size a new group is at least gated on. */
    min: whole(1, 1000),
    /** Most machines of one group; while a group is replaced, the old and the new one run side by side. */
    max: whole(1, 1000),
    /** Average CPU use that the group scales to, in percent. @default 60 */
    cpuTargetPercent: whole(10, 90).default(60),
  })
  .refine(({ min, max }) => max >= min, {
    path: ["max"],
    error: ({ input }) => {
      const { min, max } = input as { min: number; max: number };
      return `must be at least capacity.min (${min}), got ${max}`;
    },
  });

const health = z.strictObject({
  /** Path that answers 200 when the machine can serve. */
  path: named(/^\/[A-Za-z0-9._~/-]*$/, "a path such as /healthz, without query or spaces"),
  /** Time between two checks, in seconds. @default 10 */
  intervalSec: seconds(5, 300).default(10),
  /** Checks in a row that make a machine healthy. @default 2 */
  healthyThreshold: whole(2, 10).default(2),
  /** Checks in a row that make a machine unhealthy. @default 3 */
  unhealthyThreshold: whole(2, 10).default(3),
  /** Longest time that a new machine may take from launch to healthy, in seconds. @default 300 */
  bootSec: seconds(30, 1800).default(300),
});

const traffic = z.strictObject({
  /** Who can reach the service: `internal` the placement's network, `public` everybody. @default "internal" */
  exposure: z.enum(["internal", "public"]).default("internal"),
  /**
   * Certificate that the entry shows, by placement: `"aws-us-east-1"` the ARN of an ACM certificate, `"google-us-central1"`
   * the full id of one in Certificate Manager, of the placement's region. With one, the entry listens on 443, else on 80.
   * Public entries must have one. Azure's entry works on TCP: there the machines themselves end TLS. @default {}
   */
  certificates: z.record(z.string(), z.string()).default({}),
  /**
   * Longest time that a request may take, in seconds: a machine that leaves service ends what has begun, and entries wait as long for
   * an answer. Every other time of leaving follows from it and from the health check (docs/operations.md). @default 60
   */
  drainSec: seconds(0, 900).default(60),
});

const machine = z.strictObject({
  /** Processor architecture; chooses the image id and the default types. @default "x86_64" */
  arch: z.enum(["x86_64", "arm64"]).default("x86_64"),
  /** Size of the boot disk in GiB; at least the image's own size, and 10 on Google Cloud's persistent disks. @default 32 */
  diskGb: whole(8, 1024).default(32),
  /**
   * Settings that the machine reads at boot from its user data, one `NAME=value` line each. Everybody who can read
   * the plan or the machine's metadata can read them: not for secrets. @default {}
   */
  boot: z
    .record(
      named(/^[A-Z][A-Z0-9_]{0,63}$/, "upper-case names such as LOG_LEVEL"),
      named(/^(?!.*[$%]\{)[\x20-\x7e]{0,1024}$/, "one line of printable ASCII without ${ or %{"),
    )
    .refine(({ CONTAINER }) => CONTAINER === undefined || /^[^@\s]+@sha256:[0-9a-f]{64}$/.test(CONTAINER), {
      path: ["CONTAINER"],
      error: ({ input }) =>
        `must name a container by digest, as name@sha256:<64 hex digits>, got ${JSON.stringify((input as { CONTAINER?: string }).CONTAINER)}; a tag moves`,
    })
    .default({}),
  aws: z
    .strictObject({
      /** Instance type. @default "t3.small", "t4g.small" for arm64 */
      type: z.string().min(1).optional(),
      /** Device name of the image's root volume. @default "/dev/xvda" */
      rootDevice: named(/^\/dev\/[a-z0-9]+$/, "a device such as /dev/xvda").default("/dev/xvda"),
      /** KMS key ARN for the boot disk. @default - the account's EBS key */
      kmsKeyId: z.string().optional(),
      /** Network hops that metadata answers may take; 2 lets containers on the machine read them. @default 1 */
      metadataHopLimit: whole(1, 64).default(1),
      /** Metrics every minute instead of every five. @default true */
      detailedMonitoring: z.boolean().default(true),
      /** Age at which a machine is recycled from the same image, in days; 0 turns it off. @default 30 */
      maxAgeDays: whole(0, 365).default(30),
    })
    .prefault({}),
  google: z
    .strictObject({
      /** Machine type. @default "e2-small", "t2a-standard-1" for arm64 */
      type: z.string().min(1).optional(),
      /** Boot disk type. @default "pd-balanced" */
      diskType: z.string().min(1).default("pd-balanced"),
      /** Cloud KMS key of the boot disk, full id. @default - Google-managed encryption */
      kmsKeyId: z.string().optional(),
      /**
       * OAuth scopes of the machine's service account. They are part of the machine, so that fewer of them would mean new
       * machines for a first secret; rights are what limits the machines.
       *
       * @default every API
       */
      scopes: z.array(z.url()).min(1).default(["https://www.googleapis.com/auth/cloud-platform"]),
      /** Boot only signed code; the image must support it. @default true */
      secureBoot: z.boolean().default(true),
    })
    .prefault({}),
  azure: z
    .strictObject({
      /** Machine size. @default "Standard_D2ads_v5", "Standard_D2ps_v6" for arm64 */
      type: z.string().min(1).optional(),
      /** Boot disk type. @default "StandardSSD_LRS" */
      diskType: z
        .enum(["Standard_LRS", "StandardSSD_LRS", "StandardSSD_ZRS", "Premium_LRS", "Premium_ZRS"])
        .default("StandardSSD_LRS"),
      /** Id of a disk encryption set, of the placement's subscription and location. @default - platform-managed keys */
      diskEncryptionSetId: z.string().optional(),
      /** Encrypt caches and temporary disks on the host; needs the subscription feature EncryptionAtHost. @default true */
      encryptionAtHost: z.boolean().default(true),
      /** Secure boot and virtual TPM (Trusted Launch); needs a Gen2 image from a gallery, and a size that has it. @default true */
      trustedLaunch: z.boolean().default(true),
    })
    .prefault({}),
});

const service = z.strictObject({
  name: named(
    /^[a-z](-?[a-z0-9]){1,19}$/,
    "2 to 20 lower-case letters, digits and single hyphens, starting with a letter",
  ),
  /** Image in images/catalog that the machines boot. */
  image: named(/^[a-z][a-z0-9-]{1,30}$/, "the name of a folder in images/catalog"),
  /**
   * How a new version comes in. `replace`: one apply builds the new group, gates it, moves traffic, destroys the old one.
   * `blueGreen`: two slots; fill the idle one, then move all traffic. `canary`: two slots; move traffic in percent.
   */
  strategy: z.enum(["replace", "blueGreen", "canary"]),
  /** Port that the machines serve on. */
  port: whole(1, 65535),
  health,
  capacity,
  traffic: traffic.prefault({}),
  machine: machine.prefault({}),
  /** Read by the machines at boot and every minute, outside the image: changing one replaces nothing. @default {} */
  settings: settings.default({}),
  /** Names of secrets that the machines may read; Terraform never sees a value. @default [] */
  secrets: secrets.default([]),
  /** What the machines may use of the placement's persistent store. @default nothing */
  uses: uses.prefault({}),
  /** Steps of a release, their gates, and how long the old one stays. */
  rollout: rollout.prefault({}),
  /** Placements to run in, as `<cloud>-<region>`. @default - every placement of the environment */
  placements: z.array(z.string()).min(1).optional(),
});

const environment = z.strictObject({
  name: named(/^[a-z][a-z0-9]{1,9}$/, "2 to 10 lower-case letters and digits, starting with a letter"),
  /** Where Terraform keeps the state of the environment's stacks. */
  backend,
  placements: z.array(placement).min(1),
  services: z.array(service),
});

export const fleetSchema = z.strictObject({ environments: z.array(environment).min(1) });

/** What a user writes in fleet.ts. */
export type FleetSpec = z.input<typeof fleetSchema>;
/** The fleet with every default filled in. */
export type Fleet = z.output<typeof fleetSchema>;
export type Environment = z.output<typeof environment>;
export type Backend = z.output<typeof backend>;
export type Service = z.output<typeof service>;
export type Placement = z.output<typeof placement>;
export type PlacementOn<C extends Cloud> = Extract<Placement, { cloud: C }>;
export type Arch = Service["machine"]["arch"];
