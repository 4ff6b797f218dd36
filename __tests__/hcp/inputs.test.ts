import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createHmac } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HcpError } from "../../hcp/error";
import { hostOf, pageOf } from "../../hcp/host";
import { lockProblems, PLATFORMS, requiredBy } from "../../hcp/lock";
import { readRequest } from "../../hcp/run-task/request";
import { isSigned } from "../../hcp/run-task/signature";
import { choose, placeOf, readStacks, readVariables } from "../../hcp/stacks";
import { findToken } from "../../hcp/token";

const root = mkdtempSync(join(tmpdir(), "fleet-pure-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true });
    writeFileSync(join(root, folder, path), text);
  }
  return join(root, folder);
}

test("a file of the synth that is no JSON any more is named with line and column, not with a stack", () => {
  const folder = write("torn", {
    "cdk.tf.json": '{\n  "terraform": ',
    "release.auto.tfvars.json": '{\n  "live_release": }',
  });
  const advice = "write it anew with: npx cdktf synth";
  const said = (file: string, why: string) =>
    new HcpError(`${join(folder, file)} is not readable JSON: ${why}; ${advice}`);
  expect(() => requiredBy(folder)).toThrow(said("cdk.tf.json", "line 2, column 16: it ends in the middle"));
  expect(() => readVariables(folder)).toThrow(
    said("release.auto.tfvars.json", "line 2, column 19: a value is missing"),
  );
});

describe("the token", () => {
  const home = join(root, "home");
  const find = (env: Record<string, string>, hostname = "app.terraform.io") =>
    findToken(hostname, { HOME: home, ...env });

  test("is found where terraform finds it, in its order", () => {
    write("home", {
      ".terraform.d/credentials.tfrc.json": JSON.stringify({
        credentials: { "app.terraform.io": { token: "from-login" } },
      }),
    });
    expect(find({}).value).toBe("from-login");
    write("home", {
      ".terraformrc": '# credentials "x" {\ncredentials "app.terraform.io" {\n  token = "from-rc"\n}\n',
    });
    expect(find({}).value).toBe("from-rc");
    const other = write("rc", { rc: 'credentials "app.terraform.io" { token = "from-config" }' });
    expect(find({ TF_CLI_CONFIG_FILE: join(other, "rc") }).value).toBe("from-config");
    expect(find({ TFE_TOKEN: "tfe" })).toEqual({ value: "tfe", from: "TFE_TOKEN" });
    expect(find({ TFE_TOKEN: "tfe", TF_TOKEN_app_terraform_io: "tf" })).toEqual({
      value: "tf",
      from: "TF_TOKEN_app_terraform_io",
    });
  });

  test("of a host with dashes is found in each spelling", () => {
    const host = "my-tfe.example.com";
    for (const name of ["TF_TOKEN_my__tfe_example_com", "TF_TOKEN_my-tfe_example_com", "TF_TOKEN_my-tfe.example.com"])
      expect(find({ [name]: "x" }, host).from).toBe(name);
  });

  test("is not sent to a host that it does not belong to", () => {
    expect(() => find({ TFE_TOKEN: "x", TFE_HOSTNAME: "tfe.example.com" }, "evil.example.com")).toThrow(
      'there is no token for evil.example.com: set TF_TOKEN_evil_example_com or TFE_TOKEN, or run "terraform login evil.example.com"',
    );
    for (const TFE_ADDRESS of [
      "http://tfe.example.com",
      "ftp://127.0.0.1",
      "https://a/b",
      "nonsense",
      "http://user:pw@127.0.0.1",
    ])
      expect(() => hostOf("app.terraform.io", { TFE_ADDRESS })).toThrow(
        "TFE_ADDRESS must be an https address without a path",
      );
    expect(hostOf("app.terraform.io", { TFE_ADDRESS: "http://127.0.0.1:80" }).address).toBe("http://127.0.0.1");
    expect(hostOf("tfe.example.com", {}).address).toBe("https://tfe.example.com");
  });
});

describe("stacks of a synth", () => {
  const stack = (name: string, dependencies: string[] = []) => ({
    name,
    dependencies,
    workingDirectory: `stacks/${name}`,
  });
  const cloud = { organization: "example", workspaces: { name: "w", project: "p" } };

  test("come in the order to deploy them, with their workspaces", () => {
    const names = ["prod-api-aws-x", "prod-foundation-aws-x", "prod-persistent-aws-x", "prod-web-aws-x"];
    const stacks = Object.fromEntries(
      names.map((name) => [name, stack(name, name === "prod-api-aws-x" ? ["prod-web-aws-x"] : [])]),
    );
    const out = write("out", {
      "manifest.json": JSON.stringify({ stacks }),
      ...Object.fromEntries(
        names.map((name) => [`stacks/${name}/cdk.tf.json`, JSON.stringify({ terraform: { cloud } })]),
      ),
    });
    const found = readStacks(out);
    expect(found.map(({ name }) => name)).toEqual([
      "prod-foundation-aws-x",
      "prod-persistent-aws-x",
      "prod-web-aws-x",
      "prod-api-aws-x",
    ]);
    expect(found[0]!.place).toEqual({
      hostname: "app.terraform.io",
      organization: "example",
      workspace: "w",
      project: "p",
    });
    expect(choose(found, ["prod-w*", "*-foundation-*"]).map(({ name }) => name)).toEqual([
      "prod-foundation-aws-x",
      "prod-web-aws-x",
    ]);
    expect(() => choose(found, ["web"])).toThrow('there is no stack "web"; stacks: prod-foundation-aws-x, ');
  });

  test("that are not there or not on HCP Terraform say what to do", () => {
    expect(() => readStacks(join(root, "nowhere"))).toThrow(
      "manifest.json is missing; write it anew with: npx cdktf synth",
    );
    expect(() => placeOf({ name: "x", folder: "", variables: {} })).toThrow(
      'x does not keep its state in HCP Terraform; give its environment in fleet.ts the backend { kind: "hcp", organization: "…" }',
    );
    expect(pageOf({ hostname: "app.terraform.io" }, "a b", "w", "runs", "r")).toBe(
      "https://app.terraform.io/app/a%20b/workspaces/w/runs/r",
    );
  });
});

describe("a lock file", () => {
  const block = (version: string, hashes: number) =>
    `provider "registry.terraform.io/hashicorp/aws" {\n  version     = "${version}"\n  hashes = [\n${Array.from({ length: hashes }, (_, i) => `    "h1:${i}",\n`).join("")}    "zh:1",\n  ]\n}\n`;
  const required = { aws: { source: "aws", version: "6.25.0" } };

  test("holds for the pinned version on every platform", () => {
    expect(lockProblems(block("6.25.0", PLATFORMS.length), required)).toEqual([]);
    expect(lockProblems(block("6.24.0", 5), required)).toEqual([
      "holds registry.terraform.io/hashicorp/aws 6.24.0, and 6.25.0 is required",
    ]);
    expect(lockProblems("", required)).toEqual([
      "holds registry.terraform.io/hashicorp/aws not at all, and 6.25.0 is required",
    ]);
    expect(lockProblems(block("6.25.0", 1), required)).toEqual([
      "has 1 of the 5 platforms' hashes of registry.terraform.io/hashicorp/aws",
    ]);
  });
});

describe("a run task's request", () => {
  const host = hostOf("app.terraform.io", {});
  const API = "https://app.terraform.io/api/v2";
  const good = {
    payload_version: 1,
    stage: "post_plan",
    access_token: "secret",
    run_id: "run-1",
    workspace_name: "prod-web",
    plan_json_api_url: `${API}/plans/plan-1/json-output`,
    configuration_version_download_url: `${API}/configuration-versions/cv-1/download`,
    task_result_callback_url: `${API}/task-results/taskrs-1/callback`,
  };
  const read = (change: object) => readRequest(Buffer.from(JSON.stringify({ ...good, ...change })), host);

  test("is taken when all that it points to is on the known host", () => {
    expect(read({})).toMatchObject({
      task: { plan: "/plans/plan-1/json-output", callback: "/task-results/taskrs-1/callback" },
    });
    expect(read({ stage: "test" })).toEqual({ test: true });
  });

  test.each([
    "https://evil.example.com/api/v2/plans/plan-1/json-output",
    "https://app.terraform.io.evil.example.com/api/v2/plans/plan-1/json-output",
    "https://app.terraform.io@evil.example.com/api/v2/plans/plan-1/json-output",
    "https://user@app.terraform.io/api/v2/plans/plan-1/json-output",
    "http://app.terraform.io/api/v2/plans/plan-1/json-output",
    "https://app.terraform.io:8443/api/v2/plans/plan-1/json-output",
    `${API}/plans/../organizations/example/json-output`,
    `${API}/plans/plan-1/json-output?x=1`,
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "nonsense",
  ])("is refused when the plan is at %s", (plan_json_api_url) => {
    expect(read({ plan_json_api_url })).toEqual({ refusal: "plan_json_api_url is not one of app.terraform.io" });
    expect(read({ task_result_callback_url: plan_json_api_url })).toEqual({
      refusal: "task_result_callback_url is not one of app.terraform.io",
    });
  });

  test("is refused with a name that is a path", () => {
    expect(read({ workspace_name: "../../etc" })).toEqual({ refusal: "workspace_name is not as it should be" });
    expect(readRequest(Buffer.from("{"), host)).toEqual({ refusal: "the body is not JSON" });
  });

  test("is signed by who holds the key", () => {
    const body = Buffer.from("body");
    const sign = (key: string) => createHmac("sha512", key).update(body).digest("hex");
    expect(isSigned(body, sign("key"), "key")).toBe(true);
    for (const wrong of [undefined, "", sign("other"), sign("key").slice(1), `${sign("key")}00`, "z".repeat(128)])
      expect(isSigned(body, wrong, "key")).toBe(false);
  });
});
