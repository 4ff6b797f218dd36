import { join } from "node:path";
import { run } from "../support/terraform";
import { Bench, ORGANIZATION } from "./stand-in-support";

/** The real terraform with a cloud block, on the stand-in of HCP Terraform. */

const bench = new Bench();
beforeAll(() => bench.start());
afterAll(() => bench.close());

const configuration = (workspaces: object, rest: object) => ({
  "main.tf.json": JSON.stringify({ terraform: { cloud: { organization: ORGANIZATION, workspaces } }, ...rest }),
});
const THING = {
  variable: { value: { type: "string", default: "one" } },
  resource: { terraform_data: { thing: { input: "${var.value}" } } },
  output: { value: { value: "${terraform_data.thing.output}" }, hidden: { value: "shh", sensitive: true } },
};

test("makes project and workspace, plans, applies with variables of the command line, and reads outputs", async () => {
  bench.write("cli", configuration({ name: "cli", project: "Fleet" }, THING));
  expect(await bench.terraform("cli", "init", "-input=false")).toMatchObject({ code: 0 });
  const { data, included } = await bench.api("GET", `/organizations/${ORGANIZATION}/workspaces/cli?include=project`);
  expect(included.map(({ attributes }) => attributes.name)).toEqual(["Fleet"]);

  const plan = await bench.terraform("cli", "plan", "-input=false", "-detailed-exitcode");
  expect(plan).toMatchObject({ code: 2 });
  expect(plan.text).toContain("Running plan in HCP Terraform.");
  expect(plan.text).toMatch(/# terraform_data\.thing will be created .* Plan: 1 to add/);

  const apply = await bench.terraform("cli", "apply", "-auto-approve", "-var", 'value=a "quoted" ${text}');
  expect(apply.text).toContain("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.");
  const output = await bench.terraform("cli", "output", "-json");
  expect(JSON.parse(output.stdout)).toEqual({
    value: { sensitive: false, type: "string", value: 'a "quoted" ${text}' },
    hidden: { sensitive: true, type: "string", value: "shh" },
  });
  const runs = await bench.api("GET", `/workspaces/${data.id}/runs`);
  expect(runs.list.map(({ attributes }) => attributes.status)).toEqual(["applied", "planned_and_finished"]);
});

test("applies the plan that it saved, and not once the state has moved", async () => {
  const save = (name: string, value: string) =>
    bench.terraform("cli", "plan", `-out=${name}`, "-input=false", "-var", `value=${value}`);
  await Promise.all([save("two.plan", "two"), save("three.plan", "three")]);
  expect((await bench.terraform("cli", "apply", "two.plan")).text).toContain("Apply complete!");
  expect(JSON.parse((await bench.terraform("cli", "output", "-json", "value")).stdout)).toBe("two");
  const stale = await bench.terraform("cli", "apply", "three.plan");
  expect(stale.code).toBe(1);
  expect(stale.text).toContain("Error: Saved plan is discarded");
});

test("changes the state itself under a lock, which holds runs back and others off", async () => {
  const { data } = await bench.api("GET", `/organizations/${ORGANIZATION}/workspaces/cli`);
  const moved = await bench.terraform("cli", "state", "mv", "terraform_data.thing", "terraform_data.other");
  expect(moved).toMatchObject({ code: 0 });
  expect((await bench.terraform("cli", "state", "list")).stdout).toBe("terraform_data.other\n");
  await bench.api("POST", `/workspaces/${data.id}/actions/lock`, {}, bench.hcp.tokens.write);
  const locked = await bench.terraform("cli", "state", "rm", "terraform_data.other");
  expect(locked.text).toContain("workspace already locked");
  await bench.api("POST", `/workspaces/${data.id}/actions/unlock`, {}, bench.hcp.tokens.write);
});

test("finds its workspaces by tags", async () => {
  for (const [name, value] of [
    ["web-one", "web"],
    ["web-two", "web"],
    ["other", "db"],
  ] as const)
    await bench.api("PATCH", `/workspaces/${await bench.workspace(name)}/tag-bindings`, {
      data: [{ type: "tag-bindings", attributes: { key: "team", value } }],
    });
  const cwd = bench.write("tags", configuration({ tags: { team: "web" } }, {}));
  const env = { ...bench.env, TF_WORKSPACE: "web-two" };
  expect(await run("terraform", ["init", "-input=false"], { cwd, env })).toMatchObject({ code: 0 });
  const list = await run("terraform", ["workspace", "list"], { cwd, env });
  expect(list.stdout.match(/^[* ] \S+$/gm)).toEqual(["  web-one", "* web-two"]);
});

test.each([
  ["a token that is wrong", "wrong", ["init"], /Failed to read organization "acme" .* unauthorized/],
  ["a token that may not plan", "read", ["plan"], /Insufficient rights to generate a plan/],
  ["a token that may not apply", "plan", ["apply", "-auto-approve"], /Insufficient rights to apply changes/],
])("with %s says so", async (_, role, args, message) => {
  const token = (bench.hcp.tokens as Record<string, string>)[role] ?? role;
  const outcome = await run("terraform", [...args, "-input=false"], {
    cwd: join(bench.folder, "cli"),
    env: { ...bench.env, TF_TOKEN_app_terraform_io: token },
  });
  expect(outcome.code).toBe(1);
  expect(outcome.text).toMatch(message);
  expect(outcome.text).not.toContain(token === "wrong" ? "Bearer" : token);
});

test("reads another workspace's outputs in a run once they are shared, and not before", async () => {
  bench.write(
    "reader",
    configuration(
      { name: "reader" },
      {
        data: {
          terraform_remote_state: {
            cli: { backend: "remote", config: { organization: ORGANIZATION, workspaces: { name: "cli" } } },
          },
        },
        output: { got: { value: "${data.terraform_remote_state.cli.outputs.value}" } },
      },
    ),
  );
  expect(await bench.terraform("reader", "init", "-input=false")).toMatchObject({ code: 0 });
  const refused = await bench.terraform("reader", "apply", "-auto-approve");
  expect(refused.code).toBe(1);
  expect(refused.text).toContain("Unable to find remote state");

  const id = async (name: string) =>
    (await bench.api("GET", `/organizations/${ORGANIZATION}/workspaces/${name}`)).data.id;
  const consumer = { data: [{ type: "workspaces", id: await id("reader") }] };
  await bench.api("POST", `/workspaces/${await id("cli")}/relationships/remote-state-consumers`, consumer);
  expect(await bench.terraform("reader", "apply", "-auto-approve")).toMatchObject({ code: 0 });
  expect(JSON.parse((await bench.terraform("reader", "output", "-json", "got")).stdout)).toBe("two");
});
