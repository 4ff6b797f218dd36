import Ajv2020 from "ajv/dist/2020";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findImage, imageId, recordSchema } from "../../images/catalog";
import { loadCatalog } from "../../images/load";
import { policySchema } from "../../images/policy";
import { jsonSchemas } from "../../images/json-schema";
import { verify } from "../../images/verify";
import { fleetImage, NOW, project, record, write } from "./support";

const ROOT = join(__dirname, "../..");
const published = (name: string) => JSON.parse(readFileSync(join(ROOT, "images/schema", name), "utf8")) as object;

test("the catalog of this repository is sound, and its ids are the ones that state files hold", () => {
  const catalog = loadCatalog(join(ROOT, "images/catalog"));
  expect(verify(catalog, NOW)).toEqual([]);
  const found = findImage(join(ROOT, "images/catalog"), "web", "1.0.0", "test").value!;
  expect(imageId(found, "aws", "us-east-1", "x86_64")).toBe("ami-5aae54eb180ebd2b6");
  expect(imageId(found, "google", "anywhere", "x86_64")).toBe("projects/example-images/global/images/web-v1-0-0");
});

test("the published JSON Schemas are those of the code", () => {
  const names = readdirSync(join(ROOT, "images/schema")).filter((name) => name.endsWith(".json"));
  expect(names.sort()).toEqual(Object.keys(jsonSchemas()).sort());
  for (const [name, schema] of Object.entries(jsonSchemas())) expect(published(name)).toEqual(schema);
});

const change = (path: string, value: unknown): unknown => {
  const copy = structuredClone(record("web", "1.0.0")) as unknown as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop()!;
  let at: Record<string, unknown> = copy;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  at[last] = value;
  return copy;
};

describe("JSON Schema and code agree on a version", () => {
  const ajv = new Ajv2020({ strictRequired: false, strictTypes: false, validateFormats: false });
  const check = ajv.compile(published("version.schema.json"));
  const cases: readonly [string, unknown, boolean][] = [
    ["a whole record", record("web", "1.0.0"), true],
    ["a family instead of an id", change("artifacts.0.id", "ami-latest"), false],
    ["a bare name on Google Cloud", change("artifacts.1.id", "web-v1-0-0"), false],
    ["a container by tag", change("build.container", "registry.example.com/web:1.0"), false],
    ["a container by digest", change("build.container", `registry.example.com/web@sha256:${"d".repeat(64)}`), true],
    ["a revocation without a reason", change("lifecycle.state", "revoked"), false],
    ["an unknown state", change("lifecycle.state", "fine"), false],
    ["a misspelt field", change("lifecycle.stat", "approved"), false],
    ["a time without an offset", change("lifecycle.since", "2026-10-02T09:00:00"), false],
    ["a short commit", change("build.gitSha", "abc1234"), false],
    ["no artifact", change("artifacts", []), false],
  ];
  test.each(cases)("%s", (_name, value, valid) => {
    expect(recordSchema.safeParse(value).success).toBe(valid);
    expect(check(value)).toBe(valid);
  });

  test("policy and channel schemas compile", () => {
    expect(ajv.compile(published("policy.schema.json"))({ schema: 1, channels: { prod: { min: "approved" } } })).toBe(
      true,
    );
    expect(ajv.compile(published("channel.schema.json"))({})).toBe(false);
    expect(policySchema.safeParse({ schema: 1, maxAge: { web: "30 days" } }).success).toBe(false);
  });
});

describe("verify finds what no single file shows", () => {
  const base = { image: "base", version: "1.0.0" };
  const twin = record("web", "1.1.0");
  const cases: readonly [string, string, RegExp][] = [
    ["an id in two versions", project([twin, { ...record("web", "1.2.0"), artifacts: twin.artifacts.slice(0, 1) }]), /belongs to web 1\.1\.0 too/],
    ["a base that is not there", project([record("web", "1.0.0", { base })]), /leads to base 1\.0\.0, which is not in the catalog/],
    ["a circle", project([record("base", "1.0.0", { base })]), /its own ancestor/],
    ["another version in an Azure id", project([{ ...record("web", "1.3.0"), artifacts: record("web", "1.4.0").artifacts.slice(2) }]), /must end in the record's version, 1\.3\.0, got "1\.4\.0"/],
    ["a replacement that is not there", project([record("web", "1.0.0", { lifecycle: { replacement: "9.9.9" } })]), /must be a version of web/],
    ["a circle of channels", project([], { schema: 1, channels: { dev: { min: "built", from: "prod" }, prod: { min: "built", from: "dev" } } }), /nothing could ever be promoted/],
  ]; // prettier-ignore
  test.each(cases)("%s", async (_name, root, message) => {
    const run = await fleetImage(root, "verify");
    expect(run.code).toBe(2);
    expect(run.out).toMatch(message);
  });

  test("a file in the wrong place, a broken file and a foreign file, all at once", async () => {
    const root = project([record("web", "1.0.0")]);
    write(join(root, "catalog/web/1.0.1.json"), record("web", "1.0.0"));
    write(join(root, "catalog/web/1.0.2.json"), "{");
    write(join(root, "catalog/web/notes.json"), {});
    const run = await fleetImage(root, "verify", "--json");
    expect(run.code).toBe(2);
    expect((JSON.parse(run.out) as { problems: { message: string }[] }).problems.map(({ message }) => message)).toEqual(
      [
        "must be named MAJOR.MINOR.PATCH.json; rename or remove it",
        'must agree with the file\'s place in the catalog, "1.0.1", got "1.0.0"',
        expect.stringContaining("is not readable JSON"),
      ],
    );
  });

  test("a channel that points at what may not run there", async () => {
    const root = project([record("web", "1.0.0", { lifecycle: { state: "built" } })]);
    const pointer = { schema: 1, image: "web", channel: "prod", version: "1.0.0", pinned: false, since: "2026-10-02T09:00:00Z", by: "x", previous: [] }; // prettier-ignore
    write(join(root, "catalog/web/channels/prod.json"), pointer);
    expect((await fleetImage(root, "verify")).out).toContain("web 1.0.0 is built, and prod needs approved");
  });
});
