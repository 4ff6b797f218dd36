import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImageRecord } from "../../images/catalog";
import { signedContent } from "../../images/provenance/signature";
import { loadTrust } from "../../images/provenance/trust";
import { fleetImage, project, snapshot, tempFolder, write } from "./support";
import { newAuthority, newKey, pemOf, signedByKey } from "./signing";

const GIT = "5070bb8a7d30c884f45c7f26d1c2fd4d56ffae74";
const BUILDER = "https://github.com/acme/fleet/.github/workflows/image.yml@refs/heads/main";
const DATA = {
  image: "web", version: "1.4.0", git_sha: GIT, git_dirty: "false", template: "images/packer/web",
  template_sha256: "d".repeat(64), packer_version: "1.16.0", arch: "x86_64", google_project: "my-images",
}; // prettier-ignore

const built = (artifact_id: string, run: string, more: Record<string, string> = {}) => ({
  name: "image", builder_type: "amazon-ebs", build_time: 1763720000, files: null, artifact_id, packer_run_uuid: run, custom_data: { ...DATA, ...more },
}); // prettier-ignore

/** A manifest in a file of its own. */
function manifest(
  builds = [built("eu-west-1:ami-0bbb1234def567890,us-east-1:ami-0abc1234def567890", "run-1")],
): string {
  const file = join(tempFolder(), "packer-manifest.json");
  write(file, { builds, last_run_uuid: builds.at(-1)!.packer_run_uuid });
  return file;
}

type Policy = Record<string, unknown>;
const policy = (provenance?: unknown, more: Policy = {}): Policy => ({
  schema: 1, clouds: ["aws"], channels: { dev: { min: "built" } }, ...(provenance ? { provenance } : {}), ...more,
}); // prettier-ignore

const json = <T>({ out }: { out: string }): T => JSON.parse(out) as T;

/** The statement that is to be signed, as the command prints it. */
async function statementFor(file: string, root = project([])): Promise<Record<string, unknown>> {
  const args = ["--builder", BUILDER, "--source", "https://github.com/acme/fleet", "--json"];
  return json(await fleetImage(root, "statement", file, ...args));
}

function bundleFile(bundle: unknown): string {
  const file = join(tempFolder(), "provenance.json");
  write(file, bundle);
  return file;
}

const ingest = (root: string, file: string, ...args: string[]) => fleetImage(root, "ingest", file, "--by", "ci@example.com", ...args); // prettier-ignore
const recordIn = (root: string) => JSON.parse(readFileSync(join(root, "catalog/web/1.4.0.json"), "utf8")) as ImageRecord; // prettier-ignore
const verify = (root: string, ...args: string[]) => fleetImage(root, "verify", ...args);

const KEY = newKey();
const OTHER = newKey();
const SIGNED = { required: true, keys: [pemOf(KEY)] };

async function signed(root = project([], policy(SIGNED)), file = manifest()) {
  const bundle = bundleFile(signedByKey(await statementFor(file), KEY));
  return { root, file, bundle };
}

test("a signed build is taken, its statement kept as it is, and checked again by verify", async () => {
  const { root, file, bundle } = await signed();
  expect(await ingest(root, file, "--provenance", bundle)).toMatchObject({ code: 0, error: "" });
  const { provenance } = recordIn(root).build;
  expect(provenance!.uri).toBe(`provenance/1.4.0-${provenance!.sha256.slice(0, 12)}.json`);
  expect(readFileSync(join(root, "catalog/web", provenance!.uri), "utf8")).toBe(readFileSync(bundle, "utf8"));
  expect(await verify(root)).toMatchObject({ code: 0, out: "1 versions of 1 images: sound" });
  expect(await ingest(root, file, "--provenance", bundle)).toMatchObject({ code: 0, out: expect.stringContaining("already") as string }); // prettier-ignore
});

test.each(["ed25519", "rsa"] as const)("%s keys sign as well", async (type) => {
  const key = type === "rsa" ? generateKeyPairSync(type, { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
  const root = project([], policy({ keys: ["builder.pem"] }));
  write(join(root, "catalog/builder.pem"), pemOf(key));
  const file = manifest();
  const bundle = bundleFile(signedByKey(await statementFor(file), key));
  expect(await ingest(root, file, "--provenance", bundle)).toMatchObject({ code: 0, error: "" });
  expect((await verify(root)).code).toBe(0);
});

const changed = (bundle: unknown, change: (payload: string) => string) => {
  const copy = structuredClone(bundle) as ReturnType<typeof signedByKey>;
  copy.dsseEnvelope.payload = Buffer.from(change(Buffer.from(copy.dsseEnvelope.payload, "base64").toString())).toString("base64"); // prettier-ignore
  return copy;
};
type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const WRONG: readonly (readonly [string, (statement: Json) => unknown, string])[] = [
  ["changed after it was signed", (s) => changed(signedByKey(s, KEY), (p) => p.replace("run-1", "run-2")), "does not fit the key that it names"],
  ["signed by somebody who names our key", (s) => signedByKey(s, OTHER, KEY), "does not fit the key that it names"],
  ["signed by an unknown key", (s) => signedByKey(s, OTHER), "is signed by none of the 1 keys of policy.json"],
  ["about another manifest", (s) => signedByKey({ ...s, subject: [{ name: "x", digest: { sha256: "0".repeat(64) } }] }, KEY), "is about something else"],
  ["about another image of the same manifest", (s) => signedByKey({ ...s, subject: (s.subject as unknown[]).slice(0, 2) }, KEY), "it does not name ami-0bbb1234def567890"],
  ["about another commit", (s) => signedByKey(JSON.parse(JSON.stringify(s).replaceAll(GIT, "0".repeat(40))), KEY), `it must name ${GIT}, got 0000`],
  ["about no commit", (s) => signedByKey({ ...s, predicate: { ...s.predicate, buildDefinition: {} } }, KEY), "got none in resolvedDependencies"],
  ["another kind of statement", (s) => signedByKey({ ...s, predicateType: "https://spdx.dev/Document" }, KEY), "predicateType is not of its form"],
  ["no statement", () => signedByKey([1], KEY), "must hold an in-toto statement v1"],
  ["another payload", (s) => signedByKey(s, KEY, KEY, "text/plain"), 'got "text/plain"'],
  ["the signature of a file", (s) => ({ ...signedByKey(s, KEY), dsseEnvelope: undefined, messageSignature: { messageDigest: { algorithm: "SHA2_256", digest: "AA==" }, signature: "AA==" } }), "must hold a signed statement"],
  ["torn", (s) => JSON.stringify(signedByKey(s, KEY)).slice(0, 700), "must be a whole bundle of Sigstore in JSON"],
  ["empty", () => "", "must be a whole bundle of Sigstore in JSON"],
  ["the bare statement", (s) => s, "must be a whole bundle of Sigstore in JSON"],
  ["without a signature", (s) => ({ ...signedByKey(s, KEY), dsseEnvelope: { ...signedByKey(s, KEY).dsseEnvelope, signatures: [] } }), "must be a whole bundle of Sigstore in JSON"],
  ["oversized", (s) => " ".repeat(1 << 20) + JSON.stringify(signedByKey(s, KEY)), "must not be larger than 1 MB"],
  ["signed with a certificate", (s) => newAuthority().sign(s, { issuer: "i", subject: "s" }, new Date()), "policy.json trusts keys alone"],
]; // prettier-ignore

test.each(WRONG)("ingest refuses what is %s, and writes nothing", async (_what, make, message) => {
  const root = project([], policy(SIGNED));
  const file = manifest();
  const bundle = bundleFile(make(await statementFor(file)));
  const before = snapshot(root);
  const { code, error } = await ingest(root, file, "--provenance", bundle);
  expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining(message) as string });
  expect(error.split("\n")).toHaveLength(1);
  expect(error).not.toMatch(/\n\s+at /);
  expect(snapshot(root)).toEqual(before);
});

test("unsigned is refused where the policy wants it signed, and taken where it does not", async () => {
  const file = manifest();
  const { code, error } = await ingest(project([], policy(SIGNED)), file);
  expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining("--provenance: is needed") as string });
  const open = project([], policy({ keys: [pemOf(KEY)] }));
  expect((await ingest(open, file)).code).toBe(0);
  expect((await verify(open)).code).toBe(0);
  const bad = bundleFile(signedByKey(await statementFor(file), OTHER));
  expect((await ingest(project([], policy({ keys: [pemOf(KEY)] })), file, "--provenance", bad)).code).toBe(1);
  const away = await ingest(project([], policy(SIGNED)), file, "--provenance", bad, "--provenance-uri", "s3://x/y");
  expect(away.error).toContain("--provenance-uri: is not for statements that policy.json wants checked");
});

test("verify sees a statement that was changed, is gone or does not cover the record, and a policy that trusts others now", async () => {
  const { root, file, bundle } = await signed();
  await ingest(root, file, "--provenance", bundle);
  const before = recordIn(root);
  const [path, kept] = [join(root, "catalog/web/1.4.0.json"), join(root, "catalog/web", before.build.provenance!.uri)];
  const out = async () => ({ code: (await verify(root)).code, out: (await verify(root)).out });
  const found = (text: string) => ({ code: 2, out: expect.stringContaining(text) as string });

  write(path, { ...before, artifacts: before.artifacts.map((one, index) => (index ? one : { ...one, id: "ami-0eee1234def567890" })) }); // prettier-ignore
  expect(await out()).toEqual(found("names no image ami-0eee1234def567890"));
  write(path, { ...before, build: { ...before.build, gitSha: "0".repeat(40) } });
  expect(await out()).toEqual(found("is about another commit"));
  write(path, { ...before, build: { ...before.build, provenance: undefined } });
  expect(await out()).toEqual(found("is missing, and policy.json wants web 1.4.0 signed"));
  write(path, { ...before, build: { ...before.build, provenance: { uri: "s3://x/y", sha256: "0".repeat(64) } } });
  expect(await out()).toEqual(found("is kept elsewhere, s3://x/y"));
  write(path, before);
  write(join(root, "catalog/policy.json"), policy({ keys: [pemOf(OTHER)] }));
  expect(await out()).toEqual(found("is signed by none of the 1 keys"));
  write(join(root, "catalog/policy.json"), policy({ ...SIGNED, builder: "https://ci.example.com" }));
  expect(await out()).toEqual(found(`must come from the builder https://ci.example.com, got "${BUILDER}"`));
  write(join(root, "catalog/policy.json"), policy(SIGNED));
  writeFileSync(kept, `${readFileSync(kept, "utf8")} `);
  expect(await out()).toEqual(found("is not what was ingested"));
  execFileSync("rm", [kept]);
  expect(await out()).toEqual(found("cannot be read (ENOENT)"));
});

test("a channel may want what others do not", async () => {
  const channels = { dev: { min: "built" }, prod: { min: "built", from: "dev", provenance: SIGNED } };
  const root = project([], policy(undefined, { channels }));
  const file = manifest();
  await ingest(root, file);
  expect((await fleetImage(root, "promote", "web", "1.4.0", "dev", "--by", "a@example.com")).code).toBe(0);
  const promote = () => fleetImage(root, "promote", "web", "1.4.0", "prod", "--by", "a@example.com");
  expect((await promote()).error).toContain("web 1.4.0 is not signed, and prod needs signed provenance");
  // Signed later, by whom prod does not know: kept, because the catalog itself trusts nobody in particular.
  const statement = await statementFor(file);
  await ingest(root, file, "--provenance", bundleFile(signedByKey(statement, OTHER)));
  expect(recordIn(root).build.provenance).toBeDefined();
  expect((await promote()).error).toContain("is signed by none of the 1 keys of policy.json");
  write(join(root, "catalog/policy.json"), policy(undefined, { channels: { ...channels, prod: { ...channels.prod, provenance: { required: true, keys: [pemOf(OTHER)] } } } })); // prettier-ignore
  expect((await promote()).code).toBe(0);
  expect((await verify(root)).code).toBe(0);
  write(join(root, "catalog/policy.json"), policy(undefined, { channels }));
  expect((await verify(root)).out).toContain("is signed by none of the 1 keys");
});

test("approval reads the statement too", async () => {
  const { root, file, bundle } = await signed(project([], policy(SIGNED, { required: { provenance: true } })));
  await ingest(root, file, "--provenance", bundle);
  await fleetImage(root, "test", "add", "web", "1.4.0", "--suite", "s", "--result", "passed", "--by", "ci@example.com");
  const approve = () => fleetImage(root, "approve", "web", "1.4.0", "--by", "b@example.com");
  const kept = join(root, "catalog/web", recordIn(root).build.provenance!.uri);
  const text = readFileSync(kept, "utf8");
  writeFileSync(kept, text.replace("1", "2"));
  expect((await approve()).error).toContain("is not what was ingested");
  writeFileSync(kept, text);
  expect((await approve()).code).toBe(0);
});

test("a run that adds images brings a statement of its own", async () => {
  const { root, file, bundle } = await signed();
  await ingest(root, file, "--provenance", bundle);
  const arm = manifest([built("eu-west-1:ami-0ccc1234def567890,us-east-1:ami-0ddd1234def567890", "run-2", { arch: "arm64" })]); // prettier-ignore
  expect((await ingest(root, arm)).error).toContain("--provenance: is needed");
  expect((await ingest(root, arm, "--provenance", bundle)).error).toContain("is about something else");
  const own = bundleFile(signedByKey(await statementFor(arm), KEY));
  expect(await ingest(root, arm, "--provenance", own)).toMatchObject({ code: 0, error: "" });
  expect(readdirSync(join(root, "catalog/web/provenance"))).toHaveLength(2);
  expect(recordIn(root).artifacts).toHaveLength(4);
  expect(await verify(root)).toMatchObject({ code: 0, out: "1 versions of 1 images: sound" });
});

const GITHUB = "https://token.actions.githubusercontent.com";
const WORKFLOW = { issuer: GITHUB, subject: BUILDER };
const ISSUED = new Date("2026-11-20T11:00:00Z");

test("a certificate is trusted by its authority, its log, its time and its identity, letter by letter", async () => {
  const [authority, stranger] = [newAuthority(), newAuthority()];
  const rule = { required: true, identities: [WORKFLOW], trustedRoot: "trusted-root.jsonl", builder: BUILDER };
  const file = manifest();
  const statement = await statementFor(file);
  // As `gh attestation trusted-root` prints them: one a line.
  const roots = [newAuthority(), authority].map(({ trustedRoot }) => JSON.stringify(trustedRoot)).join("\n");
  const tried = async (bundle: unknown) => {
    const root = project([], policy(rule));
    write(join(root, "catalog/trusted-root.jsonl"), `${roots}\n`);
    const { code, error } = await ingest(root, file, "--provenance", bundleFile(bundle));
    if (code === 0) expect((await verify(root)).code).toBe(0);
    return { code, error };
  };
  const refused = (text: string) => ({ code: 1, error: expect.stringContaining(text) as string });
  const good = authority.sign(statement, WORKFLOW, ISSUED);
  expect(await tried(good)).toEqual({ code: 0, error: "" });
  expect(await tried(changed(good, (p) => p.replace("run-1", "run-2")))).toEqual(refused("cannot be trusted"));
  const late = new Date(ISSUED.getTime() + 3_600_000);
  expect(await tried(authority.sign(statement, WORKFLOW, ISSUED, late))).toEqual(
    refused("its certificate had expired"),
  );
  expect(await tried(stranger.sign(statement, WORKFLOW, ISSUED))).toEqual(
    refused("its certificate is of no authority"),
  );
  const branch = { ...WORKFLOW, subject: `${BUILDER}-of-somebody` };
  expect(await tried(authority.sign(statement, branch, ISSUED))).toEqual(refused(`is signed by ${branch.subject} of ${GITHUB}, which policy.json does not name`)); // prettier-ignore
  const issuer = { ...WORKFLOW, issuer: "https://elsewhere.example.com" };
  expect(await tried(authority.sign(statement, issuer, ISSUED))).toEqual(refused("which policy.json does not name"));
  const unlogged = structuredClone(good) as Json;
  unlogged.verificationMaterial.tlogEntries = [];
  expect(await tried(unlogged)).toEqual(refused("expected 1 timestamps, got 0"));
  const backdated = structuredClone(authority.sign(statement, WORKFLOW, ISSUED, late)) as Json;
  backdated.verificationMaterial.tlogEntries[0].integratedTime = String(ISSUED.getTime() / 1000);
  expect(await tried(backdated)).toEqual(refused("cannot be trusted"));
  expect(await tried(signedByKey(statement, KEY))).toEqual(refused("policy.json trusts identities alone"));
});

test.each([
  ["nobody who may sign", { required: true }, "or identities must say who may sign"],
  ["identities without a root", { identities: [WORKFLOW] }, "trustedRoot: is needed with identities"],
  ["a key file that is not there", { keys: ["none.pem"] }, "none.pem: cannot be read (ENOENT)"],
  ["a root that is not there", { identities: [WORKFLOW], trustedRoot: "none.json" }, "none.json: cannot be read"],
  ["a private key", { keys: [KEY.privateKey.export({ type: "pkcs8", format: "pem" })] }, "must be a public key in PEM"],
  ["a broken key", { keys: ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] }, "cannot be read"],
  ["a short key", { keys: [pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 }))] }, "must have at least 2048 bits, got 1024"],
  ["a root that is none", { identities: [WORKFLOW], trustedRoot: "policy.json" }, "must be a trusted root of Sigstore"],
] as const)("a policy with %s is a problem with its place", async (_what, rule, message) => {
  const { root, bundle, file } = await signed(project([], policy(rule)));
  const { code, error } = await ingest(root, file, "--provenance", bundle);
  expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining(message) as string });
  expect(error).not.toContain("PRIVATE");
  expect(await verify(root)).toMatchObject({ code: 2, out: expect.stringContaining(message) as string });
}); // prettier-ignore

test("the digests for a signer that writes the rest itself are those of the statement", async () => {
  const file = manifest();
  const { out } = await fleetImage(project([]), "statement", file, "--checksums");
  const { subject } = (await statementFor(file)) as Json;
  expect(out.split("\n")).toEqual((subject as Json[]).map(({ name, digest }) => `${digest.sha256}  ${name}`));
  const sum = execFileSync("sha256sum", [file], { encoding: "utf8" }).split(" ")[0]!;
  expect(out.split("\n")[0]).toBe(`${sum}  packer-manifest.json`);
});

/** A value with one of its parts, at any depth, as something else. */
function* withOddParts(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const part = (value as Json)[key] as unknown;
    const put = (odd: unknown) => (Array.isArray(value) ? value.map((one, at) => (String(at) === key ? odd : (one as unknown))) : { ...value, [key]: odd }); // prettier-ignore
    for (const odd of [undefined, null, "x", [null]]) yield put(odd);
    for (const odd of withOddParts(part)) yield put(odd);
  }
}

test("whatever a bundle holds, there is an answer and no crash; what was signed is told as it was", async () => {
  const statement = await statementFor(manifest());
  const authority = newAuthority();
  const root = tempFolder();
  write(join(root, "root.json"), authority.trustedRoot);
  const trust = loadTrust(root, {
    required: true,
    keys: [pemOf(KEY)],
    identities: [WORKFLOW],
    trustedRoot: "root.json",
  });
  const whole = JSON.stringify(statement);
  let tried = 0;
  for (const bundle of [signedByKey(statement, KEY), authority.sign(statement, WORKFLOW, ISSUED)]) {
    expect(signedContent(JSON.stringify(bundle), trust).payload).toBe(whole);
    for (const odd of withOddParts(bundle)) {
      const signed = signedContent(JSON.stringify(odd), trust);
      expect(signed.wrong === undefined ? signed.payload : typeof signed.wrong).toBe(signed.wrong === undefined ? whole : "string"); // prettier-ignore
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(100);
});

test("what Sigstore's public service signed is known offline, by its authority, certificate log, second log and time stamp", () => {
  const fixture = JSON.parse(readFileSync(join(__dirname, "sigstore-public.json"), "utf8")) as Json;
  const root = tempFolder();
  write(join(root, "root.json"), fixture.trustedRoot);
  const under = (issuer: string, subject: string, bundle: unknown = fixture.bundle) =>
    signedContent(JSON.stringify(bundle), loadTrust(root, { required: true, keys: [], identities: [{ issuer, subject }], trustedRoot: "root.json" })); // prettier-ignore
  const [, subject, issuer] = /^is signed by (\S+) of (\S+), which/.exec(under("a", "b").wrong!)!;
  expect(issuer).toBe("https://github.com/login/oauth");
  expect(under(issuer!, subject!)).toEqual({ payloadType: "text/plain", payload: "hello, world!" });
  expect(under(issuer!, subject!.slice(1)).wrong).toContain("which policy.json does not name");
  const unlogged = structuredClone(fixture.bundle) as Json;
  unlogged.verificationMaterial.tlogEntries = [];
  expect(under(issuer!, subject!, unlogged).wrong).toContain("the entry of its log does not hold");
  const untimed = structuredClone(fixture.bundle) as Json;
  untimed.verificationMaterial.timestampVerificationData = {};
  expect(under(issuer!, subject!, untimed).wrong).toContain("says when it was signed");
});
