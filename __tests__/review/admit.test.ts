import { newFolder, Workspace } from "../support/synth";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { admit, refusals } from "../../review/admit";
import { STACKS } from "../support/deployment";
import { fleetWith } from "../support/fleet";

const stack = {
  terraform: {
    backend: { s3: { bucket: "state" } },
    required_providers: { aws: { source: "aws", version: "6.25.0" } },
  },
  provider: { aws: [{ region: "us-east-1" }] },
  data: { aws_vpc: {} },
  resource: { aws_lb: {}, terraform_data: {} },
};

test("lets the project's own stacks in", () => {
  const workspace = new Workspace();
  workspace.synth(
    fleetWith(({ environments: [environment] }) => {
      for (const placement of environment!.placements) placement.persistent = { objects: {} };
    }),
  );
  for (const { foundation, service } of Object.values(STACKS))
    for (const name of [foundation, foundation.replace("foundation", "persistent"), service])
      expect([name, refusals(workspace.stack(name), workspace.stack(name))]).toEqual([name, []]);
  rmSync(workspace.folder, { recursive: true });
});

test.each([
  [
    "an unknown provider",
    { terraform: { ...stack.terraform, required_providers: { evil: { source: "evil/evil" } } } },
    /requires a provider "evil"/,
  ],
  [
    "a known name from elsewhere",
    { terraform: { ...stack.terraform, required_providers: { aws: { source: "evil/aws" } } } },
    /requires a provider "aws"/,
  ],
  ["a provider without a requirement", { provider: { http: {} } }, /configures a provider "http"/],
  ["data that runs a command", { data: { external: {} } }, /reads data of type "external"/],
  ["data that calls an address", { data: { http: {} } }, /reads data of type "http"/],
  ["a check that reads data of its own", { check: { c: { assert: [{}], data: { external: {} } } } }, /check "c" that does more than assert/], // prettier-ignore
  ["data that brings a secret into the plan", { data: { aws_secretsmanager_secret_version: {} } }, /no construct of this project reads/], // prettier-ignore
  ["data that runs code", { data: { aws_lambda_invocation: {} } }, /reads data of type "aws_lambda_invocation"/],
  ["another stack's state", { data: { terraform_remote_state: {} } }, /terraform_remote_state/],
  [
    "a removed block that destroys",
    { removed: [{ from: "aws_db_instance.a", lifecycle: { destroy: true } }] },
    /removed block that does more/,
  ],
  [
    "a removed block that runs a command",
    { removed: { from: "aws_db_instance.a", lifecycle: { destroy: false }, provisioner: [{ "local-exec": {} }] } },
    /removed block that does more/,
  ],
  ["a module", { module: { m: { source: "git::https://example.com" } } }, /has a section "module"/],
  ["a resource of elsewhere", { resource: { null_resource: {} } }, /has a resource of type "null_resource"/],
  ["a second cloud's provider", { provider: { aws: [{}], google: [{}] } }, /is of several clouds: aws, google;/],
  ["data of another cloud", { data: { google_compute_subnetwork: {} } }, /several clouds: aws, google/], // prettier-ignore
  ["a resource of another cloud", { resource: { azurerm_lb: {} } }, /several clouds: aws, azurerm/],
  ["another backend", { terraform: { ...stack.terraform, backend: { s3: { bucket: "theirs" } } } }, /moves the state/],
])("refuses %s", (_name, change, message) => {
  expect(refusals(stack, stack)).toEqual([]);
  expect(refusals({ ...stack, ...change }, stack).join()).toMatch(message);
});

test("a new stack keeps its state under its own name, whatever the backend is", () => {
  const named = (backend: object, name = "prod-web-aws-us-east-1") =>
    refusals({ ...stack, "//": { metadata: { stackName: name } }, terraform: { ...stack.terraform, ...backend } }, undefined); // prettier-ignore
  const other = /is new, and keeps its state under another name/;
  for (const [kind, at] of [["s3", "key"], ["gcs", "prefix"], ["azurerm", "key"], ["local", "path"]] as const) // prettier-ignore
    for (const [name, reasons] of [["web", []], ["api", [expect.stringMatching(other)]]] as const) // prettier-ignore
      expect(named({ backend: { [kind]: { [at]: `prod-${name}-aws-us-east-1${at === "prefix" ? "" : ".tfstate"}` } } })).toEqual(reasons); // prettier-ignore
  const cloud = (name: string) => ({ backend: undefined, cloud: { workspaces: { name } } });
  expect(named(cloud("prod-web-aws-us-east-1")).join()).not.toMatch(other);
  expect(named(cloud("prod-api-aws-us-east-1")).join()).toMatch(other);
});

test("a file that is no configuration has one clear error", () => {
  const folder = newFolder();
  const file = join(folder, "cdk.tf.json");
  writeFileSync(file, "x");
  expect(() => admit(file)).toThrow(/cdk.tf.json is not a readable configuration/);
  rmSync(folder, { recursive: true });
});
