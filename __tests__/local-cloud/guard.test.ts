import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { elsewhere } from "../../local-cloud/guard/backend";
import { readConfiguration } from "../../local-cloud/guard/configuration";
import { judge } from "../../local-cloud/guard/judge";
import { fits } from "../../local-cloud/guard/versions";
import { nearest } from "../../local-cloud/nearest";
import { plainText, ROOT, run, Sandbox } from "./support";

/** What the local cloud cannot stand in for is said by itself, not by a registry that has never heard of it. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-cloud-guard-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
const judged = async (files: Record<string, string>) => judge(await readConfiguration(write(files)));

test("an unknown type is refused by name, with what is near, wherever a module uses it", async () => {
  const { refusals } = await judged({
    "main.tf": `
      module "inside" {
        source = "./modules/inside"
      }
      resource "aws_instnce" "x" {}
      resource "terraform_data" "x" {}
      locals {
        text = <<-EOT
          resource "aws_moon" "x" {}
        EOT
      }`,
    "modules/inside/main.tf": `data "aws_eips" "x" {}`,
    "more.tf.json": JSON.stringify({ resource: { aws_sfn_state_machine: { x: {} }, aws_vpc: { x: {} } } }),
    "broken.tf": "resource {",
  });
  expect([...refusals].sort()).toEqual([
    expect.stringMatching(
      /does not know the data source aws_eips \(modules\/inside\/main\.tf\)\. Nearest: aws_eip.*Adding a type/,
    ),
    expect.stringMatching(
      /does not know the resource type aws_instnce .*Nearest: aws_instance\. Nor does hashicorp\/aws 6\.25\.0/,
    ),
    expect.stringMatching(/does not know the resource type aws_sfn_state_machine \(more\.tf\.json\)/),
  ]);
});

test("a provider that would reach the real cloud is refused; one that reaches none is terraform's to get", async () => {
  const { refusals, others, notes } = await judged({
    "main.tf": `
      terraform {
        required_providers {
          aws    = { source = "hashicorp/aws", version = "~> 5.0" }
          google = { source = "registry.terraform.io/hashicorp/google", version = ">= 6.0, < 7" }
          beta   = { source = "hashicorp/google-beta" }
        }
      }
      provider "azuread" {}
      resource "random_id" "x" {
        byte_length = 4
      }
      resource "google_compute_network" "x" {
        provider = beta
      }`,
  });
  expect(refusals.map((words) => words.split(",")[0])).toEqual([
    "the local cloud does not know the provider hashicorp/azuread",
    "the local cloud does not know the provider hashicorp/google-beta",
  ]);
  expect(others).toEqual(["hashicorp/azuread", "hashicorp/google-beta", "hashicorp/random"]);
  expect(notes).toEqual(["main.tf asks for hashicorp/aws ~> 5.0; what answers here is 6.25.0"]);
});

test.each([
  ["6.25.0", "6.25.0", true],
  ["6.25.0", "= 6.24.0", false],
  ["6.25.0", ">= 5.0, < 7.0", true],
  ["6.25.0", "~> 6.0", true],
  ["6.25.0", "~> 6.25.0", true],
  ["6.25.0", "~> 6.24.1", false],
  ["6.25.0", "~> 5.0", false],
  ["6.25.0", "!= 6.25.0", false],
  ["6.25.0", "> 6.25", false],
  ["6.25.0", "<= 6.25", true],
])("version %s and constraint %s: %s", (version, constraint, expected) => {
  expect(fits(version, constraint)).toBe(expected);
});

test("the nearest words are few and close", () => {
  expect(nearest("aws_subnt", ["aws_subnet", "aws_eip", "aws_vpc"])).toEqual(["aws_subnet"]);
  expect(nearest("zebra", ["aws_subnet"])).toEqual([]);
});

test("a stack that was synthesized without the local cloud is told from one that is its own, and from a peer's", () => {
  const stack = (terraform: object) =>
    write({ "cdk.tf.json": JSON.stringify({ "//": { metadata: { stackName: "prod-web" } }, terraform }) });
  const states = join(folder, "cloud/state");
  const local = (path: string) => elsewhere(stack({ backend: { local: { path } } }), states);
  expect(local(join(states, "prod-web.tfstate"))).toBeUndefined();
  expect(local("cloud/state/prod-web.tfstate")).toBeUndefined();
  expect(local("/home/me/terraform.prod-web.tfstate")).toBeUndefined();
  expect(local("../../../state/prod-web.tfstate")).toMatch(/was synthesized without the local cloud.*npx cdktf synth/);
  expect(elsewhere(stack({ backend: { s3: { bucket: "b", key: "prod-web.tfstate" } } }), states)).toMatch(
    /real deployment/,
  );
  expect(elsewhere(stack({ cloud: { workspaces: { name: "prod-web" } } }), "")).toBeUndefined();
  expect(elsewhere(write({ "cdk.tf.json": "{" }), states)).toBeUndefined();
});

test("terraform says it in our words, and cdktf's end repeats them", async () => {
  const sandbox = new Sandbox();
  await sandbox.start();
  try {
    const offline = { HTTPS_PROXY: "http://127.0.0.1:9" };
    sandbox.write(`resource "random_id" "x" {\n byte_length = 4\n}`);
    const init = await run("terraform", [`-chdir=${sandbox.folder}`, "init", "-no-color"], {
      ...sandbox.cloud.env,
      ...offline,
    });
    expect(init.code).toBe(1);
    expect(init.output).toContain("the local cloud does not know hashicorp/random");
    expect(init.output).not.toContain("Failed to query");
    const refused = await sandbox.apply(`resource "aws_moon" "x" {}`);
    expect(plainText(refused.output)).toContain("the local cloud does not know the resource type aws_moon");
    expect(refused.output).not.toContain("does not support resource type");
    const plain = await sandbox.apply(`resource "aws_vpc" "x" {\n cidr_block = "10.0.0.0/16"\n}`);
    expect(plain.code).toBe(0);
  } finally {
    await sandbox.close();
  }
  write({
    "main.tf": `resource "aws_moon" "x" {}`,
    cdktf: `#!/bin/sh\nterraform -chdir=${folder} init >/dev/null 2>&1\n`,
  });
  const lost = await run(
    join(ROOT, "node_modules/.bin/tsx"),
    [join(ROOT, "local-cloud/run.ts"), "sh", join(folder, "cdktf")],
    { LOCAL_CLOUD_DIR: join(folder, "cloud") },
  );
  expect(lost.code).toBe(1);
  expect(lost.output).toMatch(
    /local cloud: what it refused:\n {2}the local cloud does not know the resource type aws_moon/,
  );
});
