import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fleetImage, project, record, snapshot, tempFolder, testWith, write } from "./support";

const RUN = "5cbada4f-6fa6-539f-1726-b70931e585bf";
const AZURE =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/web/versions/1.4.0";

const DATA = {
  image: "web",
  version: "1.4.0",
  git_sha: "5070bb8a7d30c884f45c7f26d1c2fd4d56ffae74",
  git_dirty: "false",
  template: "images/packer/web",
  template_sha256: "d".repeat(64),
  packer_version: "1.14.2",
  arch: "x86_64",
  google_project: "my-images",
  azure_regions: "westeurope,northeurope",
};

type Build = Record<string, unknown>;
const built = (builder_type: string, artifact_id: string, more: Build = {}): Build => ({
  name: "image",
  builder_type,
  build_time: 1795185876,
  files: null,
  artifact_id,
  packer_run_uuid: RUN,
  custom_data: DATA,
  ...more,
});
const AWS = built("amazon-ebs", "eu-west-1:ami-0bbb1234def567890,us-east-1:ami-0abc1234def567890");
const GOOGLE = built("googlecompute", "web-v1-4-0", { build_time: 1795185901 });
const GALLERY = built("azure-arm", AZURE, { build_time: 1795185955 });

async function ingest(builds: readonly Build[], args: readonly string[] = [], root = project([])) {
  const file = join(tempFolder(), "packer-manifest.json");
  write(file, { builds, last_run_uuid: RUN });
  const before = snapshot(root);
  const run = await fleetImage(root, "ingest", file, "--by", "ci@example.com", ...args);
  return { ...run, root, unchanged: JSON.stringify(before) === JSON.stringify(snapshot(root)) };
}

const ingested = (root: string) => JSON.parse(readFileSync(join(root, "catalog/web/1.4.0.json"), "utf8")) as ReturnType<typeof record>; // prettier-ignore

test("a manifest with the three clouds' forms of an id becomes one version", async () => {
  const { code, root } = await ingest([AWS, GOOGLE, GALLERY]);
  expect(code).toBe(0);
  const version = ingested(root);
  expect(version.artifacts.map(({ cloud, region, id }) => [cloud, region, id])).toEqual([
    ["aws", "eu-west-1", "ami-0bbb1234def567890"],
    ["aws", "us-east-1", "ami-0abc1234def567890"],
    ["google", "global", "projects/my-images/global/images/web-v1-4-0"],
    ["azure", "northeurope", AZURE],
    ["azure", "westeurope", AZURE],
  ]);
  expect(version.build).toMatchObject({ runUuid: RUN, packer: "1.14.2" });
  expect(new Date(version.build.at).getTime()).toBe(1795185955 * 1000);
  expect(version.lifecycle).toEqual({ state: "built", since: "2026-11-20T12:00:00Z", by: "ci@example.com" });
});

test("the same bytes each time, and a second time changes nothing", async () => {
  const first = await ingest([AWS, GOOGLE, GALLERY]);
  const second = await ingest([GALLERY, GOOGLE, AWS]);
  const facts = ({ artifacts }: ReturnType<typeof record>) => artifacts;
  expect(facts(ingested(second.root))).toEqual(facts(ingested(first.root)));
  const file = join(first.root, "m.json");
  write(file, { builds: [AWS, GOOGLE, GALLERY], last_run_uuid: RUN });
  const before = snapshot(first.root);
  const again = await fleetImage(first.root, "ingest", file, "--by", "someone@example.com");
  expect(again).toMatchObject({ code: 0, out: "web 1.4.0 is in the catalog already" });
  expect(snapshot(first.root)).toEqual(before);
});

test("of an appended manifest only the last run counts", async () => {
  const older = [AWS, GOOGLE, GALLERY].map((build) => ({
    ...build,
    packer_run_uuid: "older",
    custom_data: { ...DATA, version: "1.3.0" },
  }));
  const { code, root } = await ingest([...older, AWS, GOOGLE, GALLERY]);
  expect(code).toBe(0);
  expect(Object.keys(snapshot(join(root, "catalog")))).toEqual([join(root, "catalog/web/1.4.0.json")]);
});

test("a source that failed refuses the version, unless that is said to be fine", async () => {
  const partial = await ingest([AWS, GALLERY]);
  expect(partial).toMatchObject({ code: 1, unchanged: true });
  expect(partial.error).toContain("has no build for google in its last run");
  expect(partial.error).toContain("Where the fleet never runs there, take it out of clouds");
  expect(partial.error).toContain("in policy.json of the catalog");
  expect((await ingest([AWS, GALLERY], ["--allow-partial"])).code).toBe(0);
  expect((await ingest([AWS, GALLERY], ["--expect", "aws,azure"])).code).toBe(0);
  expect((await ingest([AWS], [], project([], { schema: 1, clouds: ["aws"] }))).code).toBe(0);
});

const data = (changes: Record<string, string | undefined>) => {
  const custom_data = Object.fromEntries(Object.entries({ ...DATA, ...changes }).filter(([, v]) => v !== undefined));
  return [AWS, GOOGLE, GALLERY].map((build) => ({ ...build, custom_data }));
};
const onBase = data({ base_image: "base", base_version: "2.0.0" });
const base = (state: "approved" | "revoked") => project([record("base", "2.0.0", { lifecycle: { state, reason: "CVE" } })]); // prettier-ignore

test("an image is built on a version of the catalog that is not revoked", async () => {
  expect((await ingest(onBase, [], base("approved"))).code).toBe(0);
  expect((await ingest(onBase, [], base("revoked"))).error).toContain("base 2.0.0 is revoked on");
  expect((await ingest(onBase)).error).toContain("base 2.0.0 is not in the catalog");
});

test.each([
  ["an Azure managed image", [AWS, GOOGLE, built("azure-arm", "/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/images/web")], "must be a gallery image version"],
  ["Azure without regions", data({ azure_regions: undefined }), "put azure_regions"],
  ["Google without a project", data({ google_project: undefined }), "put google_project"],
  ["an unknown builder", [built("null", "Null")], 'must be one of amazon-ebs, googlecompute, azure-arm, got "null"'],
  ["a builder named like a property of every object", [built("constructor", "x")], "must be one of amazon-ebs"],
  ["changes that were not committed", data({ git_dirty: "true" }), "commit and build again"],
  ["no commit", data({ git_sha: undefined }), "got no git_sha"],
  ["a version that is none", data({ version: "1.4" }), 'must be MAJOR.MINOR.PATCH, got "1.4"'],
  ["an image that is a path", data({ image: "../../etc" }), "must be a lower-case image name"],
  ["a container by tag", data({ container: "registry.example.com/web:1" }), "must be a container by digest"],
  ["builds that disagree", [AWS, GOOGLE, { ...GALLERY, custom_data: { ...DATA, version: "1.5.0" } }], 'is "1.5.0" here and "1.4.0" in another build'],
  ["an id that is none", [built("amazon-ebs", "us-east-1:ami-latest"), GOOGLE, GALLERY], "must be a pinned aws image id"],
  ["the same place twice", [AWS, GOOGLE, GALLERY, GALLERY], "is the second artifact for azure westeurope"],
  ["a run that is not there", [{ ...AWS, packer_run_uuid: "other" }], "names no build in the file"],
  ["no time", [{ ...AWS, build_time: undefined }], "leave strip_time off"],
  ["another image than was asked for", [AWS, GOOGLE, GALLERY], "must be the image that was built", ["--image", "api"]],
  ["an unknown cloud", [AWS, GOOGLE, GALLERY], 'must be one of aws, google, azure, got "gcp"', ["--expect", "gcp"]],
] as readonly [string, Build[], string, string[]?][])("%s is refused with one message, and nothing is written", async (_name, builds, message, args = []) => {
  const run = await ingest(builds, args);
  expect(run).toMatchObject({ code: 1, unchanged: true, out: "" });
  expect(run.error).toContain(message);
}); // prettier-ignore

test.each([
  ["no JSON", "{", "is not readable JSON"],
  ["JSON of something else", "[]", "this is not a manifest that Packer wrote"],
  ["a manifest without builds", '{"last_run_uuid":"x"}', "builds"],
])("%s is refused", async (_name, content, message) => {
  const file = join(tempFolder(), "m.json");
  write(file, content);
  const run = await fleetImage(project([]), "ingest", file);
  expect(run.code).toBe(1);
  expect(run.error).toContain(message);
});

test("a version is written once, and an id belongs to one version", async () => {
  const { root } = await ingest([AWS, GOOGLE, GALLERY]);
  const other = await ingest([AWS, built("googlecompute", "web-v1-4-0-b"), GALLERY], [], root);
  expect(other.error).toContain("web 1.4.0: is in the catalog already");
  const next = data({ version: "1.4.1" });
  expect((await ingest(next, [], root)).error).toContain("belongs to web 1.4.0 already");
});

test("an SBOM is recorded by its content", async () => {
  const sbom = join(tempFolder(), "sbom.json");
  write(sbom, '{"bomFormat":"CycloneDX"}');
  const { root } = await ingest([AWS, GOOGLE, GALLERY], ["--sbom", sbom, "--sbom-uri", "s3://sboms/web/1.4.0"]);
  expect(ingested(root).build.sbom).toMatchObject({ uri: "s3://sboms/web/1.4.0", format: "CycloneDX" });
  write(sbom, "hello");
  expect((await ingest([AWS, GOOGLE, GALLERY], ["--sbom", sbom])).error).toContain("CycloneDX or SPDX");
});

testWith("packer", "a manifest that a real Packer wrote, with its sources named as the clouds' builders", async () => {
  const folder = tempFolder();
  mkdirSync(folder, { recursive: true });
  write(
    join(folder, "build.pkr.hcl"),
    `source "null" "image" { communicator = "none" }
build {
  sources = ["source.null.image"]
  post-processor "manifest" {
    output = "${join(folder, "packer-manifest.json")}"
    custom_data = {
${Object.entries(DATA).map(([key, value]) => `      ${key} = "${value}"`).join("\n")}
    }
  }
}
`, // prettier-ignore
  );
  for (let run = 0; run < 2; run++) execFileSync("packer", ["build", folder], { stdio: "pipe", env: { ...process.env, CHECKPOINT_DISABLE: "1", PACKER_CONFIG_DIR: folder, HOME: folder } }); // prettier-ignore
  const file = join(folder, "packer-manifest.json");
  const root = project([]);
  expect((await fleetImage(root, "ingest", file, "--by", "ci")).error).toContain('got "null"');

  const real = JSON.parse(readFileSync(file, "utf8")) as { builds: Build[]; last_run_uuid: string };
  expect(real.builds).toHaveLength(2);
  const last = real.builds.find((build) => build.packer_run_uuid === real.last_run_uuid)!;
  const clouds = [AWS, GOOGLE, GALLERY].map(({ builder_type, artifact_id }) => ({
    ...last,
    builder_type,
    artifact_id,
  }));
  write(file, { ...real, builds: [real.builds[0], ...clouds] });
  const run = await fleetImage(root, "ingest", file, "--by", "ci");
  expect(run).toMatchObject({ code: 0, error: "" });
  expect(ingested(root).build.runUuid).toBe(real.last_run_uuid);
});
