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

describe("runs of one version are put together", () => {
  const of = (uuid: string, builds: readonly Build[], changes: Record<string, string> = {}): Build[] =>
    builds.map((build) => ({ ...build, packer_run_uuid: uuid, custom_data: { ...(build.custom_data as object), ...changes } })); // prettier-ignore
  const artifacts = (root: string) => ingested(root).artifacts.map(({ cloud, arch }) => `${cloud} ${arch}`);
  const arm = { arch: "arm64" };
  const ARM = [built("amazon-ebs", "us-east-1:ami-0abc1234def567891"), built("googlecompute", "web-v1-4-0-arm64"), built("azure-arm", AZURE.replace("images/web/", "images/web-arm64/"))]; // prettier-ignore

  test("of one manifest: what failed was built again", async () => {
    const { code, root } = await ingest([...of("first", [AWS, GALLERY]), GOOGLE]);
    expect(code).toBe(0);
    expect([...new Set(artifacts(root))]).toEqual(["aws x86_64", "google x86_64", "azure x86_64"]);
    expect(ingested(root).build).toMatchObject({ runUuid: RUN, merged: [{ runUuid: "first" }] });
  });

  test("of two architectures, in any order", async () => {
    const { code, root } = await ingest([...of("arm", ARM, arm), AWS, GOOGLE, GALLERY]);
    expect(code).toBe(0);
    expect([...new Set(artifacts(root))]).toHaveLength(6);
    const other = await ingest([AWS, GOOGLE, GALLERY, ...of("arm", ARM.slice(1), arm)]);
    expect(other.error).toContain("has no build for aws arm64");
    expect(other.error).toContain("packer build -only=amazon-ebs.image");
  });

  test("of two machines, by their manifests", async () => {
    const root = project([]);
    const [a, b] = ["a.json", "b.json"].map((name) => join(root, name)) as [string, string];
    write(a, { builds: of("one", [AWS]), last_run_uuid: "one" });
    write(b, { builds: of("two", [GOOGLE, GALLERY]), last_run_uuid: "two" });
    expect((await fleetImage(root, "ingest", a, b, "--by", "ci")).error).toBe("");
    expect(ingested(root).artifacts).toHaveLength(5);
    write(b, { builds: of("two", [GOOGLE, GALLERY], { git_sha: "e".repeat(40) }), last_run_uuid: "two" });
    expect((await fleetImage(project([]), "ingest", a, b)).error).toContain("custom_data.git_sha: is");
  });

  test("with a version that is there and not decided about, which is to be tested anew", async () => {
    const { root } = await ingest([AWS, GALLERY], ["--allow-partial"]);
    await fleetImage(root, "test", "add", "web", "1.4.0", "--suite", "s", "--result", "passed", "--by", "t@example.com");
    expect(ingested(root).lifecycle.state).toBe("tested");
    const run = await ingest(of("second", [GOOGLE]).map((build) => ({ ...build, packer_run_uuid: RUN })), [], root);
    expect(run.error).toBe("");
    expect(ingested(root)).toMatchObject({ lifecycle: { state: "built" } });
    expect(ingested(root).lifecycle.tests).toBeUndefined();
    const before = snapshot(root);
    expect((await ingest([AWS, GOOGLE, GALLERY], [], root)).out).toContain("is in the catalog already");
    expect(snapshot(root)).toEqual(before);
  }); // prettier-ignore

  test.each([
    ["another commit", { git_sha: "e".repeat(40) }],
    ["another template", { template_sha256: "e".repeat(64) }],
    ["another container", { container: `web@sha256:${"e".repeat(64)}` }],
  ])("but not with %s", async (_name, changes) => {
    const { root } = await ingest([AWS, GALLERY], ["--allow-partial"]);
    const { code, error, unchanged } = await ingest(of(RUN, [GOOGLE], changes), [], root);
    expect({ code, unchanged }).toEqual({ code: 1, unchanged: true });
    expect(error).toContain("a version is written once");
    // Nor is an earlier run of the same manifest taken for it.
    expect((await ingest([...of("first", [AWS, GALLERY], changes), GOOGLE])).error).toContain("has no build for aws, azure");
  }); // prettier-ignore

  test("and not with one that is approved, nor when another image is there already", async () => {
    const { root } = await ingest([AWS, GALLERY], ["--allow-partial"]);
    const there = ingested(root);
    write(join(root, "catalog/web/1.4.0.json"), { ...there, lifecycle: { ...there.lifecycle, state: "approved" } });
    expect((await ingest([GOOGLE], [], root)).error).toContain("is approved; what a run adds now was not there");
    const other = await ingest([built("amazon-ebs", "us-east-1:ami-0abc1234def567899"), GOOGLE, GALLERY], [], root);
    expect(other.error).toContain("made ami-0abc1234def567899 for the same place; npx fleet image orphans finds it");
  });
});

test.each([
  ["West Europe, North Europe", ["northeurope", "westeurope"]],
  ["WestEurope", ["westeurope"]],
])("Azure's regions are one name each: %s", async (azure_regions, regions) => {
  const { root } = await ingest(data({ azure_regions }));
  expect(ingested(root).artifacts.flatMap(({ cloud, region }) => (cloud === "azure" ? [region] : []))).toEqual(regions);
});

test.each([
  ["azure", "West Europe", "must be written as westeurope on azure"],
  ["aws", "eu-west", "must be written as eu-west-1 on aws"],
  ["google", "europe-west1", "must be written as global on google"],
] as const)("a record with %s in %s is refused, and so is such a place in policy.json", async (cloud, region, message) => {
  const one = record("web", "1.0.0");
  const root = project([{ ...one, artifacts: one.artifacts.map((a) => (a.cloud === cloud ? { ...a, region } : a)) }]);
  expect((await fleetImage(root, "verify")).out).toContain(message);
  const other = project([one], { schema: 1, channels: { dev: { min: "built", places: { [cloud]: [region] } } } });
  expect((await fleetImage(other, "verify")).out).toContain(`must be written as`);
}); // prettier-ignore

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
