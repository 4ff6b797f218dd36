/** The walk from staging to prod, command by command as docs/releases.md gives it, in a copy of the project. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../cli/commands";
import { copyProject, PROJECT } from "../../cli/project-copy";
import { fleet } from "../../fleet";
import { synthesize } from "../../stacks/synthesize";
import { write } from "../images/support";
import { fleetCommand } from "../operations/lab";
import { newFolder } from "../support/synth";

const root = newFolder();
const folder = join(root, "project");
const before = { cwd: process.cwd(), env: { ...process.env } };
/** The walk's own clock: `soak` is measured by it. */
let now = "2026-11-21T10:00:00Z";

beforeAll(() => {
  copyProject(folder);
  process.chdir(folder);
  // Who works here is asked of git.
  Object.assign(process.env, { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "user.email", GIT_CONFIG_VALUE_0: "ops@example.com" }); // prettier-ignore
});
afterAll(() => {
  process.chdir(before.cwd);
  process.env = before.env;
  rmSync(root, { recursive: true });
});

/** What follows `npx fleet`, split at spaces. */
const run = (line: string) => {
  const [name, ...args] = line.split(/ +/);
  return fleetCommand(COMMANDS[name!]!, ...args, ...(name === "parity" ? [] : ["--now", now]));
};

/** What nobody meant, as `npx fleet parity` says it. */
async function unmeant(): Promise<{ code: number; paths: string[] }> {
  const { code, out } = await run("parity --json");
  const { differences } = JSON.parse(out) as { differences: { path: string; wanted?: string }[] };
  return { code, paths: differences.filter(({ wanted }) => wanted === undefined).map(({ path }) => path) };
}

/** Synthesizes, and gives the image id that a stack's machines would boot. */
function booted(): (stack: string) => string {
  synthesize(fleet, { releases: "releases", catalog: "images/catalog", now: new Date(now) });
  return (stack) => {
    const file = join("cdktf.out/stacks", stack, "release.auto.tfvars.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { release: { image_id: string } }).release.image_id;
  };
}

/** A run of Packer, as its manifest tells of it. */
function packerHasBuilt(version: string): void {
  const gallery = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/web/versions/${version}`;
  const custom_data = { image: "web", version, git_sha: "a".repeat(40), template: "images/packer/web", template_sha256: "b".repeat(64), packer_version: "1.14.2", arch: "x86_64", google_project: "example-images", azure_regions: "westeurope" }; // prettier-ignore
  const built = { "amazon-ebs": "us-east-1:ami-0000000000000e120,us-west-2:ami-0000000000000f120", googlecompute: "web-v1-2-0", "azure-arm": gallery }; // prettier-ignore
  const builds = Object.entries(built).map(([builder_type, artifact_id]) => ({ name: "image", builder_type, artifact_id, build_time: 1795255200, packer_run_uuid: "run", custom_data })); // prettier-ignore
  write("images/packer/web/packer-manifest.json", { builds, last_run_uuid: "run" });
  write("images/packer/web/image-test-amazon-ebs-x86_64.tap", "1..1\nok 1 - serves\n");
}

const [, walk = ""] = /## From staging to prod\n.*?```sh\n(.*?)```/s.exec(readFileSync(join(PROJECT, "docs/releases.md"), "utf8")) ?? []; // prettier-ignore
const [toCatalog = [], inStaging = [], inProd = []] = walk
  .split("\n\n")
  .map((part) => part.split("\n").flatMap((line) => /^npx fleet (.*?)(?: +#.*)?$/.exec(line)?.[1] ?? []));

/** Runs commands that must do what they say, but those that look or need a cloud. */
async function take(lines: readonly string[]): Promise<void> {
  for (const line of lines.filter((one) => one !== "parity" && !one.startsWith("deploy "))) {
    const { code, out, err } = await run(line);
    expect([line, code, code === 0 ? "" : out + err]).toEqual([line, 0, ""]);
  }
}

test("prod runs the very image that staging ran, and not before it was promoted", async () => {
  expect([toCatalog.length, inStaging.length, inProd.length]).toEqual([4, 4, 6]);
  expect(await unmeant()).toEqual({ code: 0, paths: [] });
  packerHasBuilt("1.2.0");
  await take(toCatalog);
  await take(inStaging);
  expect(booted()("staging-web-aws-us-east-1")).toBe("ami-0000000000000e120");
  expect(await unmeant()).toEqual({ code: 2, paths: ["releases.web.version"] });

  const [approve, promote, start] = inProd;
  await take([approve!]);
  const files = () => readFileSync("releases/prod/web.json", "utf8");
  const untouched = files();
  const refused = await run(start!);
  expect([refused.code, refused.err]).toEqual([
    1,
    "--version: web 1.2.0 was never promoted to channel prod; promote it first: npx fleet image promote web 1.2.0 prod\n",
  ]);
  const early = await run(promote!);
  expect([early.code, early.err]).toEqual([
    1,
    "promote web 1.2.0 to prod: web 1.2.0 has been in channel staging since 2026-11-21T10:00:00Z and must be there for PT24H: wait until 2026-11-22T10:00:00Z\n",
  ]);
  expect(files()).toBe(untouched);

  now = "2026-11-22T10:00:00Z";
  await take(inProd.slice(1));
  const image = booted();
  for (const place of ["aws-us-east-1", "google-us-central1", "azure-westeurope"])
    expect(image(`prod-web-${place}`)).toBe(image(`staging-web-${place}`));
  expect(image("prod-web-aws-us-west-2")).toBe("ami-0000000000000f120");
  expect(await unmeant()).toEqual({ code: 0, paths: [] });
}, 60_000);

test("somebody who edits the release file by hand is refused by the synth with the same words", () => {
  write("images/catalog/web/channels/prod.json", readFileSync(join(PROJECT, "images/catalog/web/channels/prod.json"), "utf8")); // prettier-ignore
  expect(booted).toThrow("web 1.2.0 was never promoted to channel prod; promote it first");
});
