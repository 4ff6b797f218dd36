import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hcp } from "../../local-hcp/server";
import { run } from "../support/terraform";
import { Bench, VALUE, withValue } from "./stand-in-support";

/** Runs of the stand-in of HCP Terraform, by its API; each is the real terraform. */

const bench = new Bench();
beforeAll(() => bench.start({ slowUploadMs: 100 }));
afterAll(() => bench.close());

const act = (run: string, action: string) =>
  bench.api("POST", `/runs/${run}/actions/${action}`, { comment: "because" });
const outputs = async (workspace: string) => {
  const { list } = await bench.api("GET", `/workspaces/${workspace}/current-state-version-outputs`);
  return Object.fromEntries(list.map(({ attributes }) => [attributes.name, attributes.value]));
};

describe("a run", () => {
  test("plans, waits, is applied, and leaves plan, logs and state to read", async () => {
    const workspace = await bench.workspace("plain");
    const version = await bench.upload(workspace, withValue("one"));
    const waiting = await bench.run(workspace, version, { message: "first" });
    expect(waiting.attributes).toMatchObject({
      status: "planned",
      message: "first",
      "has-changes": true,
      actions: { "is-confirmable": true, "is-discardable": true, "is-cancelable": false },
    });
    const held = await bench.api("GET", `/workspaces/${workspace}?include=current_run.plan`);
    expect(held.data.attributes.locked).toBe(true);
    expect(held.included.map(({ type }) => type)).toEqual(["runs", "plans"]);
    expect(held.included[1]!.attributes).toMatchObject({ status: "finished", "resource-additions": 1 });
    expect((await act(waiting.id, "cancel")).errors).toEqual([
      { status: "409", title: "conflict", detail: "Run was not planning or applying; cancel not allowed." },
    ]);

    expect((await act(waiting.id, "apply")).status).toBe(202);
    await bench.until(waiting.id, "applied");
    expect((await act(waiting.id, "apply")).status).toBe(409);
    expect((await act(waiting.id, "discard")).status).toBe(409);
    expect(await bench.log(waiting.id, "apply")).toMatch(
      /^\u0002Terraform v1.*terraform_data\.thing: Creation complete.*\u0003$/s,
    );
    expect(await outputs(workspace)).toEqual({ value: "one", secret: null });
    const { data: state } = await bench.api("GET", `/workspaces/${workspace}/current-state-version?include=outputs`);
    const secret = (await bench.api("GET", `/state-versions/${state.id}/outputs`)).list.find(
      ({ attributes }) => attributes.sensitive,
    )!;
    expect((await bench.api("GET", `/state-version-outputs/${secret.id}`)).data.attributes.value).toBe("s3cret");
    expect((await bench.api("GET", `/workspaces/${workspace}`)).data.attributes.locked).toBe(false);
    const events = await bench.api("GET", `/runs/${waiting.id}/run-events`);
    expect(events.list.map(({ attributes }) => attributes.action)).toEqual([
      "created",
      "plan_queued",
      "planning",
      "planned",
      "apply",
      "confirmed",
      "apply_queued",
      "applying",
      "applied",
    ]);
  });

  test("of a failing configuration is errored, with the reason in its log", async () => {
    const workspace = await bench.workspace("broken");
    const version = await bench.upload(workspace, { "main.tf.json": `{"output":{"x":{"value":"\${var.nothing}"}}}` });
    const run = await bench.run(workspace, version);
    expect(run.attributes.status).toBe("errored");
    expect(await bench.log(run.id, "plan")).toContain("Reference to undeclared input variable");
    expect((await bench.api("GET", `/plans/${run.relationships.plan!.data.id}/json-output`)).status).toBe(404);
  });

  test("takes the workspace in turn; plan-only runs do not wait, and a lock holds all others back", async () => {
    const workspace = await bench.workspace("queue");
    const version = await bench.upload(workspace, withValue("one"));
    const first = await bench.run(workspace, version);
    const second = await bench.create(workspace, version);
    const speculative = await bench.run(workspace, version, { "plan-only": true });
    expect(speculative.attributes.status).toBe("planned_and_finished");
    expect(await bench.status(second.data.id)).toBe("pending");
    expect((await act(first.id, "discard")).status).toBe(202);
    await bench.until(second.data.id, "planned");
    await act(second.data.id, "discard");

    expect((await bench.api("POST", `/workspaces/${workspace}/actions/lock`, { reason: "mine" })).status).toBe(200);
    expect((await bench.api("POST", `/workspaces/${workspace}/actions/lock`, {})).status).toBe(409);
    const third = await bench.create(workspace, version);
    expect(await bench.status(third.data.id)).toBe("pending");
    const { write } = bench.hcp.tokens;
    expect((await bench.api("POST", `/workspaces/${workspace}/actions/unlock`, {}, write)).status).toBe(409);
    expect((await bench.api("POST", `/workspaces/${workspace}/actions/force-unlock`, {}, write)).status).toBe(403);
    expect((await bench.api("POST", `/workspaces/${workspace}/actions/force-unlock`)).status).toBe(200);
    await bench.until(third.data.id, "planned");
    expect((await act(third.data.id, "discard")).status).toBe(202);
  });

  test("works beside those of other workspaces, on the same clouds", async () => {
    const configuration = (name: string) => ({
      "main.tf.json": JSON.stringify({
        terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
        provider: { aws: { region: "us-east-1" } },
        resource: { aws_sqs_queue: { one: { name }, two: { name: `${name}-two` } } },
      }),
    });
    const apply = async (name: string) => {
      const workspace = await bench.workspace(name);
      return bench.run(
        workspace,
        await bench.upload(workspace, configuration(name)),
        { "auto-apply": true },
        "applied",
      );
    };
    const runs = await Promise.all(["left", "middle", "right"].map(apply));
    for (const { id } of runs) expect(await bench.log(id, "apply")).toContain("Resources: 2 added");
  });

  test("is canceled while it works, and by force only after that", async () => {
    const workspace = await bench.workspace("cancel");
    const version = await bench.upload(workspace, VALUE);
    const deaf = bench.write("deaf", { terraform: "#!/bin/sh\ntrap '' INT TERM\nsleep 60 & wait\n" });
    chmodSync(join(deaf, "terraform"), 0o755);
    const path = { key: "PATH", value: `${deaf}:${process.env.PATH}`, category: "env" };
    await bench.api("POST", `/workspaces/${workspace}/vars`, { data: { type: "vars", attributes: path } });
    const run = await bench.run(workspace, version, {}, "planning");
    expect((await act(run.id, "force-cancel")).status).toBe(409);
    expect((await act(run.id, "cancel")).status).toBe(202);
    const { data } = await bench.api("GET", `/runs/${run.id}?include=plan`);
    expect(data.attributes).toMatchObject({ status: "planning", actions: { "is-force-cancelable": true } });
    expect((await act(run.id, "force-cancel")).status).toBe(202);
    await bench.until(run.id, "force_canceled");
    expect((await bench.api("GET", `/workspaces/${workspace}`)).data.attributes.locked).toBe(false);
  });
});

describe("a saved plan", () => {
  test("is applied as it is, and discarded once the state has moved", async () => {
    const workspace = await bench.workspace("saved");
    const save = async (value: string) => {
      const version = await bench.upload(workspace, withValue(value), { provisional: true });
      return bench.run(workspace, version, { "save-plan": true });
    };
    const [one, two] = [await save("one"), await save("two")];
    expect([one, two].map(({ attributes }) => attributes.status)).toEqual(["planned_and_saved", "planned_and_saved"]);
    const before = await bench.api("GET", `/workspaces/${workspace}`);
    expect(before.data.attributes.locked).toBe(false);
    expect(before.data.relationships["current-configuration-version"]!.data).toBeNull();

    await act(one.id, "apply");
    await bench.until(one.id, "applied");
    expect((await outputs(workspace)).value).toBe("one");
    expect(await bench.status(two.id)).toBe("discarded");
    expect((await act(two.id, "apply")).errors[0]!.detail).toBe(
      "Run was not paused for confirmation; apply not allowed.",
    );
    expect(
      (await bench.api("GET", `/workspaces/${workspace}`)).data.relationships["current-configuration-version"]!.data.id,
    ).toBe(one.relationships["configuration-version"]!.data.id);
  });

  test("that was being made while the state moved is discarded as well", async () => {
    const workspace = await bench.workspace("overtaken");
    const version = await bench.upload(workspace, withValue("one"));
    const [waits, goes] = [join(bench.folder, "waits"), join(bench.folder, "goes")];
    const late = bench.write("late", {
      terraform: `#!/bin/sh
if [ "$1" = plan ]; then touch ${waits}; while [ ! -e ${goes} ]; do sleep 0.02; done; fi
exec ${join(bench.folder, "cloud/terraform-shim/terraform")} "$@"
`,
    });
    chmodSync(join(late, "terraform"), 0o755);
    const first = await bench.run(workspace, version, { "save-plan": true });
    const variable = {
      type: "vars",
      attributes: { key: "PATH", value: `${late}:${process.env.PATH}`, category: "env" },
    };
    const { data } = await bench.api("POST", `/workspaces/${workspace}/vars`, { data: variable });
    const second = await bench.create(workspace, version, { "save-plan": true });
    await until(() => existsSync(waits));
    await bench.api("DELETE", `/workspaces/${workspace}/vars/${data.id}`);
    await act(first.id, "apply");
    await bench.until(first.id, "applied");
    writeFileSync(goes, "");
    await bench.until(second.data.id, "discarded");
    const { list } = await bench.api("GET", `/runs/${second.data.id}/run-events`);
    expect(list.at(-1)!.attributes.description).toBe("the state has moved since the plan");
  });
});

test("an upload is pending, then uploaded, starts a run by itself if wanted, and is refused when it is no archive", async () => {
  const workspace = await bench.workspace("upload");
  bench.hcp.misbehave("slow-upload@upload");
  const version = await bench.upload(workspace, withValue("one"), { "auto-queue-runs": true });
  const read = async (id: string) => (await bench.api("GET", `/configuration-versions/${id}`)).data.attributes;
  expect(await read(version)).toMatchObject({ status: "pending", "upload-url": null });
  expect((await bench.create(workspace, version)).status).toBe(422);
  await until(async () => (await read(version)).status !== "pending");
  expect((await read(version)).status).toBe("uploaded");
  const { list } = await bench.api("GET", `/workspaces/${workspace}/runs`);
  expect(list.map(({ attributes }) => attributes.source)).toEqual(["tfe-configuration-version"]);

  const { data } = await bench.api("POST", `/workspaces/${workspace}/configuration-versions`, { data: {} });
  await fetch(String(data.attributes["upload-url"]), { method: "PUT", body: "no archive" });
  expect(await read(data.id)).toMatchObject({ status: "errored" });
  expect((await bench.create(workspace, data.id)).errors[0]!.detail).toBe(
    `Configuration version ${data.id} is errored, not uploaded`,
  );
});

describe("what is under way when the stand-in", () => {
  const pidFile = () => join(bench.folder, "pid");
  const alive = async () => {
    const { stdout } = await run("ps", ["-o", "stat=", "-p", readFileSync(pidFile(), "utf8").trim()], { cwd: "/" });
    // A zombie is gone but for somebody to collect it.
    return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
  };
  /** Begins an apply that has made one object and hangs at the next. */
  const beginApply = async (workspace: string) => {
    rmSync(pidFile(), { force: true });
    const slow = { "local-exec": { command: `sleep 60 & echo $! > ${pidFile()}; wait` } };
    const version = await bench.upload(workspace, {
      "main.tf.json": JSON.stringify({
        resource: {
          terraform_data: {
            quick: { input: "kept" },
            slow: { depends_on: ["terraform_data.quick"], provisioner: slow },
          },
        },
      }),
    });
    const { data } = await bench.create(workspace, version, { "auto-apply": true });
    await until(() => existsSync(pidFile()) && readFileSync(pidFile(), "utf8").endsWith("\n"));
    return { id: data.id, version };
  };
  const stateOf = async (workspace: string) => {
    const { data } = await bench.api("GET", `/workspaces/${workspace}/current-state-version`);
    return (await bench.api("GET", String(data.attributes["hosted-state-download-url"]), undefined, "")).text;
  };

  test("ends is errored with its processes, and the next one goes on from there", async () => {
    const workspace = await bench.workspace("restart");
    const applying = await beginApply(workspace);
    const { data: waiting } = await bench.create(workspace, applying.version);
    const { tokens } = bench.hcp;

    await bench.stop();
    await until(async () => !(await alive()));
    await bench.start();

    expect(bench.hcp.tokens).toEqual(tokens);
    expect(await bench.status(applying.id)).toBe("errored");
    expect((await bench.api("GET", "/organizations/acme/workspaces/restart")).data.id).toBe(workspace);
    expect(await stateOf(workspace)).toContain('"kept"');
    await bench.until(waiting.id, "planned");
    const left = join(bench.folder, "cloud/hcp/runs", applying.id);
    expect(readdirSync(left).sort()).toEqual(["apply.log", "plan-redacted.json", "plan.json", "plan.log"]);
    expect(readFileSync(join(left, "apply.log"), "utf8")).toContain("terraform_data.quick: Creation complete");
  });

  test("is killed is errored at the next start, and what it had made is not lost", async () => {
    await bench.stop();
    const program = ["--import", "tsx", join(__dirname, "stand-in-mortal.ts"), join(bench.folder, "cloud")];
    const child = spawn(process.execPath, program);
    const started = await new Promise<string>((resolve) => child.stdout.once("data", (data) => resolve(String(data))));
    bench.hcp = JSON.parse(started) as Hcp;
    const workspace = await bench.workspace("killed");
    const applying = await beginApply(workspace);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    expect(await alive()).toBe(true);

    await bench.start();
    await until(async () => !(await alive()));
    expect(await bench.status(applying.id)).toBe("errored");
    const { data } = await bench.api("GET", `/workspaces/${workspace}`);
    expect(data.attributes.locked).toBe(false);
    expect(await stateOf(workspace)).toContain('"kept"');
    const again = await bench.run(workspace, await bench.upload(workspace, VALUE), { "auto-apply": true }, "applied");
    expect(again.attributes.status).toBe("applied");
  });
});

/** Waits until something is so; the test's own time limit ends it. */
async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await so())) await new Promise((resolve) => setTimeout(resolve, 25));
}
