import { App } from "cdktf";
import fc from "fast-check";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { namesIn, nameProblems, NAME_LIMITS, VERSION_LIMIT } from "../../constructs/contract/name-limits";
import { fitted } from "../../constructs/contract/names";
import type { SynthesizedResource } from "../../constructs/contract/planes";
import { groupName } from "../../constructs/contract/release";
import { resolveFleet, validate } from "../../constructs/contract/validate";
import { buildStacks } from "../../stacks";
import { fleetWith, type ServiceDraft } from "../support/fleet";
import { newFolder } from "../support/synth";

const ENVIRONMENT = "production";
const SERVICES = ["customer-orders-apis", "customer-orders-apit", "customer-orders-apiu"];
const LONGEST = "S".repeat(64);
const word = (length: number) => "x".repeat(length);

/** Everything that can be named, with the longest names that pass. */
const longest = () =>
  fleetWith(({ environments: [environment] }) => {
    environment!.name = ENVIRONMENT;
    for (const placement of environment!.placements) {
      Object.assign(placement, {
        logs: { alarmEmails: ["on-call@example.com"] },
        persistent: {
          database: placement.cloud === "google" ? { type: "db-c4a-highmem-4" } : {},
          objects: {},
          files: {},
        },
        ...{
          aws: { region: `us-${word(25)}-1`, zones: ["a", "b"].map((zone) => `us-${word(25)}-1${zone}`) },
          google: {
            project: word(30),
            region: `${word(14)}-${word(14)}1`,
            zones: [`${word(14)}-${word(14)}1-a`],
          },
          azure: { location: word(30) },
        }[placement.cloud],
      });
      if (placement.cloud !== "azure") delete placement.encryptionKey;
    }
    const [web] = environment!.services;
    environment!.services = (["replace", "blueGreen", "canary"] as const).map(
      (strategy, index): ServiceDraft => ({
        ...web!,
        name: SERVICES[index]!,
        strategy,
        port: 65535,
        settings: { [LONGEST]: "x" },
        secrets: [LONGEST],
        uses: { database: true, objects: "write", files: true },
        traffic:
          strategy === "canary"
            ? {
                exposure: "public",
                certificates: {
                  [`aws-us-${word(25)}-1`]: `arn:aws:acm:us-${word(25)}-1:111111111111:certificate/6b1c3d52-0000-0000-0000-000000000000`,
                  [`google-${word(14)}-${word(14)}1`]: `projects/${word(30)}/locations/${word(14)}-${word(14)}1/certificates/web`,
                },
              }
            : {},
      }),
    );
  });

/** The API that answers for a type: https://cloud.google.com/service-usage/docs/enabled-service, by the provider's own folders. */
const API_OF: readonly (readonly [RegExp, string])[] = [
  [/^google_compute_/, "compute"],
  [/^google_service_account/, "iam"],
  [/^google_project_iam_/, "cloudresourcemanager"],
  [/^google_storage_/, "storage"],
  [/^google_sql_/, "sqladmin"],
  [/^google_filestore_/, "file"],
  [/^google_service_networking_/, "servicenetworking"],
  [/^google_dns_/, "dns"],
  [/^google_secret_manager_/, "secretmanager"],
  [/^google_logging_/, "logging"],
  [/^google_monitoring_/, "monitoring"],
];

describe("the longest names of every resource on three clouds", () => {
  const outdir = newFolder();
  afterAll(() => rmSync(outdir, { recursive: true }));
  let resources: SynthesizedResource[];
  /** Types of resources and data sources. */
  const everyType: string[] = [];
  beforeAll(() => {
    const app = new App({ outdir, stackTraces: false });
    buildStacks(app, resolveFleet(longest()));
    app.synth();
    resources = readdirSync(join(outdir, "stacks")).flatMap((stack) => {
      const { resource, data = {} } = JSON.parse(
        readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8"),
      ) as {
        resource: Record<string, Record<string, SynthesizedResource["block"]>>;
        data?: Record<string, unknown>;
      };
      everyType.push(...Object.keys(resource), ...Object.keys(data));
      return Object.entries(resource).flatMap(([type, blocks]) =>
        Object.entries(blocks).map(([name, block]) => ({ type, name, block })),
      );
    });
  });

  test("README enables the APIs of every type that a stack on Google Cloud has, and no other", () => {
    const types = [...new Set(everyType)].filter((type) => type.startsWith("google_"));
    const apis = types.map((type) => API_OF.find(([form]) => form.test(type))?.[1] ?? `none for ${type}`);
    const readme = readFileSync(join(__dirname, "../../README.md"), "utf8");
    const [, enabled = ""] = /gcloud services enable ((?:[\w.]+|[\s\\])+)\n/.exec(readme) ?? [];
    const listed = [...enabled.matchAll(/([a-z]+)\.googleapis\.com/g)].map(([, api]) => api);
    expect(listed).toEqual([...new Set(apis)].sort());
  });

  test("a series without persistent disks has a database on Hyperdisk", () => {
    const [server] = resources.filter(({ type }) => type === "google_sql_database_instance");
    expect(server?.block.settings).toMatchObject({ disk_type: "HYPERDISK_BALANCED", edition: "ENTERPRISE_PLUS" });
  });

  test("have a limit", () => {
    const named = ({ block }: SynthesizedResource) => typeof (block.name ?? block.name_prefix) === "string";
    const types = [...new Set(resources.filter(named).map(({ type }) => type))];
    // A database user is named by an expression, and bounded where the service account is.
    expect(types.filter((type) => !(type in NAME_LIMITS) && type !== "google_sql_user")).toEqual([]);
    expect(types.length).toBeGreaterThan(60);
  });

  test("fit", () => {
    expect(resources.flatMap(namesIn).length).toBeGreaterThan(150);
    expect(nameProblems("stack", resources)).toEqual([]);
  });

  test("fit where PostgreSQL knows machines by the service account's name", () => {
    const accounts = resources.filter(({ type }) => type === "google_service_account");
    expect(accounts.length).toBe(SERVICES.length);
    for (const { block } of accounts)
      expect(`${String(block.account_id)}@${word(30)}.iam`.length).toBeLessThanOrEqual(63);
  });

  test("fit where machines are named after their group", () => {
    const version = "9.9.".padEnd(VERSION_LIMIT, "9");
    const [service = ""] = SERVICES;
    expect(`${groupName(service, "green", version, "0123abcd")}-1a2b`.length).toBeLessThanOrEqual(63);
  });
});

test("a name that is too long is said before a cloud hears of it", () => {
  const block = { name: word(64) };
  expect(nameProblems("prod-web", [{ type: "google_compute_firewall", name: "own", block }])).toEqual([
    {
      path: "prod-web google_compute_firewall.own",
      message: expect.stringMatching(/^"x{64}" has 64 characters and may have 63; shorten/) as string,
    },
  ]);
});

test("a name stays as it is where it fits; else it is cut and stays apart from its like", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(NAME_LIMITS)),
      // Without a size, none of them is long enough to be cut.
      fc.stringMatching(/^[a-z](-?[a-z0-9]){1,140}$/, { size: "max" }),
      (type, name) => {
        const max = NAME_LIMITS[type]!;
        const made = fitted(type, name);
        expect(made.length).toBeLessThanOrEqual(max);
        expect(made === name).toBe(name.length <= max);
        if (name.length > max) expect(made).not.toBe(fitted(type, `${name}x`));
      },
    ),
  );
});

describe("words that a cloud keeps for itself", () => {
  const problems = (edit: Parameters<typeof fleetWith>[0]) => validate(fleetWith(edit));
  test.each([
    ["sg", "aws", "sg-"],
    ["internal", "aws", "internal-"],
    ["aws", "aws", "aws or ssm"],
    ["awsprod", "aws", "aws or ssm"],
    ["ssm1", "aws", "aws or ssm"],
    ["sthree", "aws", "sthree-"],
    ["ec2", "aws", "hide"],
    ["google", "google", "metadata"],
    ["g00gle", "google", "misspelling"],
    ["goog1", "google", "Google's own"],
    ["azure", "azure", "trademark"],
    ["office", "azure", "trademark"],
    ["login1", "azure", "login"],
    ["mswindows", "azure", "windows"],
  ])("environment %s on %s", (name, cloud, why) => {
    const named = problems(({ environments: [environment] }) => (environment!.name = name));
    expect(named).toContainEqual({
      path: `${name} name`,
      message: expect.stringMatching(`^"${name}" is refused on ${cloud}: .*${why}.*https://.*choose another name$`),
    });
    const elsewhere = problems(({ environments: [environment] }) => {
      environment!.name = name;
      environment!.placements = environment!.placements.filter((placement) => placement.cloud !== cloud);
    });
    expect(elsewhere.filter(({ message }) => message.includes(`refused on ${cloud}`))).toEqual([]);
  });

  test("a service and a project", () => {
    const found = problems(({ environments: [environment] }) => {
      environment!.services[0]!.name = "windows-feed";
      Object.assign(environment!.placements.find(({ cloud }) => cloud === "google")!, { project: "my-google-apps" });
    });
    expect(found.map(({ path }) => path)).toEqual(["prod/google-us-central1 project", "prod/windows-feed name"]);
  });

  test("words that only sound like it pass", () => {
    for (const name of ["sgp", "internal1", "prod", "default", "loggin", "east"])
      expect(problems(({ environments: [environment] }) => (environment!.name = name))).toEqual([]);
    expect(problems(({ environments: [environment] }) => (environment!.services[0]!.name = "login"))).toEqual([]);
  });
});
