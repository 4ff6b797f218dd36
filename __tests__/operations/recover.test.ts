import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../cli/project-copy";
import { recoverCommand } from "../../cli/recover";
import type { Cloud } from "../../constructs/contract/spec";
import { resolveFleet } from "../../constructs/contract/validate";
import { fleet as example } from "../../fleet";
import { destinationOf, freeRange, propose } from "../../operations/recovery/destination";
import type { RecoveryPlan } from "../../operations/recovery/plan";
import { fleetWith, type Draft, type EnvironmentDraft } from "../support/fleet";
import { fleetCommand, Lab } from "./lab";

const NOW = "2026-11-21T00:00:00Z";
const WEB_1_0_0 = "images/catalog/web/1.0.0.json";

/** One service on one cloud alone, beside a store that keeps data. */
const aloneOn = (cloud: Cloud): Draft =>
  fleetWith(({ environments: [environment] }) => {
    environment!.placements = environment!.placements.filter((one) => one.cloud === cloud);
    environment!.placements[0]!.persistent = { objects: {} };
  });
const onAws = aloneOn("aws");
const edited = (fleet: Draft, edit: (environment: EnvironmentDraft) => void): Draft => {
  const draft = structuredClone(fleet);
  edit(draft.environments[0]!);
  return draft;
};

let lab: Lab;
const inLab = (fleet: unknown) => {
  beforeAll(async () => {
    lab = await Lab.start(fleet);
  });
  afterAll(() => lab.stop());
};

const recover = async (fleet: unknown, ...args: readonly string[]) => {
  const folders = ["--catalog", join(lab.workspace.folder, "images/catalog"), "--releases", join(lab.workspace.folder, "releases")]; // prettier-ignore
  return fleetCommand(recoverCommand(fleet), "plan", ...folders, "--now", NOW, ...args);
};
const planned = async (fleet: unknown, ...args: readonly string[]) => {
  const { code, out, err } = await recover(fleet, "--json", ...args);
  return { code, err, plan: JSON.parse(out || "null") as RecoveryPlan };
};

interface Drill {
  readonly cloud: Cloud;
  readonly from: string;
  readonly to: string;
  /** What brings the image there, and its id then; nothing where it is there already. */
  readonly copy?: { readonly command: string; readonly id: string };
}

const GALLERY = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/web/versions/1.0.0"; // prettier-ignore
const DRILLS: readonly Drill[] = [
  {
    cloud: "aws",
    from: "us-east-1",
    to: "eu-west-1",
    copy: {
      command:
        "aws ec2 copy-image --region eu-west-1 --source-region us-east-1 --source-image-id ami-5aae54eb180ebd2b6 --name web-1.0.0 --encrypted --copy-image-tags",
      id: "ami-0c0ffee0c0ffee0c0",
    },
  },
  // Its images are global.
  { cloud: "google", from: "us-central1", to: "europe-west1" },
  {
    cloud: "azure",
    from: "westeurope",
    to: "northeurope",
    copy: {
      command:
        "az sig image-version update --subscription 00000000-0000-0000-0000-000000000001 --resource-group images --gallery-name fleet --gallery-image-definition web --gallery-image-version 1.0.0 --add publishingProfile.targetRegions name=northeurope regionalReplicaCount=1",
      id: GALLERY,
    },
  },
];

describe.each(DRILLS)("drill on $cloud", ({ cloud, from, to, copy }) => {
  const fleet = aloneOn(cloud);
  const stacks = (region: string, ...layers: string[]) => layers.map((layer) => `prod-${layer}-${cloud}-${region}`);
  const place = `${cloud}-${to}`;
  inLab(fleet);

  test("a region is lost, and the same version serves in another one from images and catalog alone", async () => {
    const lost = stacks(from, "foundation", "web");
    await lab.deploy(...lost);
    const [before] = lab.cloud.list().groups;
    expect(before).toMatchObject({ region: from, healthy: 2 });

    await lab.attach();
    rmSync(lab.output, { recursive: true });
    expect(lab.cloud.list().groups).toEqual([]);
    expect(existsSync(join(lab.cloud.env.FLEET_STATE_DIR!, `${lost[1]}.tfstate`))).toBe(false);

    const first = await planned(fleet, "--to", place);
    const [image] = first.plan.images;
    expect(first.plan.missing).toEqual(copy ? [`image web 1.0.0 x86_64 is not in ${place}`] : []);
    expect(first.code).toBe(copy ? 2 : 0);
    expect(image!.copy[0]).toBe(copy?.command);
    expect(first.plan.rehearsal).toMatchObject({
      problems: [],
      stacks: [{ others: [] }, { others: [] }, { others: [] }],
    });

    if (copy)
      lab.workspace.edit(WEB_1_0_0, (record: { artifacts: object[] }) => {
        record.artifacts.push({ ...image!.add, id: copy.id });
      });
    const ready = copy ? await planned(fleet, "--to", place) : first;
    expect([ready.code, ready.plan.result, ready.plan.missing]).toEqual([0, "ready", []]);
    const made = ready.plan.rehearsal.stacks.map(({ stack }) => stack);
    expect(made).toEqual(stacks(to, "foundation", "persistent", "web"));
    expect(ready.plan.rehearsal.stacks.every(({ creates }) => creates > 0)).toBe(true);

    lab.workspace.synth(edited(fleet, ({ placements }) => placements.push(ready.plan.placement as never)));
    await lab.deploy(...made);
    const { groups, traffic } = lab.cloud.list();
    expect(groups).toMatchObject([{ region: to, healthy: 2, image: copy?.id ?? before!.image }]);
    expect(groups[0]!.name).toMatch(/^web-1-0-0-/);
    expect(traffic.map(({ group }) => group)).toContain(groups[0]!.name);
  }, 180_000);

  test("when the lost region is back, both serve side by side", async () => {
    await lab.deploy(...stacks(from, "foundation", "persistent", "web"));
    expect(lab.cloud.list().groups).toMatchObject([
      { region: to, healthy: 2 },
      { region: from, healthy: 2 },
    ]);
  }, 180_000);
});

describe("what is missing", () => {
  inLab(onAws);

  test("an entry with a certificate needs one there; the plan is tried as if it had", async () => {
    const ACM = "arn:aws:acm:us-east-1:111111111111:certificate/x";
    const open = edited(onAws, ({ services }) => {
      services[0]!.traffic = { exposure: "public", certificates: { "aws-us-east-1": ACM } };
    });
    const { code, plan } = await planned(open, "--to", "aws-eu-west-1");
    expect(code).toBe(2);
    expect(plan.missing).toEqual([
      "image web 1.0.0 x86_64 is not in aws-eu-west-1",
      "prod/web traffic.certificates.aws-eu-west-1: is needed; make one in eu-west-1",
    ]);
    expect(plan.rehearsal).toMatchObject({ problems: [], stacks: [{}, {}, { others: [] }] });
    expect(plan.steps.find(({ title }) => title.startsWith("Make a certificate"))!.lines).toEqual([
      "aws acm request-certificate --region eu-west-1 --domain-name DOMAIN --validation-method DNS",
      'web: add to traffic.certificates: "aws-eu-west-1": "THE-NEW-ONE"',
    ]);
  });

  test("of two regions of a cloud, the one that is left is gone by", async () => {
    const WEST = { region: "us-west-2", cidr: "10.90.0.0/16", zones: ["us-west-2a", "us-west-2b", "us-west-2c"] };
    const two = edited(onAws, ({ placements }) => placements.push({ ...placements[0]!, ...WEST } as never));
    const { plan } = await planned(two, "--to", "aws-eu-west-1", "--from", "aws-us-west-2");
    expect(plan.images[0]!.copy[0]).toContain("--source-region us-west-2");
    expect(plan.placement).toMatchObject({ zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"], cidr: "10.91.0.0/16" });
    expect(plan.data[0]!.commands[0]).toContain("--source-region us-west-2");
    const { code, err } = await recover(two, "--to", "aws-eu-west-1", "--from", "aws-us-west-1");
    expect([code, err]).toEqual([1, '--from: must be a placement of prod on aws, one of aws-us-east-1, aws-us-west-2, got "aws-us-west-1"\n']); // prettier-ignore
  });

  test.each([
    [["--to", "us-west-2"], '--to: must be <cloud>-<region> such as aws-us-west-2, got "us-west-2"\n'],
    [[], "--to: is needed; --help says what it means\n"],
    [["--to", "aws-us-east-1"], "--to: every service of prod runs in aws-us-east-1 already; name another region\n"],
    [["--to", "aws-eu-west-1", "--service", "shop"], '--service: must be one of web, got "shop"\n'],
    [["--to", "aws-us-west-2", "--environment", "dev"], '--env: must be one of prod, got "dev"\n'],
    [["--to", "google-us-central1"], "--account: is needed: no placement on google says which project to use\n"],
    [["--to", "aws-us-west-2", "--zones", "a"], /^prod\/aws-us-west-2 zones: needs at least 2 entries/],
  ])("refuses %j", async (args, message) => {
    const { code, err, out } = await recover(onAws, ...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  test("a placement that keeps data says where the data comes from; a revoked image cannot be released there", async () => {
    lab.workspace.edit(WEB_1_0_0, (record: { lifecycle: object }) => {
      record.lifecycle = { state: "revoked", since: NOW, by: "somebody", reason: "CVE-2026-1234" };
    });
    const keeps = edited(onAws, ({ placements, services }) => {
      Object.assign(placements[0]!, { persistent: { database: {}, objects: {} } });
      services[0]!.machine = { aws: { kmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/x" } };
    });
    const { code, plan } = await planned(keeps, "--to", "aws-eu-west-1");
    expect(code).toBe(2);
    expect(plan.data.map(({ part }) => part)).toEqual(["database", "objects"]);
    expect(plan.data[0]!.commands[0]).toContain(
      "aws rds copy-db-snapshot --region eu-west-1 --source-region us-east-1",
    );
    expect(plan.missing).toEqual([
      "image web 1.0.0 x86_64 is not in aws-eu-west-1",
      "prod/web machine.aws.kmsKeyId names us-east-1: arn:aws:kms:us-east-1:111111111111:key/x; it is not good in eu-west-1",
      expect.stringContaining("web 1.0.0 is revoked on 2026-11-21T00:00:00Z: CVE-2026-1234"),
    ]);
    expect(plan.steps.map(({ title }) => title)).toContain("Deploy the persistent store, and fill it before anything uses it"); // prettier-ignore
  });
});

describe("the new placement", () => {
  const fleet = resolveFleet(fleetWith(() => undefined));
  const like = (cloud: string) =>
    fleetWith(() => undefined).environments[0]!.placements.find((one) => one.cloud === cloud);

  test("has a range that no placement uses", () => {
    expect(freeRange(fleet, "10.0.0.0/16")).toBe("10.31.0.0/16");
    const full = structuredClone(fleet);
    full.environments[0]!.placements[0]!.cidr = "10.240.0.0/12";
    expect(freeRange(full, "10.0.0.0/16")).toBe("10.0.0.0/16");
    full.environments[0]!.placements[0]!.cidr = "10.0.0.0/8";
    expect(() => freeRange(full, "10.0.0.0/16")).toThrow("--cidr: is needed: 10.0.0.0/8 has no free range");
  });

  test.each([
    ["aws-us-west-2", { account: "111111111111", region: "us-west-2", zones: ["us-west-2a", "us-west-2b"] }],
    ["aws-ap-northeast-1", { account: "111111111111", region: "ap-northeast-1", zones: ["ap-northeast-1a", "ap-northeast-1c"] }],
    ["google-europe-west1", { project: "example-prod", region: "europe-west1", zones: ["europe-west1-b", "europe-west1-c", "europe-west1-d"] }],
    ["azure-northeurope", { subscription: "00000000-0000-0000-0000-000000000001", location: "northeurope", zones: ["1", "2", "3"] }],
  ])("%s", (id, rest) => {
    const to = destinationOf(id);
    const { placement } = propose(fleet, like(to.cloud) as never, to, {});
    expect(placement).toEqual({ cloud: to.cloud, cidr: "10.31.0.0/16", ...rest });
    const added = fleetWith((draft) => draft.environments[0]!.placements.push(placement as never));
    expect(resolveFleet(added).environments[0]!.placements).toHaveLength(4);
  }); // prettier-ignore

  test("leaves out what names the old region", () => {
    const keyed = { ...like("aws"), encryptionKey: "arn:aws:kms:us-east-1:111111111111:key/x", logs: { retentionDays: 90 } };
    const { placement, leftOut } = propose(fleet, keyed as never, destinationOf("aws-us-west-2"), {});
    expect([placement.encryptionKey, placement.logs, leftOut]).toEqual([undefined, { retentionDays: 90 }, ["encryptionKey"]]);
  }); // prettier-ignore
});

test("docs/operations.md shows what is said of the example fleet", async () => {
  const line = ["plan", "--env", "prod", "--to", "aws-eu-west-1", "--service", "web"];
  const [, shown] = readFileSync(join(PROJECT, "docs/operations.md"), "utf8").split(
    `$ npx fleet recover ${line.join(" ")}\n`,
  );
  const begins = shown!.split("```")[0]!;
  const { code, out } = await fleetCommand(recoverCommand(example), ...line, "--now", NOW);
  expect([code, out.slice(0, begins.length)]).toEqual([2, begins]);
});
