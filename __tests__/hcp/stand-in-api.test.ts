import type { Role, Seen } from "../../local-hcp/server";
import { Bench, ORGANIZATION, withValue } from "./stand-in-support";

/** What the stand-in of HCP Terraform allows to whom, how it misbehaves, and which variable wins. */

const bench = new Bench();
const seen: Seen[] = [];
beforeAll(() => bench.start({ onRequest: (request) => seen.push(request) }));
afterAll(() => bench.close());

const act = (run: string, action: string) =>
  bench.api("POST", `/runs/${run}/actions/${action}`, { comment: "because" });

describe("rights", () => {
  let workspace: string;
  let run: string;
  let plan: string;
  beforeAll(async () => {
    workspace = await bench.workspace("rights");
    const finished = await bench.run(workspace, await bench.upload(workspace, withValue("one")));
    run = finished.id;
    plan = finished.relationships.plan!.data.id;
  });

  test.each<[string, string, Record<Role, number>]>([
    [
      "GET",
      "/organizations/acme/workspaces/rights",
      { owner: 200, write: 200, plan: 200, read: 200, organization: 200, outsider: 404 },
    ],
    [
      "GET",
      "/plans/PLAN/json-output",
      { owner: 307, write: 404, plan: 404, read: 404, organization: 404, outsider: 404 },
    ],
    [
      "GET",
      "/plans/PLAN/json-output-redacted",
      { owner: 200, write: 200, plan: 200, read: 200, organization: 200, outsider: 404 },
    ],
    [
      "POST",
      "/workspaces/WS/configuration-versions",
      { owner: 201, write: 201, plan: 201, read: 403, organization: 403, outsider: 404 },
    ],
    [
      "POST",
      "/workspaces/WS/actions/force-unlock",
      { owner: 409, write: 403, plan: 403, read: 403, organization: 409, outsider: 404 },
    ],
    [
      "POST",
      "/runs/RUN/actions/cancel",
      { owner: 409, write: 409, plan: 409, read: 403, organization: 403, outsider: 404 },
    ],
  ])("%s %s", async (method, path, expected) => {
    const url = path.replace("PLAN", plan).replace("WS", workspace).replace("RUN", run);
    const got = Object.entries(bench.hcp.tokens).map(async ([role, token]) => [
      role,
      (await bench.api(method, url, method === "POST" ? {} : undefined, token)).status,
    ]);
    expect(Object.fromEntries(await Promise.all(got))).toEqual(expected);
  });

  test("a wrong token and none at all are told from too few rights", async () => {
    const wrong = await bench.api("GET", "/organizations/acme/workspaces/rights", undefined, "wrong");
    expect(wrong.errors).toEqual([{ status: "401", title: "unauthorized" }]);
    expect((await bench.api("GET", "/organizations/acme/workspaces/rights", undefined, "")).status).toBe(401);
    expect((await bench.api("GET", "/organizations/acme/workspaces/nothing")).errors).toEqual([
      { status: "404", title: "not found" },
    ]);
  });

  test("the plan's JSON is behind a redirect to another host that needs no token; the redacted one has no values to hide", async () => {
    const { headers } = await bench.api("GET", `/plans/${plan}/json-output`);
    const location = headers.get("location")!;
    expect(new URL(location).hostname).not.toBe(new URL(bench.hcp.address).hostname);
    const full = JSON.parse((await bench.api("GET", location, undefined, "")).text) as { variables: unknown };
    expect(full.variables).toEqual({ value: { value: "one" } });
    expect(seen.at(-1)).toEqual({ method: "GET", path: new URL(location).pathname, authorized: false });
    expect((await bench.api("GET", `${location}x`, undefined, "")).status).toBe(404);
    const redacted = await bench.api("GET", `/plans/${plan}/json-output-redacted`, undefined, bench.hcp.tokens.read);
    expect(redacted.text).toContain("terraform_data.thing");
    expect(redacted.text).not.toContain("s3cret");
    expect(redacted.text).not.toContain('"variables"');
  });
});

describe("misbehaviour", () => {
  test("429 and 500 come as often as was said, and a lost answer has done its work", async () => {
    bench.hcp.misbehave("429@/ping:2,500@/ping,lost@/projects");
    const ping = async () => (await bench.api("GET", "/ping")).status;
    expect([await ping(), await ping(), await ping(), await ping()]).toEqual([429, 429, 500, 204]);
    bench.hcp.misbehave("429@/ping");
    expect((await bench.api("GET", "/ping")).headers.get("retry-after")).toBe("1");
    const body = { data: { attributes: { name: "lost" } } };
    expect((await bench.api("POST", `/organizations/${ORGANIZATION}/projects`, body)).status).toBe(500);
    expect((await bench.api("POST", `/organizations/${ORGANIZATION}/projects`, body)).status).toBe(422);
  });

  test("a run errors, waits against its will, or fails a policy, as it is told", async () => {
    const workspace = await bench.workspace("faults");
    const version = await bench.upload(workspace, withValue("one"));
    bench.hcp.misbehave(
      "run-error@faults,needs-confirmation@faults,policy-soft@faults,policy-soft@faults,policy-hard@faults",
    );
    const statuses: string[] = [];
    for (const attributes of [{}, { "plan-only": true }]) {
      const run = await bench.run(workspace, version, { "auto-apply": true, ...attributes });
      statuses.push(run.attributes.status);
    }
    expect(statuses).toEqual(["errored", "policy_soft_failed"]);
    const soft = await bench.run(workspace, version, { "auto-apply": true });
    expect(soft.attributes).toMatchObject({ status: "policy_override", actions: { "is-confirmable": false } });
    const check = soft.relationships["policy-checks"]!.data[0]!.id;
    const overridden = await bench.api("POST", `/policy-checks/${check}/actions/override`);
    expect(overridden.data.attributes.status).toBe("overridden");
    expect(await bench.status(soft.id)).toBe("policy_checked");
    await act(soft.id, "discard");
    expect((await bench.run(workspace, version, { "auto-apply": true })).attributes.status).toBe("errored");
    expect((await bench.run(workspace, version, { "auto-apply": true }, "applied")).attributes.status).toBe("applied");
  });
});

test("a variable of the workspace wins over the uploaded file, and a set with priority over a run's own", async () => {
  const workspace = await bench.workspace("variables");
  const version = await bench.upload(workspace, withValue("file"));
  const planned = async (attributes = {}) => {
    const run = await bench.run(workspace, version, { "plan-only": true, ...attributes });
    const { headers } = await bench.api("GET", `/plans/${run.relationships.plan!.data.id}/json-output`);
    const { text } = await bench.api("GET", headers.get("location")!, undefined, "");
    return (JSON.parse(text) as { variables: { value: { value: string } } }).variables.value.value;
  };
  expect(await planned()).toBe("file");
  const variable = { key: "value", value: "${workspace}", category: "terraform" };
  const made = await bench.api("POST", `/workspaces/${workspace}/vars`, {
    data: { type: "vars", attributes: variable },
  });
  expect(await planned()).toBe("${workspace}");
  expect(await planned({ variables: [{ key: "value", value: '"run"' }] })).toBe("run");
  const set = {
    type: "varsets",
    attributes: { name: "prior", priority: true },
    relationships: {
      workspaces: { data: [{ type: "workspaces", id: workspace }] },
      vars: { data: [{ type: "vars", attributes: { ...variable, value: "set" } }] },
    },
  };
  expect((await bench.api("POST", `/organizations/${ORGANIZATION}/varsets`, { data: set })).status).toBe(201);
  expect(await planned({ variables: [{ key: "value", value: '"run"' }] })).toBe("set");
  const reaching = await bench.api("GET", `/workspaces/${workspace}/varsets?include=vars`);
  expect(reaching.list.map(({ attributes }) => attributes.name)).toEqual(["prior"]);
  expect((await bench.api("DELETE", `/varsets/${reaching.list[0]!.id}`)).status).toBe(204);
  expect((await bench.api("DELETE", `/workspaces/${workspace}/vars/${made.data.id}`)).status).toBe(204);
  expect(await planned()).toBe("file");
});
