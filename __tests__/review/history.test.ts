import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { review as command } from "../../cli/review";
import { historyIn, otherWorkspace } from "../../cli/review/history";
import { NEW_RECORD, recordFile } from "../../releases/record";
import { NEW } from "./lab";

const folder = mkdtempSync(join(tmpdir(), "fleet-history-"));
afterAll(() => rmSync(folder, { recursive: true }));

const releases = join(folder, "releases");
const file = (service: string) => join(releases, "prod", `${service}.json`);
const release = (service: string, version: string) =>
  writeFileSync(file(service), JSON.stringify({ slots: { live: { version } } }, null, 2));
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", "-C", folder, ...args], { stdio: "pipe" });

beforeAll(() => {
  mkdirSync(join(releases, "prod"), { recursive: true });
  git("init", "-q");
  for (const service of ["web", "api"]) release(service, "1.0.0");
  git("add", "-A");
  git("commit", "-q", "-m", "first");
  release("web", "1.1.0");
  git("commit", "-q", "-a", "-m", "bump");
  release("shop", "1.0.0");
  const history = [{ version: "2.0.0", epoch: "", since: null }];
  writeFileSync(recordFile(releases, "prod", "shop"), JSON.stringify({ ...NEW_RECORD, history }));
});

test("a release file that named several versions, or a record, tells that a service was released", () => {
  const history = historyIn(releases);
  expect(history("prod", "web")).toMatch(/^versions 1.1.0, 1.0.0, by the history of .*web.json$/);
  expect(history("prod", "shop")).toMatch(/^version 2.0.0, by .*shop.rollout.json$/);
  expect(history("prod", "api")).toBeUndefined();
  expect(history("..", "prod")).toBeUndefined();
  expect(historyIn(join(folder, "none"))("prod", "web")).toBeUndefined();
});

test("terraform's workspace is another one when it is neither the default nor the stack's own", () => {
  const stack = join(folder, "prod-web-aws-us-east-1");
  mkdirSync(join(stack, ".terraform"), { recursive: true });
  const select = (name: string) => writeFileSync(join(stack, ".terraform/environment"), name);
  expect(otherWorkspace(folder, undefined)).toBeUndefined();
  for (const [name, expected] of [
    ["default", undefined],
    ["prod-web-aws-us-east-1", undefined],
    ["dev", "dev"],
  ] as const) {
    select(name);
    expect(otherWorkspace(stack, "prod-web-aws-us-east-1")).toBe(expected);
  }
  select("default");
  process.env["TF_WORKSPACE"] = "dev";
  expect(otherWorkspace(stack, "prod-web-aws-us-east-1")).toBe("dev");
  delete process.env["TF_WORKSPACE"];
});

test("the command says that a first deployment is a lost state, and what it does not judge; exit 2", async () => {
  const object = (address: string) => {
    const [type = "", name = ""] = address.split(".");
    return {
      address,
      mode: "managed",
      type,
      name,
      change: { actions: ["create"], before: null, after: { image_id: NEW } },
    };
  };
  const planned = (name: string, addresses: string[], variables = {}) => {
    const at = join(folder, name);
    mkdirSync(at, { recursive: true });
    writeFileSync(
      join(at, "plan.json"),
      JSON.stringify({ format_version: "1.2", complete: true, errored: false, variables, resource_changes: addresses.map(object) }),
    ); // prettier-ignore
    return join(at, "plan.json");
  };
  let printed = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  const run = async (plan: string) => {
    printed = "";
    return command.run(["--plan", plan, "--releases", releases]);
  };
  const variables = { release: { value: { version: "1.1.0", image_id: NEW } } };
  const machines = ["aws_launch_template.live_template", "aws_autoscaling_group.live_group"];
  expect(await run(planned("prod-api-aws-us-east-1", machines, variables))).toBe(0);
  expect(await run(planned("prod-web-aws-us-east-1", machines, variables))).toBe(2);
  expect(printed).toMatch(/the service was released\s+before:\s+versions 1.1.0, 1.0.0/);
  expect(await run(planned("someone", ["aws_instance.web"]))).toBe(2);
  expect(printed).toMatch(/1 not judged/);
  jest.restoreAllMocks();
});
