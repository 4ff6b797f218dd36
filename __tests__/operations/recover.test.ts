import { existsSync } from "node:fs";
import { join } from "node:path";
import { recoverCommand } from "../../cli/recover";
import { resolveFleet } from "../../constructs/contract/validate";
import { destinationOf, freeRange, propose } from "../../operations/recovery/destination";
import type { RecoveryPlan } from "../../operations/recovery/plan";
import { fleetWith, type Draft } from "../support/fleet";
import { fleetCommand, Lab } from "./lab";

const NOW = "2026-11-21T00:00:00Z";
const FROM = ["prod-foundation-aws-us-east-1", "prod-web-aws-us-east-1"] as const;
const COPIED = "ami-0c0ffee0c0ffee0c0";

/** One service on AWS alone, beside a bucket that keeps data. */
const onAws = fleetWith((draft) => {
  const { placements } = draft.environments[0]!;
  placements.splice(1);
  placements[0]!.persistent = { objects: {} };
});
const edited = (edit: (environment: Draft["environments"][number]) => void): Draft => {
  const draft = structuredClone(onAws);
  edit(draft.environments[0]!);
  return draft;
};

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(onAws);
});
afterAll(() => lab.stop());

const recover = async (fleet: unknown, ...args: readonly string[]) => {
  const folders = ["--catalog", join(lab.workspace.folder, "images/catalog"), "--releases", join(lab.workspace.folder, "releases")]; // prettier-ignore
  return fleetCommand(recoverCommand(fleet), "plan", ...folders, "--now", NOW, ...args);
};
const planned = async (fleet: unknown, ...args: readonly string[]) => {
  const { code, out, err } = await recover(fleet, "--json", ...args);
  return { code, err, plan: JSON.parse(out || "null") as RecoveryPlan };
};

test("drill: a region is lost, and the same version serves in another one from images and catalog alone", async () => {
  await lab.deploy(...FROM);
  const [before] = lab.cloud.list().groups;
  expect(before).toMatchObject({ region: "us-east-1", healthy: 2, image: "ami-5aae54eb180ebd2b6" });

  await lab.attach();
  expect(lab.cloud.list().groups).toEqual([]);
  expect(existsSync(join(lab.cloud.env.FLEET_STATE_DIR!, `${FROM[1]}.tfstate`))).toBe(false);

  const first = await planned(onAws, "--to", "aws-us-west-2");
  expect([first.code, first.plan.missing]).toEqual([2, ["image web 1.0.0 x86_64 is not in aws-us-west-2"]]);
  const [image] = first.plan.images;
  expect(image!.copy[0]).toBe(
    "aws ec2 copy-image --region us-west-2 --source-region us-east-1 --source-image-id ami-5aae54eb180ebd2b6 --name web-1.0.0 --encrypted --copy-image-tags",
  );
  expect(first.plan.rehearsal).toMatchObject({
    problems: [],
    stacks: [{ others: [] }, { others: [] }, { others: [] }],
  });

  lab.workspace.edit("images/catalog/web/1.0.0.json", (record: { artifacts: object[] }) => {
    record.artifacts.push({ ...image!.add, id: COPIED });
  });
  const ready = await planned(onAws, "--to", "aws-us-west-2");
  expect([ready.code, ready.plan.result, ready.plan.missing]).toEqual([0, "ready", []]);
  const stacks = ready.plan.rehearsal.stacks.map(({ stack }) => stack);
  expect(stacks).toEqual(["prod-foundation-aws-us-west-2", "prod-persistent-aws-us-west-2", "prod-web-aws-us-west-2"]);
  expect(ready.plan.rehearsal.stacks.every(({ creates }) => creates > 5)).toBe(true);

  lab.workspace.synth(edited(({ placements }) => placements.push(ready.plan.placement as never)));
  await lab.deploy(...stacks);
  const { groups, traffic } = lab.cloud.list();
  expect(groups).toMatchObject([{ region: "us-west-2", healthy: 2, image: COPIED }]);
  expect(groups[0]!.name).toMatch(/^web-1-0-0-/);
  expect(traffic.map(({ group }) => group)).toContain(groups[0]!.name);
}, 180_000);

test("a placement that keeps data says where the data comes from; a revoked image cannot be released there", async () => {
  lab.workspace.edit("images/catalog/web/1.0.0.json", (record: { lifecycle: object }) => {
    record.lifecycle = { state: "revoked", since: NOW, by: "somebody", reason: "CVE-2026-1234" };
  });
  const keeps = edited(({ placements, services }) => {
    Object.assign(placements[0]!, { persistent: { database: {}, objects: {} } });
    Object.assign(services[0]!, { traffic: { exposure: "public", certificates: { aws: "arn:aws:acm:us-east-1:111111111111:certificate/x" } } }); // prettier-ignore
  });
  const { code, plan } = await planned(keeps, "--to", "aws-us-west-2");
  expect(code).toBe(2);
  expect(plan.data.map(({ part }) => part)).toEqual(["database", "objects"]);
  expect(plan.data[0]!.commands[0]).toContain("aws rds copy-db-snapshot --region us-west-2 --source-region us-east-1");
  expect(plan.missing).toEqual([
    "prod/web traffic.certificates.aws names us-east-1: arn:aws:acm:us-east-1:111111111111:certificate/x; it is not good in us-west-2",
    expect.stringContaining("web 1.0.0 is revoked on 2026-11-21T00:00:00Z: CVE-2026-1234"),
  ]);
  expect(plan.steps.map(({ title }) => title)).toContain("Deploy the persistent store, and fill it before anything uses it"); // prettier-ignore
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

test.each([
  [["--to", "us-west-2"], '--to: must be <cloud>-<region> such as aws-us-west-2, got "us-west-2"\n'],
  [[], "--to: is needed; --help says what it means\n"],
  [["--to", "aws-us-east-1"], "--to: every service of prod runs in aws-us-east-1 already; name another region\n"],
  [["--to", "aws-us-west-2", "--service", "shop"], '--service: must be one of web, got "shop"\n'],
  [["--to", "aws-us-west-2", "--environment", "dev"], '--environment: must be one of prod, got "dev"\n'],
  [["--to", "google-us-central1"], "--account: is needed: no placement on google says which project to use\n"],
  [["--to", "aws-us-west-2", "--zones", "a"], /^prod\/aws-us-west-2 zones: needs at least 2 entries/],
])("refuses %j", async (args, message) => {
  const { code, err, out } = await recover(onAws, ...args);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
});
