import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { comparePackages, readSbom, summary } from "../../images/sbom";
import { storedUri } from "../../images/sbom-store";
import { imageLines } from "../../review/content";
import { openCatalog } from "../../review/images";
import { plain } from "../../review/text";
import { fleetImage, project, record, tempFolder, testWith, write } from "./support";

type List = Readonly<Record<string, string>>;
const cyclone = (packages: List) => JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.5", components: Object.entries(packages).map(([name, version]) => ({ type: "library", name, version })) }); // prettier-ignore
const spdx = (packages: List) => JSON.stringify({ spdxVersion: "SPDX-2.3", packages: [{ name: "base" }, ...Object.entries(packages).map(([name, versionInfo]) => ({ name, versionInfo }))] }); // prettier-ignore
const OLD = { openssl: "3.0.11-1", bash: "5.2", gone: "1" };
const NEW = { openssl: "3.0.13-1", bash: "5.2", a: "1", b: "1", c: "1", d: "1" };

test.each([
  ["CycloneDX", cyclone],
  ["SPDX", spdx],
] as const)("%s says which packages there are; what has no version is none", (format, make) => {
  const read = readSbom(make(OLD), "sbom.json");
  expect(read.format).toBe(format);
  expect(Object.fromEntries(read.packages)).toEqual({ bash: ["5.2"], gone: ["1"], openssl: ["3.0.11-1"] });
});

test.each(["", "[]", "{}", '{"bomFormat":"SPDX"}', '{"bomFormat":"CycloneDX","components":"none"}', "null"])(
  "%j is no bill of materials",
  (text) => {
    expect(() => readSbom(text, "sbom.json")).toThrow("sbom.json: must be a CycloneDX or SPDX document in JSON");
  },
);

test("a broken component is left out, and the others count", () => {
  const components = [{ name: 1, version: "1" }, null, { name: "bash" }, { name: "bash", version: "5.2" }];
  const { packages } = readSbom(JSON.stringify({ bomFormat: "CycloneDX", components }), "s");
  expect([...packages]).toEqual([["bash", ["5.2"]]]);
});

const changes = (before: List, after: List) => comparePackages(readSbom(cyclone(before), "a").packages, readSbom(spdx(after), "b").packages); // prettier-ignore

test("two of them are compared package by package, and said in a sentence", () => {
  expect(changes(OLD, NEW).map(({ name }) => name)).toEqual(["a", "b", "c", "d", "gone", "openssl"]);
  const { shown, rest } = summary(changes(OLD, NEW));
  expect(shown).toEqual([{ name: "openssl", before: "3.0.11-1", after: "3.0.13-1" }]);
  expect(rest).toBe("4 packages more, 1 package fewer");
  const many = Object.fromEntries([..."abcdefg"].map((name) => [name, "1"]));
  const newer = Object.fromEntries([..."abcdefg"].map((name) => [name, "2"]));
  expect(summary(changes(many, newer)).rest).toBe("4 packages changed too");
  expect(changes(OLD, OLD)).toEqual([]);
});

const DATA = { image: "web", git_sha: "a".repeat(40), git_dirty: "false", template: "images/packer/web", template_sha256: "d".repeat(64), packer_version: "1.14.2" }; // prettier-ignore

/** Ingests a version with a bill of materials. */
async function ingested(root: string, version: string, sbom: string, ...args: string[]) {
  const [manifest, file] = [join(root, "manifest.json"), join(root, `sbom-${version}.json`)];
  const ami = `ami-0123456789abcde${version.replaceAll(".", "")}`.slice(0, 21).padEnd(21, "0");
  write(manifest, { builds: [{ name: "image", builder_type: "amazon-ebs", artifact_id: `us-east-1:${ami}`, build_time: 1790000000, packer_run_uuid: version, custom_data: { ...DATA, version } }], last_run_uuid: version }); // prettier-ignore
  write(file, sbom);
  return fleetImage(root, "ingest", manifest, "--expect", "aws", "--by", "ci", "--sbom", file, ...args);
}

async function twoVersions() {
  const root = project([]);
  expect((await ingested(root, "1.0.0", cyclone(OLD))).error).toBe("");
  expect((await ingested(root, "1.1.0", spdx(NEW))).error).toBe("");
  return root;
}

test("a version that was ingested without one gets it later, of the same run", async () => {
  const root = project([]);
  await ingested(root, "1.0.0", cyclone(OLD));
  const file = join(root, "catalog/web/1.0.0.json");
  const whole = JSON.parse(readFileSync(file, "utf8")) as { build: { sbom?: object } };
  const { sbom, ...build } = whole.build;
  write(file, { ...whole, build });
  expect((await ingested(root, "1.0.0", cyclone(OLD))).out).toContain("web 1.0.0 built");
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ ...whole, build: { ...build, sbom } });
  expect((await ingested(root, "1.0.0", cyclone(OLD))).out).toContain("web 1.0.0 is in the catalog already");
});

test("the catalog keeps it beside the record, and verify holds the two together", async () => {
  const root = await twoVersions();
  const kept = join(root, "catalog/web", storedUri("1.1.0"));
  expect(readFileSync(kept, "utf8")).toBe(spdx(NEW));
  expect(await fleetImage(root, "verify")).toMatchObject({ code: 0 });
  write(kept, spdx(OLD));
  const { code, out } = await fleetImage(root, "verify");
  expect(code).toBe(2);
  expect(out).toContain("sboms/1.1.0.json: is not what was ingested");
  expect((await fleetImage(root, "diff", "web", "1.0.0", "1.1.0")).error).toContain("is not what was ingested");
});

test("diff says which packages changed", async () => {
  const root = await twoVersions();
  const { out } = await fleetImage(root, "diff", "web", "1.0.0", "1.1.0");
  expect(out).toMatch(/^openssl +3\.0\.11-1 +3\.0\.13-1$/m);
  expect(out).toMatch(/^gone +1 +none$/m);
  const json = JSON.parse((await fleetImage(root, "diff", "web", "1.0.0", "1.1.0", "--json")).out) as { packages: unknown[] }; // prettier-ignore
  expect(json.packages).toHaveLength(6);
  expect((await fleetImage(root, "diff", "web", "1.1.0", "1.1.0")).out).toContain("packages: the same");
});

test("of those that are kept elsewhere it takes the very file", async () => {
  const root = project([record("web", "0.9.0")]);
  await ingested(root, "1.0.0", cyclone(OLD), "--sbom-uri", "s3://sboms/web");
  await ingested(root, "1.1.0", cyclone(NEW));
  expect((await fleetImage(root, "diff", "web", "1.0.0", "1.1.0")).out).toContain(
    "packages: not known of both versions",
  );
  const before = (version: string) => fleetImage(root, "diff", "web", "1.0.0", "1.1.0", "--sbom-before", join(root, `sbom-${version}.json`)); // prettier-ignore
  expect((await before("1.0.0")).out).toMatch(/openssl +3\.0\.11-1/);
  expect((await before("1.1.0")).error).toContain("must be the bill of materials of web 1.0.0");
});

test("the review reads what the catalog keeps, and nothing that was changed since", async () => {
  const root = await twoVersions();
  const catalog = openCatalog(join(root, "catalog"));
  const stored = JSON.parse(readFileSync(join(root, "catalog/web/1.1.0.json"), "utf8")) as ReturnType<typeof record>;
  expect(catalog.packages!(stored)?.get("openssl")).toEqual(["3.0.13-1"]);
  write(join(root, "catalog/web/sboms/1.1.0.json"), spdx(OLD));
  expect(catalog.packages!(stored)).toBeUndefined();
});

test("an image bump says in the review which packages it changes", () => {
  const [old, now] = [record("web", "1.0.0"), record("web", "1.1.0")];
  const lists = new Map<typeof old, List>([[old, OLD], [now, NEW]]);
  const packages = (of: typeof old) => readSbom(cyclone(lists.get(of)!), "s").packages;
  const image = (at: typeof old) => ({ image: at.artifacts[0]!.id });
  const template = { actions: ["create", "delete"], before: image(old), after: image(now) };
  const subject = { slots: new Map([["live", { name: "live", template }]]) } as unknown as Parameters<typeof imageLines>[0];
  const find = (id: string) => [old, now].find(({ artifacts }) => artifacts[0]!.id === id);
  const [line] = imageLines(subject, Object.assign(find, { packages }), new Date("2026-11-20T00:00:00Z"));
  expect(plain(line!)).toContain(", openssl 3.0.11-1 → 3.0.13-1, 4 packages more, 1 package fewer.");
  lists.set(now, OLD);
  expect(plain(imageLines(subject, Object.assign(find, { packages }), new Date())[0]!)).toContain(", the same packages.");
  expect(plain(imageLines(subject, (id) => find(id), new Date())[0]!)).not.toContain("packages");
}); // prettier-ignore

testWith("dpkg-query", "a build makes one from Debian's packages, the same bytes each time", async () => {
  const made = [1, 2].map((run) => {
    const out = join(tempFolder(), `${run}.json`);
    const env = { ...process.env, IMAGE: "base", IMAGE_VERSION: "1.0.0", SBOM: out };
    execFileSync("sh", [join(__dirname, "../../images/packer/shared/sbom.sh")], { env });
    return readFileSync(out, "utf8");
  });
  expect(made[1]).toBe(made[0]);
  const { format, packages } = readSbom(made[0]!, "sbom");
  expect(format).toBe("CycloneDX");
  const wanted = execFileSync("dpkg-query", ["-W", "-f=${db:Status-Status} ${Package} ${Version}\n"], { encoding: "utf8" }); // prettier-ignore
  const installed = wanted.split("\n").flatMap((line) => (line.startsWith("installed ") ? [line.split(" ")] : []));
  expect(installed.length).toBeGreaterThan(50);
  for (const [, name, version] of installed) expect(packages.get(name!)).toContain(version);
  const { components } = JSON.parse(made[0]!) as { components: { purl: string }[] };
  for (const { purl } of components)
    expect(purl).toMatch(/^pkg:deb\/\w+\/[a-z0-9.%B+-]+@[\w.%~-]+\?arch=\w+&distro=[\w.-]+(&upstream=[\w.%~-]+)?$/i);
}); // prettier-ignore
