import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { archive, digestOf, filesOf } from "../../hcp/archive";
import { runMessage } from "../../hcp/upload";
import { newFolder } from "../support/synth";
import { Lab, ORGANIZATION, writeTinyStacks } from "./support";

const WEB = "prod-web-google-x";
/** Has no workspace yet. */
const NEW = "prod-new-google-x";
const root = newFolder();
let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(root);
  await lab.makeWorkspace(WEB);
});
afterAll(async () => {
  await lab.stop();
  rmSync(root, { recursive: true, force: true });
});

const release = (version: string) => writeTinyStacks(lab.out, { [WEB]: version });
let count = 1;
/** A version that never was. */
const fresh = () => release(`${++count}.0.0`);

interface Planned {
  readonly result: string;
  readonly stacks: readonly {
    readonly run: string;
    readonly problem?: string;
    readonly held?: string;
    readonly status: string;
    readonly unchecked: readonly string[];
  }[];
}
const planned = async (...args: string[]) => (await lab.json<Planned>(["plan", WEB, ...args])).stacks[0]!;
const status = async (id: string) => (await lab.run(id)).attributes.status;

test("many missing workspaces are one line with the list, and the command that makes them", async () => {
  const names = ["prod-a-google-x", "prod-b-google-x"];
  writeTinyStacks(lab.out, Object.fromEntries(names.map((name) => [name, "1.0.0"])));
  const { code, stdout } = await lab.fleet(["plan", ...names]);
  expect(code).toBe(1);
  expect(stdout).toContain(`2 stacks have no workspace, or none that the token may see, which needs Read on it: ${names.join(", ")}\nto make the workspaces: npx fleet hcp plan --create ${names.join(" ")}`); // prettier-ignore
  expect(stdout).not.toContain("there is no workspace");
  const { stacks } = await lab.json<Planned>(["plan", ...names]);
  expect(stacks.map(({ problem }) => problem)).toEqual(names.map((name) => expect.stringContaining(`there is no workspace "${name}"`) as string)); // prettier-ignore
});

test("a missing workspace is one clear message, and can be made", async () => {
  writeTinyStacks(lab.out, { [NEW]: "1.0.0" });
  const missing = await lab.fleet(["plan", NEW]);
  expect(missing.code).toBe(1);
  expect(missing.stdout).toContain(
    `${NEW}: there is no workspace "${NEW}" in organization "example", or the token from TF_TOKEN_app_terraform_io may not see the workspace: then its team needs Read on the workspace, set at https://app.terraform.io/app/example/workspaces/${NEW}/settings/access; to make the workspace, add --create`,
  );
  expect((await lab.fleet(["status"])).stdout).toMatch(/prod-new-google-x\s+none\s+no workspace\s+none/);
  const nothing = await lab.fleet(["apply", NEW]);
  expect(nothing).toMatchObject({ code: 1, stdout: expect.stringContaining("there is no workspace") as string });

  expect(await lab.fleet(["plan", "--all", "--create"])).toMatchObject({ code: 0 });
  expect((await lab.fleet(["status"])).stdout).toMatch(
    new RegExp(`${NEW}\\s+none\\s+none\\s+run-\\w+\\s+planned_and_saved`),
  );
  expect(await lab.fleet(["apply", "prod-*"])).toMatchObject({ code: 0 });
  expect((await lab.fleet(["status"])).stdout).toMatch(
    new RegExp(`${NEW}\\s+1\\.0\\.0\\s+current\\s+run-\\w+\\s+applied`),
  );
  const again = await lab.fleet(["apply", NEW]);
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("is applied already") as string });
  expect((await lab.fleet(["plan", "--changed"])).stdout).toBe(
    "nothing changed: every workspace's state came from what lies here\n",
  );
}, 120_000);

test("a speculative plan leaves nothing to apply", async () => {
  fresh();
  const { code, stdout } = await lab.fleet(["plan", "--changed", "--speculative"]);
  expect(code).toBe(0);
  expect(stdout).toContain("planned_and_finished");
  expect(stdout).not.toContain("apply these plans");
  expect((await lab.fleet(["apply", WEB])).stdout).toContain(
    "nothing was planned from what lies here; run: npx fleet hcp plan",
  );
  expect((await lab.fleet(["status", "--json"])).stdout).toContain('"upload": "none"');
}, 120_000);

describe("only the plan that was reviewed is applied", () => {
  test("not once what lies here has changed", async () => {
    fresh();
    const { run } = await planned();
    fresh();
    expect((await lab.fleet(["apply", WEB])).stdout).toContain(
      `${run} was planned from another upload than what lies here; run: npx fleet hcp plan`,
    );
    expect((await lab.fleet(["apply", WEB, "--run", run])).stdout).toContain(
      `${run} was planned from another upload than what lies here (release.auto.tfvars.json differ); run: npx fleet hcp plan`,
    );
    expect(await status(run)).toBe("planned_and_saved");
  }, 120_000);

  test("not when somebody gave another upload this one's message", async () => {
    fresh();
    const mine = filesOf(lab.stack(WEB));
    const forged = mine.map((file) =>
      file.path === "cdk.tf.json"
        ? { ...file, bytes: Buffer.from(String(file.bytes).replace("${var", "evil ${var")) }
        : file,
    );
    const id = await lab.workspaceId(WEB);
    const made = await lab.api<{ data: { id: string; attributes: { "upload-url": string } } }>(
      "POST",
      `/workspaces/${id}/configuration-versions`,
      {
        data: { type: "configuration-versions", attributes: { "auto-queue-runs": false, provisional: true } },
      },
    );
    await fetch(made.data.attributes["upload-url"], { method: "PUT", body: archive(forged) as BodyInit });
    const run = await lab.api<{ data: { id: string } }>("POST", "/runs", {
      data: {
        type: "runs",
        attributes: { "save-plan": true, message: runMessage("fleet hcp plan", digestOf(mine)) },
        relationships: {
          workspace: { data: { type: "workspaces", id } },
          "configuration-version": { data: { type: "configuration-versions", id: made.data.id } },
        },
      },
    });
    await lab.until(run.data.id, "planned_and_saved");
    expect((await lab.fleet(["apply", WEB])).stdout).toContain(
      "planned from another upload than what lies here (cdk.tf.json differ)",
    );
    expect(await status(run.data.id)).toBe("planned_and_saved");
  }, 120_000);

  test("not once somebody applied something else", async () => {
    fresh();
    const mine = count;
    const { run } = await planned();
    fresh();
    const other = await planned();
    release(`${mine}.0.0`);
    expect((await lab.fleet(["apply", WEB])).stdout).toContain(`${other.run} is newer than ${run}`);
    release(`${count}.0.0`);
    expect((await lab.fleet(["apply", WEB, "--run", other.run])).code).toBe(0);
    release(`${mine}.0.0`);
    const { stacks } = await lab.json<{ stacks: unknown[] }>(["status", WEB]);
    expect(stacks).toEqual([
      expect.objectContaining({
        upload: "stale",
        differing: ["release.auto.tfvars.json"],
        releases: { release: `${count}.0.0` },
      }),
    ]);
    const refused = await lab.fleet(["apply", WEB]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`${run} is discarded and can not be applied any more; run: npx fleet hcp plan`);
  }, 120_000);

  test("not while the workspace is locked", async () => {
    fresh();
    const { run } = await planned();
    const id = await lab.workspaceId(WEB);
    await lab.api("POST", `/workspaces/${id}/actions/lock`, { reason: "maintenance" });
    const refused = await lab.fleet(["apply", WEB]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stdout).toContain(
      `${WEB}: the workspace is locked by user user-owner; unlock it at https://app.terraform.io/app/example/workspaces/${WEB}, then run the command again`,
    );
    expect((await lab.fleet(["status"])).stdout).toContain("user user-owner");
    await lab.api("POST", `/workspaces/${id}/actions/unlock`);
    expect(await lab.fleet(["apply", WEB])).toMatchObject({ code: 0 });
    expect(await status(run)).toBe("applied");
  }, 120_000);
});

describe("a variable in HCP Terraform that wins over the release is refused by its name", () => {
  const variable = {
    data: {
      type: "vars",
      attributes: { key: "release", value: '{ version = "6.6.6" }', category: "terraform", hcl: true },
    },
  };
  const page = `https://app.terraform.io/app/example/workspaces/${WEB}/variables`;

  test("of the workspace, whether or not the token may read whole plans", async () => {
    fresh();
    const id = await lab.workspaceId(WEB);
    const made = await lab.api<{ data: { id: string } }>("POST", `/workspaces/${id}/vars`, variable);
    const whole = await planned();
    expect(whole.problem).toBe(
      `the plan does not run what release.auto.tfvars.json says (release.version): variable "release" of the workspace wins over the file; delete it at ${page}`,
    );
    const applied = await lab.fleet(["apply", WEB]);
    expect(applied).toMatchObject({ code: 1, stdout: expect.stringContaining(whole.problem!) as string });
    expect(await status(whole.run)).toBe("planned_and_saved");
    const redacted = (await lab.json<Planned>(["plan", WEB], "plan")).stacks[0]!;
    expect(redacted.problem).toBe(
      `release.auto.tfvars.json would not be what runs: variable "release" of the workspace wins over the file; delete it at ${page}`,
    );
    await lab.api("DELETE", `/workspaces/${id}/vars/${made.data.id}`);
  }, 120_000);

  test("of a variable set", async () => {
    fresh();
    const set = await lab.api<{ data: { id: string } }>("POST", `/organizations/${ORGANIZATION}/varsets`, {
      data: { type: "varsets", attributes: { name: "defaults", global: true, priority: true } },
    });
    await lab.api("POST", `/varsets/${set.data.id}/relationships/vars`, variable);
    expect((await planned()).problem).toBe(
      `the plan does not run what release.auto.tfvars.json says (release.version): variable "release" of the variable set "defaults" wins over the file; delete it at ${page}`,
    );
    await lab.api("DELETE", `/varsets/${set.data.id}`);
  }, 120_000);
});

describe("tokens", () => {
  test("that may not read whole plans get a review that says what it could not check", async () => {
    fresh();
    const { stdout } = await lab.fleet(["plan", WEB], lab.env("write"));
    expect(stdout).toContain(
      `${WEB}: not checked: the plan's variables and whether it is complete: only Admin on the workspace may read whole plans`,
    );
    expect(await lab.fleet(["apply", WEB], lab.env("write"))).toMatchObject({ code: 0 });
  }, 120_000);

  test("that may too little say what is missing", async () => {
    fresh();
    const read = await lab.fleet(["plan", WEB], lab.env("read"));
    expect(read.stdout).toContain(
      `the token from TF_TOKEN_app_terraform_io may not upload a configuration (workspace "${WEB}" in organization "example"): its team needs Plan on the workspace, set at`,
    );
    await lab.fleet(["plan", WEB], lab.env("plan"));
    const { stdout } = await lab.fleet(["apply", WEB], lab.env("plan"));
    expect(stdout).toContain("may not apply runs");
    expect(stdout).toContain("its team needs Write on the workspace");
    const wrong = await lab.fleet(["plan", WEB], { ...lab.env(), TF_TOKEN_app_terraform_io: "wrong.atlasv1.token" });
    expect(wrong.stdout).toContain(
      "app.terraform.io does not accept the token from TF_TOKEN_app_terraform_io: it is wrong or expired",
    );
    expect(wrong.text).not.toContain("wrong.atlasv1.token");
  }, 120_000);
});

describe("when HCP Terraform misbehaves", () => {
  test("it is asked again, and nothing is done twice", async () => {
    fresh();
    const before = (await lab.runs(WEB)).length;
    lab.hcp.misbehave(
      "429@/workspaces:2,500@POST /api/v2/workspaces,500@POST /api/v2/runs,500@GET /api/v2/runs,slow-upload",
    );
    expect(await planned()).toMatchObject({ status: "planned_and_saved" });
    expect((await lab.runs(WEB)).length).toBe(before + 1);
  }, 120_000);

  test("a refused upload, a failed run and a failed policy are said", async () => {
    fresh();
    lab.hcp.misbehave("bad-upload");
    expect((await planned()).problem).toMatch(/^the upload cv-\w+ was refused: The archive cannot be unpacked/);
    lab.hcp.misbehave("run-error");
    expect((await planned()).problem).toContain("the run failed\nTerraform v1");
    lab.hcp.misbehave("policy-soft");
    const held = await lab.fleet(["plan", WEB]);
    expect(held.code).toBe(2);
    expect(held.stdout).toContain("a policy failed; somebody with the right may override it in HCP Terraform");
    expect((await lab.fleet(["apply", WEB])).stdout).toMatch(/run-\w+ failed a policy/);
  }, 120_000);
});

describe("an interrupt leaves nothing running", () => {
  test("while it uploads", async () => {
    fresh();
    const before = (await lab.runs(WEB)).length;
    lab.hcp.misbehave("slow-upload");
    const { code, text } = await lab.begin(["plan", WEB], "uploading 2 files").ended;
    expect(code).toBe(130);
    expect(text).toContain(
      "interrupted: ending what was started; once more to leave it as it is\nnothing is left running\n",
    );
    // The upload would be there by now.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await lab.runs(WEB)).length).toBe(before);
  }, 120_000);

  test("while it plans", async () => {
    fresh();
    const { code, text } = await lab.begin(["plan", WEB], " planning").ended;
    expect(code).toBe(130);
    expect(text).toMatch(new RegExp(`${WEB}: run-\\w+ (canceled|discarded)\n$`));
    const [newest] = await lab.runs(WEB);
    await expect(lab.until(newest!.id, "planned_and_saved")).rejects.toThrow("never got");
  }, 120_000);

  test("while it applies: what was done until then stays", async () => {
    fresh();
    const file = join(lab.stack(WEB), "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as { resource: object };
    const slow = { input: "slow", provisioner: [{ "local-exec": { command: "sleep 20" } }] };
    writeFileSync(file, JSON.stringify({ ...json, resource: { ...json.resource, terraform_data: { slow } } }));
    const { run } = await planned();
    const { code, text } = await lab.begin(["apply", WEB], "slow: Provisioning").ended;
    expect(code).toBe(130);
    expect(text).toContain(
      `${run} canceled; what it has done until now stays: https://app.terraform.io/app/example/workspaces/${WEB}/runs/${run}\n`,
    );
    await expect(lab.until(run, "applied")).rejects.toThrow("never got");
  }, 60_000);
});

test("mistakes on the command line are one line each", async () => {
  release("1.0.0");
  const cases: [string[], string][] = [
    [
      ["plan"],
      "fleet hcp plan: name stacks, or give --all or --changed; npx fleet hcp plan --help lists the options\n",
    ],
    [["plan", "nope"], `fleet hcp plan: there is no stack "nope"; stacks: ${WEB}\n`],
    [
      ["plan", WEB, "--format", "pdf"],
      'fleet hcp plan: --format must be one of text, md, json, html, got "pdf"; npx fleet hcp plan --help lists the options\n',
    ],
    [
      ["apply", WEB, "--timeout", "soon"],
      'fleet hcp apply: --timeout must be a whole number of at least 1, got "soon"; npx fleet hcp apply --help lists the options\n',
    ],
  ];
  for (const [args, message] of cases) expect(await lab.fleet(args)).toMatchObject({ code: 1, stderr: message });
  writeFileSync(join(lab.stack(WEB), "cdk.tf.json"), JSON.stringify({ terraform: { backend: { local: {} } } }));
  expect((await lab.fleet(["plan", "--all"])).stderr).toContain(`${WEB} does not keep its state in HCP Terraform`);
}, 60_000);

test("no token is in anything that was printed, written or uploaded, and no plan stays behind", () => {
  expect(lab.printed.length).toBeGreaterThan(0);
  expect(lab.printed.filter((text) => lab.holdsToken(text))).toEqual([]);
  expect(lab.filesWithToken()).toEqual([]);
  expect(readdirSync(lab.temporary).filter((name) => name.startsWith("fleet-hcp-"))).toEqual([]);
});
