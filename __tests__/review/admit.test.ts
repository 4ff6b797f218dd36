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
  ["another backend", { terraform: { ...stack.terraform, backend: { s3: { bucket: "theirs" } } } }, /moves the state/],
])("refuses %s", (_name, change, message) => {
  expect(refusals(stack, stack)).toEqual([]);
  expect(refusals({ ...stack, ...change }, stack).join()).toMatch(message);
});

test("a file that is no configuration has one clear error", () => {
  const folder = newFolder();
  const file = join(folder, "cdk.tf.json");
  writeFileSync(file, "x");
  expect(() => admit(file)).toThrow(/cdk.tf.json is not a readable configuration/);
  rmSync(folder, { recursive: true });
});
