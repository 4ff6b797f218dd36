import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { parityCommand } from "../../cli/parity";
import { PROJECT } from "../../cli/project-copy";
import { fleetSchema } from "../../constructs/contract/spec";
import { fleet as example } from "../../fleet";
import { WANTED } from "../../operations/parity/wanted";
import type { Draft } from "../support/fleet";
import { fleetCommand } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-parity-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Environment = Draft["environments"][number];

const environment = (name: string, account: string, cidr: string): Environment => ({
  name,
  backend: { kind: "s3", bucket: `${name}-state`, region: "us-east-1" },
  placements: [{ cloud: "aws", account, region: "us-east-1", cidr, zones: ["us-east-1a", "us-east-1b"] }],
  services: [
    { name: "web", image: "web", strategy: "replace", port: 8080, health: { path: "/healthz" }, capacity: { min: 2, max: 10 } },
    { name: "api", image: "web", strategy: "canary", port: 8080, health: { path: "/healthz" }, capacity: { min: 2, max: 10 } },
  ],
}); // prettier-ignore

/** Two environments that differ only as they should, changed by `edit`. */
function twins(edit: (staging: Environment) => void = () => undefined): { environments: Environment[] } {
  const staging = environment("staging", "222222222222", "10.50.0.0/16");
  staging.services[0]!.capacity = { min: 1, max: 2 };
  edit(staging);
  return { environments: [staging, environment("prod", "111111111111", "10.10.0.0/16")] };
}

function release(env: string, service: string, content: unknown): void {
  mkdirSync(join(folder, env), { recursive: true });
  writeFileSync(join(folder, env, `${service}.json`), JSON.stringify(content));
}
const canary = (blue: string | null, green: string | null, share: number) => ({
  slots: { blue: blue && { version: blue }, green: green && { version: green } },
  traffic: { blue: share, green: 100 - share },
});
beforeEach(() => {
  for (const env of ["staging", "prod"]) release(env, "web", { slots: { live: { version: "1.0.0" } } });
  // The same version in another colour is the same.
  release("staging", "api", canary("1.0.0", null, 100));
  release("prod", "api", canary(null, "1.0.0", 0));
});

const run = async (fleet: unknown, ...args: readonly string[]) => {
  const { code, out, err } = await fleetCommand(parityCommand(fleet), "--releases", folder, ...args);
  return { code, out, err };
};
/** Paths of what is not meant. */
const unwanted = async (fleet: unknown) => {
  const { out } = await run(fleet, "--json");
  const { differences } = JSON.parse(out) as { differences: { path: string; wanted?: string }[] };
  return differences.filter(({ wanted }) => wanted === undefined).map(({ path }) => path);
};

test("twins differ only in what is meant", async () => {
  const { code, out } = await run(twins());
  expect(code).toBe(0);
  expect(out).toMatch(/^staging and prod: 0 differences that nobody meant, \d meant\n/);
  expect(out).toMatch(/placements\.aws\.account +222222222222 +111111111111 +an account of its own/);
});

type Edit = (staging: Environment) => void;
const service: (change: object) => Edit = (change) => (staging) => void Object.assign(staging.services[0]!, change);

test.each<[string, Edit, string[]]>([
  ["a machine type", service({ machine: { aws: { type: "t3.nano" } } }), ["services.web.machine.aws.type"]],
  ["a health check", service({ health: { path: "/" } }), ["services.web.health.path"]],
  ["a strategy", service({ machine: { diskGb: 64 } }), ["services.web.machine.diskGb"]],
  ["rollout", service({ rollout: { keepPreviousSec: 0 } }), ["services.web.rollout.keepPreviousSec"]],
  ["scaling", service({ capacity: { min: 1, max: 2, cpuTargetPercent: 80 } }), ["services.web.capacity.cpuTargetPercent"]],
  ["a boot setting that one lacks", service({ machine: { boot: { LEVEL: "x" } } }), ["services.web.machine.boot.LEVEL"]],
  ["a missing service", (staging) => void staging.services.pop(), ["releases.api", "services.api"]],
  ["an unencrypted entry", service({ traffic: { exposure: "public", certificates: { "aws-us-east-1": "arn:aws:acm:us-east-1:222222222222:certificate/x" } } }), ["services.web.traffic.certificates.aws", "services.web.traffic.exposure"]],
  ["fewer zones", (staging) => void staging.placements[0]!.zones.push("us-east-1c"), ["placements.aws.zoneCount"]],
  ["another cloud", (staging) => void staging.placements.push({ cloud: "google", project: "example-x", region: "us-central1", cidr: "10.60.0.0/16", zones: ["us-central1-a"] }), ["placements.google", "services.api.clouds", "services.web.clouds"]],
])("%s is not meant", async (_name, edit, paths) => expect(await unwanted(twins(edit))).toEqual(paths)); // prettier-ignore

const WEST = { region: "us-west-2", cidr: "10.60.0.0/16", zones: ["us-west-2a", "us-west-2b"] };
const west = ({ placements: [first] }: Environment, change: object = {}) => ({ ...first!, ...WEST, ...change }) as Environment["placements"][number]; // prettier-ignore

test("a second region, and a value of its own where both have one, are meant", async () => {
  const fleet = twins((staging) => {
    staging.placements.push(west(staging));
    staging.services[0]!.machine = { boot: { LEVEL: "debug" } };
  });
  fleet.environments[1]!.services[0]!.machine = { boot: { LEVEL: "info" } };
  expect(await unwanted(fleet)).toEqual([]);
  expect((await run(fleet)).out).toMatch(/placements\.aws\.regionCount +2 +1 +how many regions is a matter of size/);
});

test("a second region is made like the first of the other environment, or like its own counterpart", async () => {
  const only = twins();
  only.environments[1]!.placements.push(west(only.environments[1]!, { logs: { retentionDays: 30 } }));
  expect(await unwanted(only)).toEqual(["placements.aws-us-west-2.logs.retentionDays"]);
  expect((await run(only)).out).not.toContain("placements.aws-us-west-2.cidr");

  const both = twins((staging) => staging.placements.push(west(staging, { persistent: { objects: {} } })));
  const [, prod] = both.environments;
  prod!.placements.push(
    west(prod!, { region: "eu-west-1", cidr: "10.80.0.0/16", zones: ["eu-west-1a", "eu-west-1b"] }),
  );
  expect(await unwanted(both)).toEqual(["placements.aws-eu-west-1.persistent"]);
  expect((await run(both)).out).toMatch(
    /placements\.aws-eu-west-1\.cidr +10\.60\.0\.0\/16 +10\.80\.0\.0\/16 +a network of its own/,
  );
});

test("a way in for people is no difference that anybody means, in whatever slot", async () => {
  const breakGlass = { until: "2026-11-21T18:00:00Z", reason: "INC-42" };
  release("staging", "web", { slots: { live: { version: "1.0.0", breakGlass } } });
  release("staging", "api", { ...canary("1.0.0", "1.1.0", 100), slots: { blue: { version: "1.0.0" }, green: { version: "1.0.0", breakGlass } } });
  expect(await unwanted(twins())).toEqual(["releases.api.breakGlass", "releases.web.breakGlass"]);
}); // prettier-ignore

test("certificates are compared by cloud: one that a region lacks is not meant", async () => {
  const acm = (account: string, region: string) => ({ [`aws-${region}`]: `arn:aws:acm:${region}:${account}:certificate/x` });
  const fleet = twins(({ services }) => (services[0]!.traffic = { certificates: acm("222222222222", "us-east-1") }));
  const [, prod] = fleet.environments;
  prod!.placements.push(west(prod!));
  const first = acm("111111111111", "us-east-1");
  prod!.services[0]!.traffic = { certificates: { ...first, ...acm("111111111111", "us-west-2") } };
  expect(await unwanted(fleet)).toEqual([]);
  prod!.services[0]!.traffic = { certificates: first };
  expect(await unwanted(fleet)).toEqual(["services.web.traffic.certificates.aws"]);
}); // prettier-ignore

test("versions that traffic reaches are compared, epochs may differ", async () => {
  release("staging", "web", { slots: { live: { version: "1.1.0", epoch: "2026-11-21" } } });
  release("staging", "api", canary("1.0.0", "1.1.0", 75));
  const { code, out } = await run(twins());
  expect(code).toBe(2);
  expect(await unwanted(twins())).toEqual(["releases.api.candidate", "releases.web.version"]);
  expect(out).toMatch(/releases\.web\.epoch +2026-11-21 +"" +each environment renews/);
});

test("the environments of the example differ in nothing that nobody meant, as docs/operations.md shows", async () => {
  const { code, out } = await fleetCommand(parityCommand(example), "--releases", join(PROJECT, "releases"));
  expect(code).toBe(0);
  expect(readFileSync(join(PROJECT, "docs/operations.md"), "utf8")).toContain(`$ npx fleet parity\n${out}\`\`\``);
});

test("says when there is nothing to compare, or more than two to choose from", async () => {
  const { environments } = twins();
  const alone = await run({ environments: environments.slice(1) });
  expect([alone.code, alone.err]).toEqual([1, "fleet: has one environment, prod: there is nothing to compare; add another to fleet.ts\n"]); // prettier-ignore
  const three = { environments: [...environments, { ...environment("dev", "333333333333", "10.70.0.0/16") }] };
  expect((await run(three)).err).toBe("parity: needs two environments of staging, prod, dev, got none\n");
  expect((await run(three, "prod", "nope")).err).toBe('environment: must be one of staging, prod, dev, got "nope"\n');
  expect((await run(three, "prod", "prod")).err).toBe("parity: needs two environments, got prod twice\n");
  expect((await run(three, "prod", "staging")).code).toBe(0);
});

test("a release that cannot be read is an error", async () => {
  rmSync(join(folder, "prod", "web.json"));
  const { code, err } = await run(twins());
  expect([code, err]).toEqual([1, expect.stringMatching(/prod\/web.json: is missing; create it/)]);
});

/** The part of the fleet's schema that a path names; undefined when there is none. */
function partOf(schema: unknown, [step, ...rest]: readonly string[]): unknown {
  const { properties, additionalProperties, items, anyOf, oneOf } = (schema ?? {}) as Record<string, never>;
  const forms = (anyOf ?? oneOf) as unknown[] | undefined;
  if (forms) return forms.map((form) => partOf(form, [step!, ...rest])).find((found) => found !== undefined);
  const found = step === "*" && items ? items : (properties?.[step!] ?? (step === "*" ? (additionalProperties ?? firstOf(properties)) : undefined)); // prettier-ignore
  return found === undefined || rest.length === 0 ? found : partOf(found, rest);
}
const firstOf = (properties: Record<string, unknown> | undefined) => Object.values(properties ?? {})[0];

test("every row of the table names a prop that fleet.ts or a release has", () => {
  const { properties } = z.toJSONSchema(fleetSchema, { unrepresentable: "any" }) as unknown as { properties: never };
  const environmentSchema = partOf({ properties }, ["environments", "*"]);
  const declared = WANTED.map(({ path }) => path).filter((path) => !path.startsWith("releases."));
  // How many regions a cloud has is counted, not declared; a machine's own settings stand under the cloud that has them.
  const wrong = declared.filter(
    (path) =>
      path !== "placements.*.regionCount" &&
      partOf(environmentSchema, path.replace("machine.*", "machine.aws").split(".")) === undefined,
  );
  expect(wrong).toEqual([]);
});
