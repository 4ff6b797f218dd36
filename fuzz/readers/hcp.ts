/** What HCP Terraform says: answers of its API, logs, archives, and the requests of its run tasks. */
import { gunzipSync, gzipSync } from "node:zlib";
import { join } from "node:path";
import { Api } from "../../hcp/api";
import { archive, filesIn as filesInArchive } from "../../hcp/archive";
import { chooseRun } from "../../hcp/choose-run";
import { Client } from "../../hcp/client";
import { HcpError } from "../../hcp/error";
import { LogReader, readable } from "../../hcp/log";
import { readRequest } from "../../hcp/run-task/request";
import { mutants } from "../mutate";
import { checkWords, type Reader } from "../reader";

const HOST = { hostname: "app.terraform.io", address: "https://app.terraform.io" };
const PLACE = {
  hostname: HOST.hostname,
  organization: "example",
  workspace: "prod-web-aws-us-east-1",
  project: "prod",
};
const LOG = "https://archivist.terraform.io/v1/object/log";

const entry = {
  id: "run-1",
  type: "runs",
  attributes: {
    ...{
      name: "prod-web-aws-us-east-1",
      locked: false,
      "execution-mode": "remote",
      "working-directory": "",
      "vcs-repo": null,
    },
    ...{ status: "planned", message: "web 1.1.0 (sha256:0)", "created-at": "2026-11-20T12:00:00Z", "plan-only": false },
    ...{ "save-plan": true, "status-timestamps": { "applied-at": "2026-11-20T12:10:00Z" } },
    actions: { "is-cancelable": true, "is-confirmable": true, "is-discardable": true },
    ...{ "upload-url": LOG, "log-read-url": LOG, "error-message": null, key: "release", category: "terraform" },
  },
  relationships: {
    plan: { data: { type: "plans", id: "plan-1" } },
    apply: { data: { type: "applies", id: "apply-1" } },
    workspace: { data: { type: "workspaces", id: "ws-1" } },
    "configuration-version": { data: { type: "configuration-versions", id: "cv-1" } },
    "current-run": { data: { type: "runs", id: "run-1" } },
    "locked-by": { data: null },
  },
};
const list = { data: [entry, { ...entry, id: "run-2" }], meta: { pagination: { "next-page": null } } };

/** An answer as a document of JSON, so that one mutator reaches all of it. */
const ANSWERS = [
  { status: 200, headers: {}, body: { data: entry } },
  { status: 200, headers: {}, body: { ...list, meta: { pagination: { "next-page": 2 } } } },
  { status: 200, headers: {}, body: list },
  { status: 404, headers: {}, body: { errors: [{ status: "404", title: "not found", detail: "no such run" }] } },
  { status: 429, headers: { "retry-after": "3", "x-ratelimit-reset": "1" }, body: {} },
  { status: 302, headers: { location: LOG }, body: {} },
].map((answer) => JSON.stringify(answer));

/** After so many answers to one call there is nothing more: a log ends by it. Whoever asks on is seen as a hang. */
const MOST_ANSWERS = 40;

function answerOf(input: Buffer): () => Response {
  const text = input.toString("utf8");
  let [status, headers, body]: [number, [string, string][], string] = [200, [], text];
  try {
    const found = JSON.parse(text) as { status?: unknown; headers?: object; body?: unknown };
    if (typeof found.status === "number" && found.status >= 200 && found.status <= 599)
      status = Math.floor(found.status);
    if (typeof found.headers === "object") headers = Object.entries(found.headers ?? {}).slice(0, 50).map(([name, value]) => [name, String(value)]); // prettier-ignore
    body = text.slice(text.indexOf('"body":') + 7, text.lastIndexOf("}"));
  } catch {
    // Not even a document: the bytes are the body.
  }
  const known = new Headers();
  for (const [name, value] of headers)
    try {
      known.append(name, value);
    } catch {
      // What no server can send.
    }
  const isEmpty = [204, 205, 304].includes(status);
  return () => new Response(isEmpty ? null : body, { status, headers: known });
}

export const hcpAnswers: Reader = {
  name: "hcp",
  inputs: () => mutants("json", ANSWERS),
  errors: [HcpError],
  open: (folder) => async (input) => {
    const answer = answerOf(input);
    let asked = 0;
    const real = globalThis.fetch;
    globalThis.fetch = () => {
      return Promise.resolve(++asked > MOST_ANSWERS ? new Response("") : answer());
    };
    const wire = { sleep: () => Promise.resolve() };
    const client = new Client(new Api({ host: HOST, wire, token: { value: "secret", from: "TFE_TOKEN" } }), PLACE);
    const file = join(folder, "plan.json");
    const calls: (() => Promise<unknown>)[] = [
      () => client.workspace(),
      () => client.ensureWorkspace(),
      async () => chooseRun(await client.runs("ws-1"), "0"),
      () => client.variables("ws-1"),
      () => client.createRun("ws-1", { version: "cv-1", message: "m", kind: "saved" }),
      async () => new LogReader(client, "plan").more(await client.run("run-1")),
      async () => client.downloadPlan(await client.run("run-1"), file, "whole"),
      async () =>
        client.api.upload((await client.createVersion("ws-1", "saved")).attributes["upload-url"] ?? "", input),
    ];
    try {
      for (const call of calls) {
        asked = 0;
        await call().catch((error: unknown) => {
          if (!(error instanceof HcpError)) throw error;
          checkWords(error.message);
          if (error.message.includes("secret")) throw new Error("the message holds the token");
        });
      }
    } finally {
      globalThis.fetch = real;
    }
  },
};

const LINES = [
  { "@level": "info", "@message": "Terraform 1.11.4", type: "version" },
  { "@level": "error", "@message": "Error: no", type: "diagnostic", diagnostic: { severity: "error", summary: "no", detail: "why", address: "aws_vpc.a" } }, // prettier-ignore
].map((line) => JSON.stringify(line));

export const logLines: Reader = {
  name: "log",
  inputs: () => mutants("json", LINES),
  errors: [],
  open: () => (input) => {
    for (const line of input.toString("utf8").split("\n"))
      for (const shown of readable(line))
        if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(shown)) throw new Error(`shows ${JSON.stringify(shown)}`);
  },
};

/** The archive before it is packed: a changed byte of the packed one is no archive at all. */
const unpacked = () => {
  const files = [
    { path: "cdk.tf.json", bytes: Buffer.from("{}") },
    { path: "release.auto.tfvars.json", bytes: Buffer.from('{"release":{}}') },
    { path: `assets/${"long".repeat(60)}/a.txt`, bytes: Buffer.from("a") },
  ];
  return [archive(files), archive(files, "stacks/prod")];
};

export const archives: Reader = {
  name: "archive",
  inputs: () =>
    mutants(
      "bytes",
      unpacked().map((packed) => gunzipSync(packed)),
    ),
  errors: [HcpError],
  open: () => (input) => {
    for (const { path } of filesInArchive(gzipSync(input, { level: 1 })))
      if (path.split("/").includes("..") || path.startsWith("/")) throw new Error(`an entry leads out: ${path}`);
  },
};

const TASK = {
  payload_version: 1,
  stage: "post_plan",
  access_token: "secret",
  run_id: "run-1",
  workspace_name: "prod-web-aws-us-east-1",
  workspace_working_directory: "/stacks/prod",
  plan_json_api_url: `${HOST.address}/api/v2/plans/plan-1/json-output`,
  configuration_version_download_url: `${HOST.address}/api/v2/configuration-versions/cv-1/download`,
  task_result_callback_url: `${HOST.address}/api/v2/task-results/0-1/callback`,
};

export const runTasks: Reader = {
  name: "run-task",
  inputs: () => mutants("json", [JSON.stringify(TASK), JSON.stringify({ ...TASK, stage: "test" })]),
  errors: [],
  open: () => (input) => {
    const asked = readRequest(input, HOST);
    if ("refusal" in asked) checkWords(asked.refusal);
    if (!("task" in asked)) return;
    const { callback, plan = "", configuration = "", folder } = asked.task;
    if ([callback, plan, configuration].some((path) => /\.\.|\/\/|[?#@\\]/.test(path)))
      throw new Error("a path leads elsewhere");
    if (folder.split("/").includes("..")) throw new Error(`the folder leads out: ${folder}`);
  },
};
