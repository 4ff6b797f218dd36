import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalCloud } from "../../local-cloud/server";
import { ROOT, run, Sandbox } from "./support";

/** The command line: `npm run local -- …` without npm. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-cloud-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TSX = join(ROOT, "node_modules/.bin/tsx");
const RUN = join(ROOT, "local-cloud/run.ts");
const cloud = () => join(folder, "cloud");
const local = (args: readonly string[], env: Record<string, string> = {}) =>
  run(TSX, [RUN, ...args], { LOCAL_CLOUD_DIR: cloud(), ...env });

describe("the command", () => {
  test("has its output and exit code passed through, and nothing added", async () => {
    const result = await local(["sh", "-c", "echo out; exit 7"]);
    expect(result).toEqual({ code: 7, stdout: "out\n", output: "out\n" });
  });

  test("gets signals and its death by one as exit code", async () => {
    expect((await local(["sh", "-c", "kill -TERM $$"])).code).toBe(143);
    const child = spawn(TSX, [RUN, "sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"], {
      env: { ...process.env, LOCAL_CLOUD_DIR: cloud() },
    });
    await output(child, "ready");
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(9);
  });

  test("finds terraform attached, and `providers lock` swallowed", async () => {
    const script =
      'echo "$TF_REATTACH_PROVIDERS"; echo "$FLEET_STATE_DIR"; terraform -chdir=/ providers lock; echo "lock $?"';
    const { stdout } = await local(["sh", "-c", script]);
    expect(stdout).toContain("registry.terraform.io/hashicorp/azurerm");
    expect(stdout).toContain(join(cloud(), "state"));
    expect(stdout).toContain("lock 0");
  });

  test("leaves no trace in a folder of what another cloud, or the real one, keeps its state in", async () => {
    const stack = join(folder, "stack");
    mkdirSync(stack);
    const init = (dir: string, path: string) => {
      writeFileSync(join(stack, "main.tf.json"), JSON.stringify({ terraform: { backend: { local: { path } } } }));
      const args = ["terraform", `-chdir=${stack}`, "init", "-input=false"];
      return dir === "" ? run("terraform", args.slice(1), {}) : local(args, { LOCAL_CLOUD_DIR: join(folder, dir) });
    };
    for (const [dir, path] of [
      ["one", "one.tfstate"],
      ["two", "two.tfstate"],
      ["", "real.tfstate"],
      ["one", "one.tfstate"],
    ] as const)
      expect([dir, (await init(dir, path)).code]).toEqual([dir, 0]);
  });

  test("may be a wrapper again, which joins the session", async () => {
    const result = await local([TSX, RUN, "sh", "-c", "exit 3"]);
    expect(result).toEqual({ code: 3, stdout: "", output: "" });
  });
});

test.each<[string, string[], Record<string, string>, RegExp]>([
  ["no command", [], {}, /no command given\n\nusage: npm run local/],
  ["an unknown option", ["--nonsense"], {}, /unknown option --nonsense/],
  ["a command that is not there", ["no-such-command"], {}, /command not found: no-such-command/],
  ["--scale without a size", ["--scale", "web"], {}, /--scale takes a group's name and a whole number, got web/],
  ["--scale of no group", ["--scale", "web", "3"], {}, /there is no group named "web": there is no group yet/],
  ["--delete without a group", ["--delete"], {}, /--delete takes a group's name, got nothing/],
  ["--delete of no group", ["--delete", "web"], {}, /there is no group named "web": there is no group yet/],
  ["--ls with something else", ["--ls", "web"], {}, /--ls takes only --json, got web/],
  [
    "a boot time that is no number",
    ["true"],
    { LOCAL_CLOUD_BOOT_MS: "soon" },
    /LOCAL_CLOUD_BOOT_MS must be a whole number/,
  ],
])("%s is said clearly", async (_, args, env, message) => {
  const result = await local(args, env);
  expect(result.code).toBeGreaterThan(0);
  expect(result.output).toMatch(message);
  expect(result.output).not.toMatch(/^\s+at /m);
});

test("a missing or too old terraform is said at once", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const tool of ["node", "sh"])
    writeFileSync(join(bin, tool), `#!/bin/sh\nexec ${tool === "node" ? process.execPath : "/bin/sh"} "$@"\n`, {
      mode: 0o755,
    });
  const missing = await local(["true"], { PATH: bin });
  expect(missing.output).toMatch(/terraform is not on PATH; version 1\.11 or newer/);
  writeFileSync(join(bin, "terraform"), `#!/bin/sh\necho '{"terraform_version":"1.5.7"}'\n`, { mode: 0o755 });
  const old = await local(["true"], { PATH: bin });
  expect(old.code).toBe(2);
  expect(old.output).toMatch(/is terraform 1\.5\.7; version 1\.11 or newer/);
});

describe("the state folder", () => {
  test("is refused while another local cloud uses it, and free again after", async () => {
    const first = await startLocalCloud({ dir: cloud() });
    await expect(startLocalCloud({ dir: cloud(), lockWaitMs: 0 })).rejects.toThrow(
      `is in use by another local cloud (process ${process.pid})`,
    );
    const other = await startLocalCloud({ dir: join(folder, "other"), lockWaitMs: 0 });
    await other.close();
    await first.close();
    await (await startLocalCloud({ dir: cloud(), lockWaitMs: 0 })).close();
  });

  test("is taken over from a process that is dead", async () => {
    const dead = spawn("true");
    await new Promise((resolve) => dead.on("close", resolve));
    mkdirSync(cloud());
    writeFileSync(join(cloud(), "lock"), String(dead.pid));
    await (await startLocalCloud({ dir: cloud(), lockWaitMs: 0 })).close();
    expect(existsSync(join(cloud(), "lock"))).toBe(false);
  });

  test("is forgotten by --reset, which leaves what is not its own", async () => {
    await (await startLocalCloud({ dir: cloud() })).close();
    writeFileSync(join(cloud(), "mine"), "");
    expect((await local(["--reset"])).output).toMatch(/forgotten/);
    expect(readdirSync(cloud())).toEqual(["mine"]);
    mkdirSync(join(cloud(), "state"));
    expect((await local(["--reset"])).output).toMatch(/there is no local cloud to forget/);
    expect(readdirSync(cloud())).toEqual(["mine", "state"]);
  });
});

test("--ls shows what runs, --scale and --delete change it, also while a session is open", async () => {
  const sandbox = new Sandbox();
  await sandbox.start();
  try {
    await sandbox.apply(`
      resource "aws_launch_template" "web" {
        name     = "web"
        image_id = "ami-1"
      }
      resource "aws_autoscaling_group" "web" {
        name               = "web"
        min_size           = 1
        max_size           = 5
        availability_zones = ["us-east-1a"]
        launch_template {
          id = aws_launch_template.web.id
        }
      }`);
    const env = { LOCAL_CLOUD_DIR: sandbox.cloudFolder };
    expect(await local(["--scale", "web", "3"], env)).toEqual({ code: 0, stdout: "", output: "" });
    expect(await sandbox.plan()).toEqual([]);
    const { groups, machines } = JSON.parse((await local(["--ls", "--json"], env)).stdout) as ReturnType<
      typeof sandbox.cloud.list
    >;
    expect(groups).toMatchObject([
      { cloud: "aws", region: "us-east-1", name: "web", image: "ami-1", size: 3, healthy: 3 },
    ]);
    expect(machines).toHaveLength(3);
    expect((await local(["--ls"], env)).stdout).toMatch(
      /groups\n {2}cloud +region +name +size +healthy +image\n {2}aws +us-east-1 +web +3 +3 +ami-1/,
    );
    expect(sandbox.cloud.list().groups[0]?.size).toBe(3);

    expect(await local(["--delete", "web"], env)).toEqual({ code: 0, stdout: "", output: "" });
    expect(await sandbox.plan()).not.toEqual([]);
    expect(sandbox.cloud.list().groups).toEqual([]);
  } finally {
    await sandbox.close();
  }
});

function output(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => child.stdout?.on("data", (data) => String(data).includes(text) && resolve()));
}
