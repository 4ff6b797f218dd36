import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { archive, differences, digestOf, filesIn, filesOf } from "../../hcp/archive";
import { chooseRun, type Choice } from "../../hcp/choose-run";
import { readable } from "../../hcp/log";
import type { RunData } from "../../hcp/model";
import { overriddenPaths, overrideMessage, winners } from "../../hcp/overrides";
import { meaningOf } from "../../hcp/run-states";
import { runMessage } from "../../hcp/upload";

const root = mkdtempSync(join(tmpdir(), "fleet-pure-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true });
    writeFileSync(join(root, folder, path), text);
  }
  return join(root, folder);
}

describe("an upload", () => {
  const LONG = `assets/${"a".repeat(90)}/${"b".repeat(90)}/${"c".repeat(90)}`;
  const KEPT = {
    "cdk.tf.json": "{}",
    "release.auto.tfvars.json": '{"release":{}}',
    ".terraform.lock.hcl": "# lock",
    "assets/x/hash/file.sh": "#!/bin/sh",
    [LONG]: "long",
  };
  const LEFT = {
    plan: "a plan",
    "plan.json": "{}",
    "terraform.tfstate": "{}",
    "terraform.web.tfstate": "{}",
    "terraform.tfstate.backup": "{}",
    "metadata.json": "{}",
    "secret.auto.tfvars": "password = 1",
    ".terraform/providers/aws": "big",
    "assets/x/.terraform/modules": "{}",
    "assets/x/terraform.tfstate": "{}",
  };

  test("holds what runs need and nothing else", () => {
    const folder = write("kept", { ...KEPT, ...LEFT });
    expect(filesOf(folder).map(({ path }) => path)).toEqual(Object.keys(KEPT).sort());
  });

  test("is the same bytes from another folder, another time and with other modes", () => {
    const [one, other] = [write("machine-one", KEPT), write("far/away/machine-two", { ...KEPT, ...LEFT })];
    utimesSync(join(other, "cdk.tf.json"), 1, 1);
    chmodSync(join(other, "assets/x/hash/file.sh"), 0o700);
    expect(archive(filesOf(other)).equals(archive(filesOf(one)))).toBe(true);
    expect(digestOf(filesOf(other))).toBe(digestOf(filesOf(one)));
    write("machine-one", { "release.auto.tfvars.json": "{}" });
    expect(digestOf(filesOf(other))).not.toBe(digestOf(filesOf(one)));
    expect(differences(filesOf(other), filesOf(one))).toEqual(["release.auto.tfvars.json"]);
  });

  test("comes back whole, also from a folder within the archive, and whatever else that holds", () => {
    const files = filesOf(write("back", KEPT));
    expect(filesIn(archive(files))).toEqual(files);
    expect(filesIn(archive(files, "hcp-stacks/web"), "hcp-stacks/web")).toEqual(files);
    expect(filesIn(archive([...files, { path: ".terraform/x", bytes: Buffer.from("x") }]))).toEqual(files);
    expect(filesIn(archive(files, "other"), "hcp-stacks/web")).toEqual([]);
    expect(() => filesIn(Buffer.from("no archive"))).toThrow("the configuration that was uploaded is no archive");
  });

  test("refuses a link", () => {
    const folder = write("link", { "cdk.tf.json": "{}" });
    mkdirSync(join(folder, "assets"));
    symlinkSync("/etc/hostname", join(folder, "assets/name"));
    expect(() => filesOf(folder)).toThrow("assets/name is not a file; put a copy there");
  });
});

describe("a release that is overridden", () => {
  const file = { release: { version: "1.1.0", epoch: "", capacity: null }, traffic: { blue: 100, green: 0 } };

  test("is found wherever the plan has another value", () => {
    expect(overriddenPaths(file, structuredClone(file))).toEqual([]);
    expect(overriddenPaths(file, { ...file, release: { capacity: null, epoch: "", version: "1.1.0" } })).toEqual([]);
    expect(overriddenPaths(file, { ...file, other: 1 })).toEqual([]);
    expect(
      overriddenPaths(file, { release: { ...file.release, version: "1.0.0" }, traffic: { blue: 0, green: 100 } }),
    ).toEqual(["release.version", "traffic.blue", "traffic.green"]);
    expect(overriddenPaths({ blue: null }, { blue: file.release })).toEqual(["blue"]);
    expect(overriddenPaths(file, { release: file.release })).toEqual(["traffic"]);
  });

  test("names what wins", () => {
    const found = winners(file, [
      { key: "release", category: "terraform" },
      { key: "release", category: "env" },
      { key: "traffic", category: "terraform", set: "defaults" },
      { key: "TF_CLI_ARGS_plan", category: "env" },
      { key: "other", category: "terraform" },
    ]);
    expect(overrideMessage(["release.version"], found, "PAGE")).toBe(
      'the plan does not run what release.auto.tfvars.json says (release.version): variable "release" of the workspace and variable "traffic" of the variable set "defaults" and environment variable "TF_CLI_ARGS_plan" of the workspace wins over the file; delete it at PAGE',
    );
    expect(overrideMessage(["release"], [], "PAGE")).toContain("something wins over the file that is no variable");
  });
});

describe("the run to apply", () => {
  const DIGEST = "d".repeat(64);
  const at = (minute: number) => `2026-11-21T00:${String(minute).padStart(2, "0")}:00Z`;
  const run = (
    id: string,
    minute: number,
    status: string,
    { digest = DIGEST, planOnly = false, applied = 0 } = {},
  ): RunData => ({
    id,
    attributes: {
      status,
      message: runMessage("test", digest),
      "created-at": at(minute),
      "plan-only": planOnly,
      "status-timestamps": applied > 0 ? { "applied-at": at(applied) } : {},
      actions: {},
    },
    relationships: { plan: undefined, apply: undefined, workspace: undefined, "configuration-version": undefined },
  });
  const other = "e".repeat(64);
  const says = (choice: Choice) =>
    "refusal" in choice ? choice.refusal : "nothing" in choice ? choice.nothing : choice.run.id;

  test.each<[string, RunData[], string | undefined, string | RegExp]>([
    [
      "the saved plan of this upload",
      [run("run-b", 2, "planned_and_saved"), run("run-a", 1, "discarded")],
      undefined,
      "run-b",
    ],
    ["one that is being applied", [run("run-a", 1, "applying")], undefined, "run-a"],
    [
      "no speculative one",
      [run("run-a", 1, "planned_and_finished", { planOnly: true })],
      undefined,
      /^nothing was planned from what lies here; run: npx fleet hcp plan$/,
    ],
    [
      "not one of another upload",
      [run("run-a", 1, "planned_and_saved", { digest: other })],
      undefined,
      /^run-a was planned from another upload/,
    ],
    [
      "not one that something newer waits behind",
      [run("run-b", 2, "planned_and_saved", { digest: other }), run("run-a", 1, "planned_and_saved")],
      undefined,
      /^run-b is newer than run-a.*--run$/,
    ],
    [
      "the one that was asked for, though",
      [run("run-b", 2, "planned_and_saved", { digest: other }), run("run-a", 1, "planned_and_saved")],
      "run-a",
      "run-a",
    ],
    [
      "not one that the state moved on from",
      [run("run-a", 2, "planned_and_saved"), run("run-0", 1, "applied", { digest: other, applied: 3 })],
      "run-a",
      /^run-0 was applied after run-a, which is out of date/,
    ],
    ["nothing when it is applied", [run("run-a", 1, "applied", { applied: 2 })], undefined, "run-a is applied already"],
    [
      "not an old one that was rolled over since",
      [run("run-b", 3, "applied", { digest: other, applied: 4 }), run("run-a", 1, "applied", { applied: 2 })],
      undefined,
      /^run-b was applied after run-a/,
    ],
    [
      "nothing when nothing changes",
      [run("run-a", 1, "planned_and_finished")],
      undefined,
      "run-a found nothing to change",
    ],
    [
      "not one that still plans",
      [run("run-a", 1, "plan_queued")],
      undefined,
      "run-a is still plan queued; wait for it",
    ],
    ["not one that a policy holds", [run("run-a", 1, "policy_override")], undefined, /^run-a failed a policy/],
    [
      "not one that is gone",
      [run("run-a", 1, "discarded")],
      "run-a",
      /^run-a is discarded and can not be applied any more/,
    ],
    ["not one of another workspace", [], "run-x", "the workspace has no run run-x"],
    [
      "not a speculative one by its id",
      [run("run-a", 1, "planned_and_finished", { planOnly: true })],
      "run-a",
      /^run-a is speculative/,
    ],
  ])("is %s", (_, runs, wanted, expected) => {
    expect(says(chooseRun(runs, DIGEST, wanted))).toEqual(
      typeof expected === "string" ? expected : expect.stringMatching(expected),
    );
  });

  test("has a status whose meaning depends on what may be done, where it is not final", () => {
    expect(meaningOf("policy_checked", { "is-confirmable": true })).toBe("planned");
    expect(meaningOf("policy_checked", {})).toBe("working");
    expect(meaningOf("a_status_of_next_year", {})).toBe("working");
  });
});

test("a log's line is one harmless line, whatever is in it", () => {
  expect(readable('{"@level":"info","@message":"x: Creating...","type":"apply_start"}')).toEqual(["x: Creating..."]);
  expect(readable('{"@level":"info","@message":"x: Plan to create","type":"planned_change"}')).toEqual([]);
  const diagnostic = { severity: "error", summary: "No", detail: "because\nso", address: "a.b" };
  expect(readable(JSON.stringify({ "@level": "error", "@message": "", diagnostic }))).toEqual([
    "error: No (a.b)",
    "  because",
    "  so",
  ]);
  expect(readable("\u001b[31m::set-output name=x::y\u202e")).toEqual([": :set-output name=x: :y\ufffd"]);
});
