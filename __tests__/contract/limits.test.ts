import { validate } from "../../constructs/contract/validate";
import { fleetWith, serviceWith, type ServiceDraft } from "../support/fleet";

const lines = (input: unknown) => validate(input).map(({ path, message }) => `${path}: ${message}`);

describe("what a cloud refuses together", () => {
  const azure = (settings: object) => (service: ServiceDraft) => {
    service.placements = ["azure-westeurope"];
    service.machine = { ...service.machine, azure: settings };
  };
  const cases: [string, (service: ServiceDraft) => void, string | undefined][] = [
    ["the defaults of arm64", (s) => (s.machine = { arch: "arm64" }), undefined],
    [
      "a size without Trusted Launch",
      (s) => (s.machine = { arch: "arm64", azure: { type: "Standard_D2pds_v5" } }),
      'prod/web machine.azure.trustedLaunch: "Standard_D2pds_v5" has no Trusted Launch; choose another size',
    ],
    [
      "such a size where it is off",
      (s) => (s.machine = { arch: "arm64", azure: { type: "Standard_D2pds_v5", trustedLaunch: false } }),
      undefined,
    ],
    ["a confidential size", azure({ type: "Standard_DC2as_v5" }), "trustedLaunch: "],
    ["a size of old", azure({ type: "Standard_D2_v3" }), "trustedLaunch: "],
    ["its successor", azure({ type: "Standard_D2s_v3" }), undefined],
    ["a burstable size", azure({ type: "Standard_B2s" }), undefined],
    [
      "a premium disk on a size without",
      azure({ type: "Standard_D2ad_v5", diskType: "Premium_LRS" }),
      'prod/web machine.azure.diskType: "Standard_D2ad_v5" takes no Premium_LRS',
    ],
    ["a premium disk on a size with", azure({ type: "Standard_D2ads_v5", diskType: "Premium_ZRS" }), undefined],
    [
      "a disk encryption set of another subscription",
      azure({
        diskEncryptionSetId:
          "/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/k/providers/Microsoft.Compute/diskEncryptionSets/d",
      }),
      "prod/web machine.azure.diskEncryptionSetId: must be the id of a disk encryption set in the machines' own subscription, 00000000-0000-0000-0000-000000000001, got ",
    ],
    ["another processor on Azure", azure({ type: "Standard_D2ps_v6" }), '"Standard_D2ps_v6" is arm64'],
    ["another processor on AWS", (s) => (s.machine = { aws: { type: "m7gd.large" } }), '"m7gd.large" is arm64'],
    ["no other processor on AWS", (s) => (s.machine = { aws: { type: "g4dn.xlarge" } }), undefined],
    [
      "another processor on Google Cloud",
      (s) => (s.machine = { arch: "arm64", google: { type: "e2-small" } }),
      'prod/web machine.google.type: "e2-small" is x86_64, and machine.arch is arm64',
    ],
    [
      "a cloud where the service does not run",
      (s) => Object.assign(s, { placements: ["aws-us-east-1"], machine: { azure: { type: "Standard_A1_v2" } } }),
      undefined,
    ],
  ];
  test.each(cases)("%s", (_, edit, line) => {
    expect(lines(serviceWith(edit))).toEqual(line === undefined ? [] : [expect.stringContaining(line)]);
  });

  test("a standby of a burstable database", () => {
    const input = fleetWith(({ environments: [environment] }) => {
      const placement = environment!.placements.find(({ cloud }) => cloud === "azure")!;
      placement.persistent = { database: { type: "B_Standard_B2s" } };
    });
    expect(lines(input)).toEqual([
      expect.stringContaining('prod/azure-westeurope persistent.database.standby: "B_Standard_B2s" is burstable'),
    ]);
  });

  const keys: [string, string, boolean][] = [
    ["aws", "arn:aws:kms:us-east-1:111111111111:key/k", true],
    ["aws", "arn:aws:kms:eu-west-1:111111111111:key/k", false],
    ["google", "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k", true],
    ["google", "projects/p/locations/global/keyRings/r/cryptoKeys/k", false],
    ["azure", "https://fleet-keys.vault.azure.net/keys/data", true],
  ];
  test.each(keys)("a key on %s: %s", (cloud, encryptionKey, right) => {
    const input = fleetWith(({ environments: [environment] }) =>
      Object.assign(environment!.placements.find((placement) => placement.cloud === cloud)!, { encryptionKey }),
    );
    expect(lines(input)).toEqual(
      right ? [] : [expect.stringMatching(/encryptionKey: must be a key of us-(east-1|central1), where/)],
    );
  });
});

describe("sizes that a cloud has in steps or within limits of its own", () => {
  const on = (cloud: string, change: object) =>
    lines(
      fleetWith(({ environments: [environment] }) => {
        Object.assign(environment!.placements.find((placement) => placement.cloud === cloud)!, change);
      }),
    );
  const files = (sizeGb: number) => ({ persistent: { files: { sizeGb } } });

  test.each([
    [1025, 1280],
    [9985, 10240],
    [10000, 10240],
    [10241, 12800],
    [65536, 66560],
  ])("%d GiB of files on Google Cloud: %d is the next", (sizeGb, next) => {
    expect(on("google", files(sizeGb))).toEqual([
      "prod/google-us-central1 persistent.files.sizeGb: must be, on Google Cloud, from 1024 to 9984 in steps of 256, or 10240 to " +
        `102400 in steps of 2560, got ${sizeGb}; ${next} is the next (https://cloud.google.com/filestore/docs/service-tiers)`,
    ]);
    expect(on("azure", files(sizeGb))).toEqual([]);
  });

  test("the steps themselves", () => {
    for (const sizeGb of [1024, 1280, 9984, 10240, 12800, 64000]) expect(on("google", files(sizeGb))).toEqual([]);
  });

  test("a network that is too large for AWS", () => {
    expect(on("aws", { cidr: "10.32.0.0/15" })).toEqual([
      'prod/aws-us-east-1 cidr: must be, on AWS, /16 or smaller, got "10.32.0.0/15" (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html)',
    ]);
    expect(on("google", { cidr: "10.32.0.0/12" })).toEqual([]);
  });

  test.each([
    [{ diskGb: 8 }, /machine\.diskGb: must be at least 10 for pd-balanced on Google Cloud, got 8/],
    [{ google: { type: "c4-standard-2" } }, /machine\.google\.diskType: "c4-standard-2" takes no pd-balanced; hyperdisk-balanced fits/],
    [{ google: { diskType: "hyperdisk-balanced" } }, /machine\.google\.diskType: "e2-small" takes no hyperdisk-balanced; a pd- type fits/],
  ])("a boot disk %j", (machine, message) => {
    const change = (placements: string[]) => lines(serviceWith((s) => Object.assign(s, { machine, placements })));
    expect(change(["google-us-central1"])).toEqual([expect.stringMatching(message)]);
    expect(change(["aws-us-east-1"])).toEqual([]);
  }); // prettier-ignore
});

describe("what is too long for a cloud", () => {
  const long = (count: number, length: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`A${index}`, "x".repeat(length)]));
  // ENVIRONMENT=prod and SERVICE=web take 29 bytes with their line ends, what each cloud's machines wait at their end the rest;
  // another name and its sign 4 to 6.
  const OWN = { aws: 60, google: 60, azure: 61 };
  const bootOf = (bytes: number, own: number) => {
    const full = long(Math.floor((bytes - own) / 1006), 1000);
    const used = own + Object.keys(full).reduce((sum, name) => sum + name.length + 1002, 0);
    return bytes === used ? full : { ...full, ...(bytes - used > 3 ? { Z: "x".repeat(bytes - used - 3) } : {}) };
  };
  const ON = { aws: "aws-us-east-1", google: "google-us-central1", azure: "azure-westeurope" };
  const refused = (cloud: keyof typeof ON, bytes: number) =>
    lines(
      serviceWith((service) => {
        service.placements = [ON[cloud]];
        service.machine = { boot: bootOf(bytes, OWN[cloud]) };
      }),
    );

  test.each([
    ["aws", 16_384, "makes 16385 bytes of user data before base64, and aws takes at most 16384"],
    ["google", 262_144, "makes 262145 bytes of user data as one value of metadata, and google takes at most 262144"],
    ["azure", 49_152, "makes 65540 bytes of user data in base64, and azure takes at most 65536"],
  ] as const)("user data on %s: to the last byte, and no further", (cloud, most, message) => {
    expect(refused(cloud, most)).toEqual([]);
    expect(refused(cloud, most + 1)).toEqual([
      `prod/web machine.boot: ${message}; put what is long into settings, which machines read outside user data, or into the image`,
    ]);
  });

  test("each cloud that a service runs on is named", () => {
    const everywhere = lines(serviceWith((service) => (service.machine = { boot: long(60, 1000) })));
    expect(everywhere).toEqual([expect.stringMatching(/and aws takes/), expect.stringMatching(/and azure takes/)]);
  });

  test("settings of all services in one project of Google Cloud", () => {
    const settings = (count: number) =>
      lines(
        fleetWith(({ environments: [environment] }) => {
          environment!.services = ["web", "api"].map((name) => ({
            ...environment!.services[0]!,
            name,
            settings: long(count, 1000),
          }));
        }),
      );
    expect(settings(250)).toEqual([]);
    expect(settings(260)).toEqual([
      expect.stringMatching(
        /^prod\/web settings: and those of other services make \d+ bytes of metadata in the project example-prod/,
      ),
      expect.stringMatching(/^prod\/api settings: /),
    ]);
  });

  test("people whom an alarm tells on Google Cloud", () => {
    const emails = (count: number) =>
      lines(
        fleetWith(({ environments: [environment] }) => {
          for (const placement of environment!.placements)
            placement.logs = { alarmEmails: Array.from({ length: count }, (_, index) => `p${index}@example.com`) };
        }),
      );
    expect(emails(16)).toEqual([]);
    expect(emails(17)).toEqual([
      "prod/google-us-central1 logs.alarmEmails: may have at most 16 entries on Google Cloud, got 17; use the address of a group",
    ]);
  });
});
