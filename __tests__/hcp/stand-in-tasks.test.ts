import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Bench, ORGANIZATION, withValue } from "./stand-in-support";

/** Run tasks of the stand-in of HCP Terraform: signature, token, callback, and what the verdict does to the run. */

const bench = new Bench();
interface Asked {
  readonly body: Record<string, string>;
  readonly raw: string;
  readonly signature: string | undefined;
}
const asked: Asked[] = [];
let server: Server;
let url: string;
let answer = 200;
beforeAll(async () => {
  await bench.start();
  server = createServer((request: IncomingMessage, response) => {
    let raw = "";
    request.on("data", (data) => (raw += String(data)));
    request.on("end", () => {
      asked.push({
        raw,
        body: JSON.parse(raw) as Record<string, string>,
        signature: request.headers["x-tfc-task-signature"] as string,
      });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await bench.close();
});

const register = (name: string) =>
  bench.api("POST", `/organizations/${ORGANIZATION}/tasks`, {
    data: { type: "tasks", attributes: { name, url, category: "task", "hmac-key": "key" } },
  });
const attach = async (workspace: string, task: string, level: string) =>
  bench.api("POST", `/workspaces/${workspace}/tasks`, {
    data: {
      type: "workspace-tasks",
      attributes: { "enforcement-level": level, stages: ["post_plan"] },
      relationships: { task: { data: { type: "tasks", id: task } } },
    },
  });
const report = (to: Record<string, string>, result: string, token = to.access_token!) =>
  bench.api(
    "PATCH",
    to.task_result_callback_url!,
    {
      data: {
        type: "task-results",
        attributes: { status: result, message: "as reviewed" },
        relationships: {
          outcomes: {
            data: [{ type: "task-result-outcomes", attributes: { "outcome-id": "a", description: "d", body: "# hi" } }],
          },
        },
      },
    },
    token,
  );

test("a task that does not answer 200 to the first request is not registered", async () => {
  answer = 500;
  expect((await register("mute")).errors[0]!.detail).toBe(`URL is not usable: ${url} answered 500, not 200`);
  answer = 200;
  expect(asked.at(-1)!.body.stage).toBe("test");
});

test.each([
  ["mandatory", "passed", "post_plan_completed"],
  ["mandatory", "failed", "errored"],
  ["advisory", "failed", "post_plan_completed"],
])("%s and %s: the run is %s", async (level, result, after) => {
  const workspace = await bench.workspace(`task-${level}-${result}`);
  const { data: task } = await register(`${level}-${result}`);
  expect((await attach(workspace, task.id, level)).status).toBe(201);
  const version = await bench.upload(workspace, withValue("one"));
  const run = await bench.run(workspace, version, {}, "post_plan_running");
  const { body, raw, signature } = asked.at(-1)!;
  expect(signature).toBe(createHmac("sha512", "key").update(raw).digest("hex"));
  expect(body).toMatchObject({ stage: "post_plan", run_id: run.id, task_result_enforcement_level: level });

  // The token reads the plan and calls back, and nothing else.
  expect((await bench.api("GET", body.plan_json_api_url!, undefined, body.access_token)).status).toBe(307);
  expect((await bench.api("GET", `/runs/${run.id}`, undefined, body.access_token)).status).toBe(404);
  expect((await bench.api("GET", body.configuration_version_download_url!, undefined, body.access_token)).status).toBe(
    404,
  );
  expect((await report(body, "passed", bench.hcp.tokens.owner)).status).toBe(403);

  expect((await report(body, "running")).status).toBe(200);
  expect(await bench.status(run.id)).toBe("post_plan_running");
  expect((await report(body, result)).status).toBe(200);
  await bench.until(run.id, after);
  expect((await report(body, "passed")).status).toBe(409);
  const stages = await bench.api("GET", `/runs/${run.id}/task-stages?include=task_results`);
  expect(stages.included[0]!.attributes).toMatchObject({ status: result, message: "as reviewed" });
  const outcomes = await bench.api("GET", `/task-results/${stages.included[0]!.id}/outcomes`);
  expect(outcomes.list[0]!.attributes).toEqual({ "outcome-id": "a", description: "d" });
  expect((await bench.api("GET", `/task-result-outcomes/${outcomes.list[0]!.id}/body`)).text).toBe("# hi");
});
