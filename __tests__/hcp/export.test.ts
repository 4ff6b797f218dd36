import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../cli/project-copy";
import { PLATFORMS } from "../../hcp/lock";
import { filesBelow, newFolder } from "../support/synth";
import { run } from "../support/terraform";
import { writeTinyStacks } from "./support";

const root = newFolder();
const out = join(root, "hcp-stacks");
const SOURCE = "example.com/acme/tiny";
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The command as a user runs it, on a machine that reaches no registry. */
const exported = (...args: string[]) =>
  run(process.execPath, [join(PROJECT, "cli/fleet.cjs"), "hcp", "export", "--skip-synth", ...args], { cwd: root });
const release = (versions: Record<string, string>) => {
  writeTinyStacks(join(root, "cdktf.out"), versions);
  for (const name of Object.keys(versions)) {
    const file = join(root, "cdktf.out/stacks", name, "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as { terraform: object };
    Object.assign(json.terraform, { required_providers: { tiny: { source: SOURCE, version: "1.0.0" } } });
    writeFileSync(file, JSON.stringify(json));
  }
};

/** A mirror with a provider that is nothing but one file per platform. */
function mirror(): string {
  const folder = join(root, "mirror");
  for (const platform of PLATFORMS) {
    const at = join(folder, SOURCE, "1.0.0", platform);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, "terraform-provider-tiny_v1.0.0"), `for ${platform}`);
  }
  return folder;
}

test("without a way to the providers nothing is written, and the way out is said", async () => {
  release({ one: "1.0.0", two: "1.0.0" });
  const { code, stderr } = await exported();
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^fleet hcp export: terraform cannot lock the providers: .*; where their registry cannot be reached, give --fs-mirror or --net-mirror, copy \.terraform\.lock\.hcl from a machine that reaches it, or leave it out with --without-lock\n$/,
  );
  expect(existsSync(out)).toBe(false);
});

test.each([
  ["writes no lock, as under npm run local", "exit 0", /under npm run local it asks no registry.*--without-lock/],
  ["says why in colours", "printf '\\033[31mError: \\033[1mno way\\033[0m' >&2; exit 1", /providers: no way;/],
])("a terraform that %s is told in plain words", async (_, script, words) => {
  release({ one: "1.0.0" });
  const bin = join(root, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "terraform"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const fleet = [join(PROJECT, "cli/fleet.cjs"), "hcp", "export", "--skip-synth"];
  const { code, stderr } = await run(process.execPath, fleet, {
    cwd: root,
    env: { PATH: `${bin}:${process.env.PATH}` },
  });
  expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
  expect(stderr).not.toMatch(/\u001b|^\s+at /m);
});

test("writes stacks, release variables and a lock file for every platform, which terraform itself makes", async () => {
  release({ one: "1.0.0", two: "1.0.0" });
  expect(await exported("--fs-mirror", mirror())).toMatchObject({ code: 0 });
  const files = filesBelow(out);
  expect([...files.keys()]).toEqual(
    ["one", "two"].flatMap((name) => [
      `${name}/.terraform.lock.hcl`,
      `${name}/cdk.tf.json`,
      `${name}/release.auto.tfvars.json`,
    ]),
  );
  expect(files.get("one/.terraform.lock.hcl")!.match(/"h1:/g)).toHaveLength(PLATFORMS.length);
  expect(files.get("two/.terraform.lock.hcl")).toBe(files.get("one/.terraform.lock.hcl"));
  expect(await exported("--check")).toMatchObject({ code: 0, stdout: "hcp-stacks is up to date\n" });
});

test("keeps a lock file that holds, without asking anybody, and --check lists what is stale", async () => {
  release({ one: "2.0.0", three: "1.0.0" });
  mkdirSync(join(root, "cdktf.out/stacks/one/assets"));
  writeFileSync(join(root, "cdktf.out/stacks/one/assets/new"), "asset");
  const stale = await exported("--check");
  expect(stale.code).toBe(2);
  expect(stale.stderr.split("\n")).toEqual([
    "hcp-stacks is stale:",
    "  one/assets/new is missing",
    "  one/release.auto.tfvars.json differs",
    "  three/.terraform.lock.hcl is missing",
    "  three/cdk.tf.json is missing",
    "  three/release.auto.tfvars.json is missing",
    "  two/cdk.tf.json should not be there",
    "  two/release.auto.tfvars.json should not be there",
    "write it anew: npx fleet hcp export",
    "",
  ]);
  writeFileSync(join(out, "README.md"), "ours");
  // No mirror is given: the lock file of "one" serves "three" too.
  expect(await exported()).toMatchObject({ code: 0 });
  expect([...filesBelow(out).keys()].filter((path) => path.includes("two") || path.includes("README"))).toEqual([
    "README.md",
  ]);
  expect(await exported("--check", "--json")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"stale": []') as string,
  });
});

test("synthesizes first by the app that cdktf.json names, which gets no token", async () => {
  const app = `require("fs").cpSync("cdktf.out", process.env.CDKTF_OUTDIR, { recursive: true }); require("fs").writeFileSync("env", Object.keys(process.env).join());`;
  writeFileSync(join(root, "app.cjs"), app);
  writeFileSync(join(root, "cdktf.json"), JSON.stringify({ app: "node app.cjs" }));
  const line = [join(PROJECT, "cli/fleet.cjs"), "hcp", "export", "--check", "--stacks", "elsewhere"];
  const env = { TFE_TOKEN: "secret", TF_TOKEN_app_terraform_io: "secret" };
  expect(await run(process.execPath, line, { cwd: root, env })).toMatchObject({ code: 0 });
  expect(readFileSync(join(root, "env"), "utf8")).not.toMatch(/TFE_TOKEN|TF_TOKEN/);
  writeFileSync(join(root, "app.cjs"), 'console.error("no such version"); process.exit(1)');
  expect(await run(process.execPath, line, { cwd: root })).toMatchObject({
    code: 1,
    stderr: "no such version\nfleet hcp export: the stacks cannot be synthesized; see above\n",
  });
});
