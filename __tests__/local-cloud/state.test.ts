import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plainText, Sandbox } from "./support";

/** What terraform's state and the cloud know of each other, through the real terraform. */

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = new Sandbox();
  await sandbox.start();
});
afterEach(() => sandbox.close());

const VPC = `
resource "aws_vpc" "net" {
  cidr_block = "10.0.0.0/16"
}
`;

test("aliases keep their regions apart", async () => {
  const providers = `
    terraform {
      required_providers {
        aws = { source = "hashicorp/aws" }
      }
    }
    provider "aws" {
      region = "us-east-1"
    }
    provider "aws" {
      alias  = "eu"
      region = "eu-west-1"
    }`;
  const result = await sandbox.apply(
    `${VPC}
     resource "aws_vpc" "eu" {
       provider   = aws.eu
       cidr_block = "10.0.0.0/16"
     }
     resource "aws_subnet" "wrong" {
       vpc_id     = aws_vpc.eu.id
       cidr_block = "10.0.0.0/20"
     }`,
    providers,
  );
  expect(plainText(result.output)).toContain("VpcNotFound");
  const state = (await sandbox.terraform("show", "-json")).stdout;
  expect(state).toContain("arn:aws:ec2:us-east-1:");
  expect(state).toContain("arn:aws:ec2:eu-west-1:");
});

test("what was deleted outside is planned again; what another scaled is read", async () => {
  const configuration = `
    resource "google_compute_instance_group_manager" "web" {
      name               = "web"
      base_instance_name = "web"
      zone               = "us-central1-a"
      target_size        = 2
      version {
        instance_template = google_compute_instance_template.web.id
      }
    }
    resource "google_compute_instance_template" "web" {
      name         = "web"
      machine_type = "e2-small"
      disk {
        source_image = "projects/demo/global/images/web"
        boot         = true
      }
      network_interface {
        network = "default"
      }
    }`;
  expect((await sandbox.apply(configuration)).code).toBe(0);
  sandbox.cloud.scale("web", 5);
  expect(await sandbox.plan()).toEqual(["google_compute_instance_group_manager.web update"]);
  const file = join(sandbox.folder, "terraform.tfstate");
  const kept = readFileSync(file);
  expect((await sandbox.terraform("destroy", "-auto-approve")).code).toBe(0);
  writeFileSync(file, kept);
  expect(await sandbox.plan()).toEqual([
    "google_compute_instance_group_manager.web create",
    "google_compute_instance_template.web create",
  ]);
});

test("a state from elsewhere is refused, also when its ids exist here, and stays as it is", async () => {
  const network = `resource "google_compute_network" "net" {\n name = "net"\n}\n`;
  expect((await sandbox.apply(network)).code).toBe(0);
  const other = new Sandbox();
  await other.start();
  try {
    expect((await other.apply(network)).code).toBe(0);
    const file = join(other.folder, "terraform.tfstate");
    cpSync(join(sandbox.folder, "terraform.tfstate"), file);
    const before = readFileSync(file);
    for (const [command, ...options] of [
      ["plan"],
      ["apply", "-auto-approve"],
      ["destroy", "-auto-approve", "-refresh=false"],
    ] as [string, ...string[]][]) {
      const result = await other.terraform(command, ...options);
      expect(result.code).toBe(1);
      expect(plainText(result.output)).toContain("this state was not made in this local cloud");
    }
    const resources = (bytes: Buffer) => (JSON.parse(bytes.toString()) as { resources: unknown }).resources;
    expect(resources(readFileSync(file))).toEqual(resources(before));
  } finally {
    await other.close();
  }
});

test("import finds an object, and says so when there is none", async () => {
  expect((await sandbox.apply(VPC)).code).toBe(0);
  const { stdout } = await sandbox.terraform("state", "show", "aws_vpc.net");
  const id = /"(vpc-[0-9a-f]+)"/.exec(stdout)?.[1] ?? "";
  await sandbox.terraform("state", "rm", "aws_vpc.net");
  expect(plainText((await sandbox.terraform("import", "aws_vpc.net", "vpc-0")).output)).toContain(
    "Cannot import non-existent remote object",
  );
  expect((await sandbox.terraform("import", "aws_vpc.net", id)).code).toBe(0);
  expect(await sandbox.plan()).toEqual([]);
  expect((await sandbox.terraform("destroy", "-auto-approve")).code).toBe(0);
  expect((await sandbox.terraform("state", "list")).stdout).toBe("");
});

test("what exists survives a restart of the cloud", async () => {
  expect((await sandbox.apply(VPC)).code).toBe(0);
  await sandbox.cloud.close();
  await sandbox.start();
  expect(await sandbox.plan()).toEqual([]);
});

describe("clear diagnostics", () => {
  test.each([
    [
      "an unknown attribute",
      `resource "aws_vpc" "net" {\n cidr_blok = "10.0.0.0/16"\n}`,
      'An argument named "cidr_blok" is not expected here',
    ],
    ["an unknown type", `resource "aws_moon" "x" {\n}`, "the local cloud does not know the resource type aws_moon"],
    [
      "a data source that finds nothing",
      `data "aws_vpc" "x" {\n id = "vpc-1"\n}`,
      "no aws_vpc in this local cloud matches",
    ],
    [
      "two that exclude each other",
      `resource "aws_launch_template" "x" {\n name = "a"\n name_prefix = "b"\n}`,
      '"name": conflicts with name_prefix',
    ],
  ])("%s", async (_, configuration, message) => {
    const result = await sandbox.apply(configuration);
    expect(result.code).toBe(1);
    expect(plainText(result.output)).toContain(message);
  });
});

test("data sources answer from the account and from what exists", async () => {
  const result = await sandbox.apply(`
    ${VPC}
    data "aws_caller_identity" "me" {}
    data "aws_autoscaling_groups" "live" {
      filter {
        name   = "tag:service"
        values = ["web"]
      }
    }
    data "aws_vpc" "found" {
      id = aws_vpc.net.id
    }
    data "aws_iam_policy_document" "assume" {
      statement {
        actions = ["sts:AssumeRole"]
        principals {
          type        = "Service"
          identifiers = ["ec2.amazonaws.com"]
        }
      }
    }
    output "account" {
      value = data.aws_caller_identity.me.account_id
    }
    output "groups" {
      value = length(data.aws_autoscaling_groups.live.names)
    }
    output "cidr" {
      value = data.aws_vpc.found.cidr_block
    }
    output "service" {
      value = jsondecode(data.aws_iam_policy_document.assume.json).Statement[0].Principal.Service
    }`);
  expect(result.code).toBe(0);
  expect(plainText(result.output)).toContain(
    'account = "123456789012" cidr = "10.0.0.0/16" groups = 0 service = "ec2.amazonaws.com"',
  );
});
