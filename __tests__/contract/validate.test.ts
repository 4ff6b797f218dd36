import { validate, resolveFleet } from "../../constructs/contract/validate";
import { fleet } from "../../fleet";
import { fleetWith, serviceWith, type Draft, type ServiceDraft } from "../support/fleet";

const ACM = "arn:aws:acm:us-east-1:111111111111:certificate/6b1c3d52-0000-0000-0000-000000000000";

const lines = (input: unknown) => validate(input).map(({ path, message }) => `${path}: ${message}`);

test("the example fleet has no problem", () => {
  expect(validate(fleet)).toEqual([]);
});

test("defaults are filled in", () => {
  const service = resolveFleet(fleet).environments.at(-1)!.services[0]!;
  expect(service.capacity.cpuTargetPercent).toBe(60);
  expect(service.traffic).toEqual({ exposure: "internal", certificates: {}, drainSec: 60 });
  expect(service.machine.aws.metadataHopLimit).toBe(1);
});

describe("fails with the path of the prop, what is allowed and the value", () => {
  const cases: [string, (service: ServiceDraft) => void, string][] = [
    [
      "limits crossed",
      (s) => (s.capacity = { min: 3, max: 2 }),
      "prod/web capacity.max: must be at least capacity.min (3), got 2",
    ],
    ["too few machines", (s) => (s.capacity.min = 0), "prod/web capacity.min: must be at least 1, got 0"],
    ["half a machine", (s) => (s.capacity.min = 1.5), "prod/web capacity.min: must be a whole number, got 1.5"],
    ["a port out of range", (s) => (s.port = 70000), "prod/web port: must be at most 65535, got 70000"],
    [
      "a health path with a query",
      (s) => (s.health.path = "/h?x=1"),
      'prod/web health.path: must be a path such as /healthz, without query or spaces, got "/h?x=1"',
    ],
    ["a misspelt prop", (s) => Object.assign(s, { helth: {} }), 'prod/web: does not know "helth"; check the spelling'],
    [
      "a prop left out",
      (s) => delete (s as Partial<ServiceDraft>).port,
      "prod/web port: must be of type number, got nothing",
    ],
    [
      "an unknown strategy",
      (s) => Object.assign(s, { strategy: "rolling" }),
      'prod/web strategy: must be one of "replace", "blueGreen", "canary", got "rolling"',
    ],
    [
      "a placement that is not there",
      (s) => (s.placements = ["aws-eu-west-1"]),
      'prod/web placements: must be among "aws-us-east-1", "google-us-central1", "azure-westeurope", got "aws-eu-west-1"',
    ],
    [
      "an interpolation in a boot setting",
      (s) => (s.machine = { boot: { A: "${var.x}" } }),
      'prod/web machine.boot.A: must be one line of printable ASCII without ${ or %{, got "${var.x}"',
    ],
    [
      "a container by tag",
      (s) => (s.machine = { boot: { CONTAINER: "example/web:latest" } }),
      'prod/web machine.boot.CONTAINER: must name a container by digest, as name@sha256:<64 hex digits>, got "example/web:latest"; a tag moves',
    ],
    [
      "a boot setting with a bad name",
      (s) => (s.machine = { boot: { "a b": "1" } }),
      "prod/web machine.boot.a b: has a name that is not allowed: names must be upper-case names such as LOG_LEVEL",
    ],
    [
      "public traffic in clear text",
      (s) => (s.traffic = { exposure: "public" }),
      'prod/web traffic.certificates.aws-us-east-1: public traffic needs a certificate; name one or set traffic.exposure to "internal"',
    ],
    [
      "a certificate of another region",
      (s) => (s.traffic = { certificates: { "aws-us-east-1": ACM.replace("us-east-1", "us-west-2") } }),
      `prod/web traffic.certificates.aws-us-east-1: must be the ARN of an ACM certificate in us-east-1, got "${ACM.replace("us-east-1", "us-west-2")}"`,
    ],
    [
      "a certificate of another cloud",
      (s) => (s.traffic = { certificates: { "google-us-central1": ACM } }),
      `prod/web traffic.certificates.google-us-central1: must be projects/P/locations/us-central1/certificates/NAME, got "${ACM}"`,
    ],
    [
      "a certificate for a whole cloud",
      (s) => (s.traffic = { certificates: { aws: ACM } }),
      "prod/web traffic.certificates.aws: names no placement of the environment; must be one of aws-us-east-1, google-us-central1",
    ],
    [
      "a certificate on Azure",
      (s) => (s.traffic = { certificates: { "azure-westeurope": "x" } }),
      "prod/web traffic.certificates.azure-westeurope: is not used: Azure's entry passes TCP on and the machines end TLS; leave it out",
    ],
    [
      "a certificate that is no text",
      (s) => Object.assign(s, { traffic: { certificates: { "aws-us-east-1": 7 } } }),
      "prod/web traffic.certificates.aws-us-east-1: must be of type string, got 7",
    ],
    [
      "the name of the network stack",
      (s) => (s.name = "foundation"),
      'prod/foundation name: "foundation" is taken by the placement itself; choose another name',
    ],
    [
      "steps of a strategy that has none",
      (s) => (s.rollout = { steps: [{ weight: 100 }] }),
      'prod/web rollout.steps: strategy "replace" moves in one step; leave them out, or use "blueGreen" or "canary"',
    ],
    [
      "what every machine is told anyway",
      (s) => (s.machine = { boot: { SERVICE: "other" } }),
      "prod/web machine.boot.SERVICE: is set by the fleet; choose another name",
    ],
    [
      "a database that no placement has",
      (s) => (s.uses = { database: true }),
      "prod/web uses.database: aws-us-east-1 has no database; add persistent.database to the placement, or leave it out of placements",
    ],
    [
      "a setting of two lines",
      (s) => (s.settings = { MOTD: "one\ntwo" }),
      'prod/web settings.MOTD: must be one line of printable ASCII without ${ or %{, got "one\\ntwo"',
    ],
  ];
  test.each([[[{ weight: 20 }]], [[]], [[{ weight: 50 }, { weight: 20 }]]])(
    "of steps %j that replace has no use for, that alone is said",
    (steps) => {
      expect(lines(serviceWith((s) => (s.rollout = { steps })))).toEqual([
        'prod/web rollout.steps: strategy "replace" moves in one step; leave them out, or use "blueGreen" or "canary"',
      ]);
    },
  );

  test.each(cases)("%s", (_name, edit, expected) => {
    expect(lines(serviceWith(edit))).toContain(expected);
  });

  const placements: [string, (draft: Draft) => void, string][] = [
    [
      "a zone of another region",
      (d) => (d.environments[0]!.placements[0]!.zones = ["us-west-2a", "us-east-1b"]),
      'prod/aws-us-east-1 zones[0]: must be a zone of us-east-1 such as "us-east-1a", got "us-west-2a"',
    ],
    [
      "one zone on AWS",
      (d) => (d.environments[0]!.placements[0]!.zones = ["us-east-1a"]),
      'prod/aws-us-east-1 zones: needs at least 2 entries, got ["us-east-1a"]',
    ],
    [
      "a network too small",
      (d) => (d.environments[0]!.placements[1]!.cidr = "10.0.0.0/24"),
      'prod/google-us-central1 cidr: must be a prefix length from /12 to /20, got "10.0.0.0/24"',
    ],
    [
      "a range that begins within its network",
      (d) => (d.environments[0]!.placements[1]!.cidr = "10.40.17.1/20"),
      'prod/google-us-central1 cidr: must begin a network, as 10.40.16.0/20 does, got "10.40.17.1/20"',
    ],
    [
      "an account that is none",
      (d) => Object.assign(d.environments[0]!.placements[0]!, { account: "prod" }),
      'prod/aws-us-east-1 account: must be an AWS account id of 12 digits, got "prod"',
    ],
    [
      "two environments of one name",
      (d) => d.environments.push(d.environments[0]!),
      'fleet: environment "prod" is there twice; give each its own',
    ],
    [
      "a placement twice",
      (d) => d.environments[0]!.placements.push(d.environments[0]!.placements[0]!),
      'prod: placement "aws-us-east-1" is there twice; give each its own',
    ],
    [
      "an unknown backend",
      (d) => Object.assign(d.environments[0]!, { backend: { kind: "ftp" } }),
      'prod backend.kind: must name a known kind, got "ftp"',
    ],
  ];
  test.each(placements)("%s", (_name, edit, expected) => {
    expect(lines(fleetWith(edit))).toContain(expected);
  });

  test.each([[undefined], [null], [42], [{}], [{ environments: [null] }], [{ environments: [{ services: "web" }] }]])(
    "no fleet at all: %j",
    (input) => {
      expect(validate(input).length).toBeGreaterThan(0);
    },
  );
});

test("public traffic needs a certificate in each placement that ends TLS, and where the service runs", () => {
  const west = { cloud: "aws", account: "111111111111", region: "us-west-2", cidr: "10.40.0.0/16", zones: ["us-west-2a", "us-west-2b"] } as const; // prettier-ignore
  const open = (placements: string[], certificates: Record<string, string>) =>
    lines(
      fleetWith(({ environments: [environment] }) => {
        environment!.placements.push({ ...west, zones: [...west.zones] });
        Object.assign(environment!.services[0]!, { placements, traffic: { exposure: "public", certificates } });
      }),
    );
  const both = { "aws-us-east-1": ACM, "aws-us-west-2": ACM.replace("us-east-1", "us-west-2") };
  expect(open(["aws-us-east-1", "aws-us-west-2", "azure-westeurope"], both)).toEqual([]);
  expect(open(["aws-us-east-1", "aws-us-west-2"], { "aws-us-east-1": ACM })).toEqual([
    'prod/web traffic.certificates.aws-us-west-2: public traffic needs a certificate; name one or set traffic.exposure to "internal"',
  ]);
  // One for a placement that the service is about to move to is no mistake.
  expect(open(["aws-us-east-1"], both)).toEqual([]);
});

test("all problems come at once, also those between entries", () => {
  const broken = fleetWith((draft) => {
    const environment = draft.environments[0]!;
    const web = environment.services[0]!;
    environment.services.push({ ...web, capacity: { min: 5, max: 1 }, port: 0 });
    environment.placements[2]!.zones = ["4"];
  });
  expect(lines(broken)).toEqual([
    "prod/web port: must be at least 1, got 0",
    "prod/web capacity.max: must be at least capacity.min (5), got 1",
    'prod: service "web" is there twice; give each its own',
    'prod/azure-westeurope zones[0]: must be a zone of westeurope such as "1", got "4"',
  ]);
});

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
  // ENVIRONMENT=prod and SERVICE=web take 29 bytes with their line ends, another name and its sign 4 to 6.
  const bootOf = (bytes: number) => {
    const full = long(Math.floor((bytes - 29) / 1006), 1000);
    const used = 29 + Object.keys(full).reduce((sum, name) => sum + name.length + 1002, 0);
    return bytes === used ? full : { ...full, ...(bytes - used > 3 ? { Z: "x".repeat(bytes - used - 3) } : {}) };
  };
  const ON = { aws: "aws-us-east-1", google: "google-us-central1", azure: "azure-westeurope" };
  const refused = (cloud: keyof typeof ON, bytes: number) =>
    lines(
      serviceWith((service) => {
        service.placements = [ON[cloud]];
        service.machine = { boot: bootOf(bytes) };
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
