import { createHmac } from "node:crypto";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../support/synth";
import { Lab, ORGANIZATION, writeTinyStacks } from "./support";

const WEB = "prod-web-google-x";
const KEY = "a key that nobody guesses";
const root = newFolder();
let lab: Lab;
let server: ReturnType<Lab["begin"]>;
let url: string;

beforeAll(async () => {
  lab = await Lab.start(root, { taskTimeoutMs: 30_000 });
  writeFileSync(join(root, "key"), `${KEY}\n`);
  // Any free port would do, but the command takes a fixed one: it must be known where the task is registered.
  server = lab.begin([
    "run-task",
    "--port",
    String(40_000 + (process.pid % 20_000)),
    "--hmac-key-file",
    join(root, "key"),
    "--configs",
    join(root, "configs"),
  ]);
  const [, port] = await server.said(/listening on port (\d+)/);
  url = `http://127.0.0.1:${port}/`;
  writeTinyStacks(lab.out, { [WEB]: "1.0.0" });
  await lab.makeWorkspace(WEB);
});
afterAll(async () => {
  await lab.stop();
  rmSync(root, { recursive: true, force: true });
});

const sign = (body: string, key = KEY) => createHmac("sha512", key).update(body).digest("hex");
const post = (body: string, signature?: string) =>
  fetch(url, {
    method: "POST",
    body,
    ...(signature !== undefined && { headers: { "X-TFC-Task-Signature": signature } }),
  });

async function attach(enforcement: string): Promise<void> {
  const attributes = { name: "review", url, category: "task", "hmac-key": KEY };
  const task = await lab.api<{ data: { id: string } }>("POST", `/organizations/${ORGANIZATION}/tasks`, {
    data: { type: "tasks", attributes },
  });
  await lab.api("POST", `/workspaces/${await lab.workspaceId(WEB)}/tasks`, {
    data: {
      type: "workspace-tasks",
      attributes: { "enforcement-level": enforcement, stages: ["post_plan"] },
      relationships: { task: { data: { type: "tasks", id: task.data.id } } },
    },
  });
}

interface Result {
  readonly status: string;
  readonly message: string;
  readonly outcomes: readonly {
    readonly attributes: { readonly "outcome-id": string; readonly description: string };
    readonly links: { readonly body: string };
  }[];
}
/** What the task said of a run. */
async function resultOf(run: string): Promise<Result> {
  const stages = await lab.api<{ data: { relationships: { "task-results": { data: { id: string }[] } } }[] }>(
    "GET",
    `/runs/${run}/task-stages`,
  );
  const { id } = stages.data[0]!.relationships["task-results"].data[0]!;
  const { data } = await lab.api<{ data: { attributes: { status: string; message: string } } }>(
    "GET",
    `/task-results/${id}`,
  );
  const outcomes = await lab.api<{ data: Result["outcomes"] }>("GET", `/task-results/${id}/outcomes`);
  return { ...data.attributes, outcomes: outcomes.data };
}

interface Planned {
  readonly stacks: readonly { readonly run: string; readonly status: string; readonly problem?: string }[];
}
const plan = async () => (await lab.json<Planned>(["plan", WEB])).stacks[0]!;

test("a run that keeps the contract passes, with the whole review to read", async () => {
  await attach("mandatory");
  const { run, status } = await plan();
  expect(status).toBe("planned_and_saved");
  const { status: verdict, message, outcomes } = await resultOf(run);
  expect({ verdict, message }).toEqual({ verdict: "passed", message: "contract held: first deployment" });
  expect(outcomes.map(({ attributes }) => attributes["outcome-id"])).toEqual(["review"]);
  const body = await fetch(`${lab.hcp.address}${outcomes[0]!.links.body}`, {
    headers: { Authorization: `Bearer ${lab.hcp.tokens.owner}` },
  });
  const text = await body.text();
  expect(text).toContain("### 🟢 Plan review: 1 contract held");
  expect(text).toContain("Not checked: what only cdk.tf.json says: it cannot be read here.");
  expect(await lab.fleet(["apply", WEB])).toMatchObject({ code: 0 });
}, 60_000);

test("one that needs a human fails, and is not applied", async () => {
  writeTinyStacks(lab.out, { [WEB]: "2.0.0" });
  const { run, problem } = await plan();
  expect(problem).toContain("the run failed");
  const { status, message, outcomes } = await resultOf(run);
  expect(status).toBe("failed");
  expect(message).toContain("needs a human");
  expect(outcomes.map(({ attributes }) => attributes.description).join("\n")).toContain("terraform_data.live_drain");
}, 60_000);

test("a variable that wins over the release fails it", async () => {
  writeTinyStacks(lab.out, { [WEB]: "1.0.0" });
  cpSync(join(lab.out, "stacks"), join(root, "configs"), { recursive: true });
  const id = await lab.workspaceId(WEB);
  await lab.api("POST", `/workspaces/${id}/vars`, {
    data: {
      type: "vars",
      attributes: { key: "release", value: '{ version = "6.6.6" }', category: "terraform", hcl: true },
    },
  });
  const { run } = await plan();
  const { outcomes } = await resultOf(run);
  expect(outcomes.map(({ attributes }) => attributes.description)).toContain(
    "A variable in HCP Terraform wins over release.auto.tfvars.json (release.version): delete it there.",
  );
}, 60_000);

test("refuses what is not signed, too large or not understood, and says when it is well", async () => {
  expect((await fetch(`${url}health`)).status).toBe(200);
  expect((await fetch(`${url}other`)).status).toBe(404);
  const body = JSON.stringify({ payload_version: 1, stage: "test" });
  expect((await post(body)).status).toBe(401);
  expect((await post(body, sign(body, "another key"))).status).toBe(401);
  expect((await post(`${body} `, sign(body))).status).toBe(401);
  expect((await post(body, sign(body))).status).toBe(200);
  expect((await post("[]", sign("[]"))).status).toBe(400);
  const large = "x".repeat(2 * 1024 * 1024);
  expect(
    await post(large, sign(large)).then(
      ({ status }) => status,
      () => "closed",
    ),
  ).not.toBe(200);
});

test("a key must be there, and be one", async () => {
  const missing = await lab.spawned(["run-task", "--port", "1"]);
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "--hmac-key-file is missing: requests without a signature are never taken",
    ) as string,
  });
});

test("stops cleanly, and has printed no token", async () => {
  server.kill("SIGTERM");
  const { code, text } = await server.ended;
  expect(code).toBe(0);
  expect(text).toMatch(
    /run-\w+: prod-web-google-x: contract held\n[^]*refused with 401: the signature does not fit\n[^]*stopped\n$/,
  );
  expect(text).not.toMatch(/eyJ|atlasv1|Bearer/);
  expect(lab.filesWithToken()).toEqual([]);
});
