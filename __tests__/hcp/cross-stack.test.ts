import { App, DataResource, TerraformOutput, TerraformStack } from "cdktf";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addBackend } from "../../stacks/backend";
import { newFolder } from "../support/synth";
import { BACKEND, Lab, ORGANIZATION } from "./support";

const root = newFolder();
let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(root);
});
afterAll(async () => {
  await lab.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Two stacks of a user's own, where one needs a value of the other. */
function synthesize(): void {
  const app = new App({ outdir: lab.out, stackTraces: false });
  const stack = (name: string) => {
    const made = new TerraformStack(app, name);
    addBackend(made, name, { ...BACKEND, project: "fleet" });
    return made;
  };
  const [producer, consumer] = [stack("producer"), stack("consumer")];
  const value = new DataResource(producer, "value", { input: { text: "from the producer" } });
  const read = new DataResource(consumer, "read", { input: { read: value.output } });
  new TerraformOutput(consumer, "value", { value: read.output });
  app.synth();
}

test("a stack reads another's outputs from its workspace, once that one shares its state", async () => {
  synthesize();
  const text = (stack: string) => readFileSync(join(lab.stack(stack), "cdk.tf.json"), "utf8");
  const json = JSON.parse(text("consumer")) as { data: { terraform_remote_state: Record<string, unknown> } };
  expect(Object.values(json.data.terraform_remote_state)).toEqual([
    { backend: "remote", config: { organization: ORGANIZATION, workspaces: { name: "producer" } } },
  ]);
  expect(text("producer") + text("consumer")).not.toContain("token");

  await lab.fleet(["plan", "producer", "--create"]);
  const { data: projects } = await lab.api<{ data: { attributes: { name: string } }[] }>(
    "GET",
    `/organizations/${ORGANIZATION}/projects`,
  );
  expect(projects.map(({ attributes }) => attributes.name)).toContain("fleet");
  expect((await lab.fleet(["apply", "producer"])).code).toBe(0);
  const refused = await lab.fleet(["plan", "consumer", "--create"]);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("consumer: the run failed\nerror: ");

  await lab.api("PATCH", `/workspaces/${await lab.workspaceId("producer")}`, {
    data: { type: "workspaces", attributes: { "global-remote-state": true } },
  });
  await lab.fleet(["plan", "consumer"]);
  const applied = await lab.fleet(["apply", "consumer"]);
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringMatching(/consumer\s+applied/) as string });
  const { data } = await lab.api<{ data: { attributes: { name: string; value: unknown } }[] }>(
    "GET",
    `/workspaces/${await lab.workspaceId("consumer")}/current-state-version-outputs`,
  );
  expect(data.map(({ attributes }) => [attributes.name, attributes.value])).toContainEqual([
    "value",
    { read: { text: "from the producer" } },
  ]);
}, 90_000);
