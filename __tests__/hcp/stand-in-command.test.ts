import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyProject, PROJECT } from "../../cli/project-copy";
import { newFolder } from "../support/synth";
import { run } from "../support/terraform";

/** The command line: `npm run local -- --hcp …` without npm, with the real cdktf. */

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const local = (cwd: string, args: readonly string[], env: Record<string, string>) =>
  run(join(PROJECT, "node_modules/.bin/tsx"), [join(PROJECT, "local-cloud/run.ts"), ...args], { cwd, env });

test("cdktf deploys and diffs the fleet on it, each in a command of its own", async () => {
  const project = join(folder, "project");
  copyProject(project);
  const file = join(project, "fleet.ts");
  const hcp = `backend: { kind: "hcp", organization: "acme", hostname: "tfe.example.com" }`;
  writeFileSync(file, readFileSync(file, "utf8").replaceAll('backend: { kind: "local" }', hcp));
  const env = { LOCAL_CLOUD_DIR: join(folder, "session"), LOCAL_CLOUD_HCP_HOST: "tfe.example.com" };

  const cdktf = ["--hcp", "npx", "--no-install", "cdktf"];
  const stack = "prod-foundation-google-us-central1";
  const deployed = await local(project, [...cdktf, "deploy", stack, "--auto-approve"], env);
  expect(deployed.text).toMatch(/Apply complete! Resources: [1-9]\d* added, 0 changed, 0 destroyed\./);
  const diff = await local(project, [...cdktf, "diff", stack], env);
  expect(diff.text).toContain("No changes. Your infrastructure matches the configuration.");
  expect([deployed.code, diff.code]).toEqual([0, 0]);
}, 240_000);

test.each<[string, Record<string, string>, string]>([
  [
    "a role",
    { LOCAL_CLOUD_HCP_ROLE: "king" },
    'LOCAL_CLOUD_HCP_ROLE must be one of owner, write, plan, read, organization, outsider, got "king"',
  ],
  ["a fault", { LOCAL_CLOUD_HCP_FAULTS: "418" }, '"418" is not a fault of the HCP stand-in'],
])("%s that does not exist is refused", async (_, env, message) => {
  const outcome = await local(folder, ["--hcp", "true"], { LOCAL_CLOUD_DIR: join(folder, "refused"), ...env });
  expect(outcome.code).toBe(1);
  expect(outcome.text).toContain(message);
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
});

test("a command inside finds the session's HCP Terraform, and is told when there is none", async () => {
  const dir = { LOCAL_CLOUD_DIR: join(folder, "nested") };
  const tsx = [join(PROJECT, "node_modules/.bin/tsx"), join(PROJECT, "local-cloud/run.ts")];
  const script =
    'echo "$TFE_ADDRESS|$TFE_TOKEN|$TF_TOKEN_app_terraform_io|$FLEET_STATE_DIR|"; cat "$TF_CLI_CONFIG_FILE"';
  const joined = await local(folder, ["--hcp", ...tsx, "--hcp", "sh", "-c", script], {
    ...dir,
    LOCAL_CLOUD_HCP_ROLE: "read",
  });
  const [, address, token] = /^(http:[^|]+)\|(read\.[^|]+)\|\2\|\|$/m.exec(joined.stdout) ?? [];
  expect(joined.stdout).toContain(`"tfe.v2"   = "${address}/api/v2/"`);
  expect(joined.stdout).toContain(`token = "${token}"`);
  const refused = await local(folder, [...tsx, "--hcp", "true"], dir);
  expect(refused.code).toBe(2);
  expect(refused.text).toContain("--hcp inside a session that has no HCP Terraform; give --hcp to the outer command");
});
