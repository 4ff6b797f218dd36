import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cloudCommands, deletionCommands, type CloudEvent } from "../../images/cloud-commands";
import type { ImageRecord } from "../../images/catalog";
import { GRAMMARS, refusals, shellWords } from "./cli-grammar";
import { record, testWith } from "./support";
import { DATA, PARTS } from "../../operations/recovery/data";
import { makeCertificate } from "../../operations/recovery/certificates";
import { CLOUDS } from "../../constructs/contract/spec";

const EVENTS: readonly CloudEvent[] = ["deprecate", "revoke", "restore", "undeprecate", "delete"];
const SINCE = "2026-11-20T12:00:00Z";
const DAY = 24 * 60 * 60 * 1000;
const lifecycles: readonly Partial<ImageRecord["lifecycle"]>[] = [
  {},
  { notAfter: "2027-06-30T00:00:00Z" },
  { notAfter: "2026-11-20T12:30:00Z" },
  { notAfter: "2026-01-01T00:00:00Z" },
];
const MANAGED = "/subscriptions/0000/resourceGroups/my group/providers/Microsoft.Compute/images/web";
const records = lifecycles.flatMap((more) => {
  const one = record("web", "1.2.0", { lifecycle: { since: SINCE, ...more } });
  const old = { ...one, artifacts: [{ cloud: "azure", region: "westeurope", arch: "x86_64", id: MANAGED } as const] };
  return [one, old];
});
const PRINTED = [...new Set(EVENTS.flatMap((event) => records.flatMap((one) => cloudCommands(event, one))))];

test("every command that is printed for an image is one that its cloud's tool takes", () => {
  expect(PRINTED.length).toBeGreaterThan(15);
  expect(PRINTED.flatMap((line) => refusals(line).map((why) => `${line}: ${why}`))).toEqual([]);
});

test("so is every command of a recovery", () => {
  const lines = CLOUDS.flatMap((cloud) =>
    PARTS.flatMap((part) => DATA[cloud][part]("us-east-1", "eu-west-1").commands),
  );
  const certificates = (["aws", "google"] as const).map((cloud) => makeCertificate({ cloud, region: "eu-west-1", id: "" } as Parameters<typeof makeCertificate>[0])); // prettier-ignore
  expect(lines.length).toBeGreaterThan(8);
  expect([...lines, ...certificates].flatMap((line) => refusals(line).map((why) => `${line}: ${why}`))).toEqual([]);
});

test.each([
  ["aws ec2 deregister-image --region r", "missing --image-id"],
  ["aws ec2 deregister-image --image-id a --force", "unknown --force"],
  ["aws ec2 enable-image-deprecation --image-id a --deprecate-at tomorrow", "--deprecate-at tomorrow"],
  ["gcloud compute images deprecate --state=ACTIVE", "0 words alone, 1 wanted"],
  ["gcloud compute images deprecate web --state=RETIRED", "--state RETIRED"],
  ["az sig image-version delete --resource-group g --gallery-name f --gallery-image-definition web", "missing --gallery-image-version"],
  ["az sig image-version update --resource-group g --gallery-name f --gallery-image-definition w --gallery-image-version 1.0.0 --set publishingProfile.hidden=true", "--set publishingProfile.hidden=true"],
  ["az vm delete --ids x", "nobody has written down"],
])("the grammar is one that refuses: %s", (line, why) => {
  expect(refusals(line).join("; ")).toContain(why);
}); // prettier-ignore

const DOC = readFileSync(join(__dirname, "../../docs/image-builds.md"), "utf8");

test("every command that docs/image-builds.md has people run is one that the tools take", () => {
  const blocks = [...DOC.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block]) => block!.trim().split("\n"));
  const clouds = blocks.filter((line) => /^(aws|gcloud|az) /.test(line));
  expect(clouds.length).toBeGreaterThan(12);
  expect(clouds.flatMap((line) => refusals(line).map((why) => `${line}: ${why}`))).toEqual([]);
});

test("the roles name each right that they give, and no more: no right to everything", () => {
  const roles = join(__dirname, "../../images/packer/roles");
  const names = readdirSync(roles);
  expect(names).toEqual(["aws-session-manager.json", "aws.json", "azure.json", "google.json"]);
  for (const name of names) {
    const role = JSON.parse(readFileSync(join(roles, name), "utf8")) as {
      Statement?: { Action: string[] }[];
      Actions?: string[];
      includedPermissions?: string[];
    };
    const rights = [...(role.Statement ?? []).flatMap(({ Action }) => Action), ...(role.Actions ?? []), ...(role.includedPermissions ?? [])]; // prettier-ignore
    expect(rights.length).toBeGreaterThan(3);
    expect(rights.filter((right) => right.includes("*"))).toEqual([]);
    expect(new Set(rights).size).toBe(rights.length);
    expect(DOC).toContain(`images/packer/roles/${name}`);
  }
});

test("each grammar says where it is documented", () => {
  for (const { see } of Object.values(GRAMMARS)) expect(see).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|cloud\.google\.com|learn\.microsoft\.com)\//); // prettier-ignore
});

const lines = (event: CloudEvent, more: Partial<ImageRecord["lifecycle"]> = {}) =>
  cloudCommands(event, record("web", "1.2.0", { lifecycle: { since: SINCE, ...more } })).join("\n");

test("an image that is protected on AWS loses its protection before it is deregistered", () => {
  const [first, second] = deletionCommands(record("web", "1.2.0").artifacts);
  expect(first).toMatch(/^aws ec2 disable-image-deregistration-protection --region us-east-1 --image-id ami-/);
  expect(second).toMatch(/^aws ec2 deregister-image .*--delete-associated-snapshots$/);
});

test.each(lifecycles.map((more) => [more.notAfter ?? "no end of life", more] as const))(
  "AWS is told a time to come, with %s",
  (_name, more) => {
    const at = /--deprecate-at (\S+)/.exec(lines("deprecate", more))![1]!;
    expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(SINCE) + DAY);
    if (more.notAfter?.startsWith("2027")) expect(at).toBe(more.notAfter);
  },
);

test("Google is told no time that has passed", () => {
  expect(lines("deprecate", { notAfter: "2026-01-01T00:00:00Z" })).not.toContain("--obsolete-on");
  expect(lines("deprecate", { notAfter: "2027-06-30T00:00:00Z" })).toContain("--obsolete-on=2027-06-30T00:00:00Z");
});

test("nothing on Azure ever becomes what `latest` means, and each command changes something", () => {
  for (const line of PRINTED.filter((each) => each.startsWith("az sig image-version update"))) {
    expect(line).not.toContain("excludeFromLatest=false");
    expect(line).toContain("publishingProfile.endOfLifeDate");
  }
  expect(lines("revoke")).toContain("# Azure cannot disable a version");
  expect(lines("restore")).toContain("--remove publishingProfile.endOfLifeDate");
});

testWith("aws", "the AWS CLI of this machine takes them too, without a call", async () => {
  // Those with more than an id; Python starts slowly.
  for (const command of ["enable-image-deprecation", "deregister-image"]) {
    const line = PRINTED.find((printed) => printed.startsWith(`aws ec2 ${command} `))!;
    execFileSync("aws", [...shellWords(line).slice(1), "--generate-cli-skeleton", "output"], { stdio: "pipe" });
  }
});
