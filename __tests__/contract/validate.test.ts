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
      "a zone that is named twice",
      (d) => (d.environments[0]!.placements[0]!.zones = ["us-east-1a", "us-east-1b", "us-east-1a"]),
      'prod/aws-us-east-1 zones[2]: zone "us-east-1a" is there twice',
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
