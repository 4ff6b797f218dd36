import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { templateSha256 } from "../../images/template";
import { writeAll } from "../../images/write";
import { fleetImage, project, record, snapshot, write } from "./support";

const BY = ["--by", "ops@example.com"];
const base = (version: string) => ({ image: "base", version });

test.each([
  [["test"], "fleet image test add <image>"],
  [["test", "--help"], "fleet image test add <image>"],
  [["test", "-h"], "fleet image test add <image>"],
  [["help", "test", "add"], "fleet image test add <image>"],
  [["help", "lint"], "fleet image lint <folders>"],
  [["lint", "-h"], "fleet image lint <folders>"],
  [["help"], "fleet image <command>"],
])("help is where it is asked for: fleet image %j", async (args, usage) => {
  const { code, out, error } = await fleetImage(project([]), ...args);
  expect({ code, error }).toEqual({ code: 0, error: "" });
  expect(out).toContain(`usage: npx ${usage}`);
});

describe("bad input is refused with one message, and no file changes", () => {
  test.each([
    ["an unknown command", ["fly"], 'there is no command "fly"'],
    ["half a command", ["test", "ad"], 'there is no command "test"'],
    ["help on nothing", ["help", "fly"], 'there is no command "help"'],
    ["a command like a property of every object", ["constructor"], 'there is no command "constructor"'],
    ["too few arguments", ["approve", "web"], "needs <version>; usage: npx fleet image approve <image> <version>"],
    ["too many arguments", ["approve", "web", "1.0.0", "now"], 'does not know what to do with "now"'],
    ["an unknown option", ["list", "--colour"], "Unknown option '--colour'"],
    ["an option without its value", ["list", "--state"], "--state"],
    ["an unknown state", ["list", "--state", "fine"], "must be one of built, tested, approved"],
    ["an unknown image", ["show", "api", "1.0.0"], 'must be one of base, web, got "api"'],
    ["an image that is a path", ["show", "../web", "1.0.0"], 'got "../web"'],
    ["an unknown version", ["show", "web", "2.0.0"], "must be a version of web, such as 1.0.0"],
    ["a time that is none", ["list", "--now", "yesterday"], 'got "yesterday"'],
    ["a time without an offset", ["revoke", "web", "1.0.0", "--reason", "x", "--at", "2026-12-01T00:00:00"], "with an offset"],
    ["a revocation without a reason", ["revoke", "web", "1.0.0", ...BY], "give one with --reason"],
    ["a second approval", ["approve", "web", "1.0.0", ...BY], "is approved"],
    ["a test without a result", ["test", "add", "web", "1.0.0", "--suite", "s", ...BY], "--tap: or --result is needed"],
    ["an unknown result", ["test", "add", "web", "1.0.0", "--suite", "s", "--result", "ok", ...BY], "must be one of passed, failed"],
    ["an unknown replacement", ["deprecate", "web", "1.0.0", "--replacement", "9.0.0", ...BY], "must be a version of web"],
    ["a base in a wrong form", ["list", "--uses", "base"], "must be IMAGE@VERSION"],
    ["a build of a version that is there", ["export", "web", "--packer", "1.0.0", "--template", "."], "is built once"],
    ["nothing to export", ["export"], "--channel: or --packer is needed"],
    ["a commit that nobody knows", ["verify", "--against", "nowhere"], "must be a commit or a branch"],
    ["a commit that is an option", ["verify", "--against=--help"], "must be a commit or a branch"],
  ] as const)("%s", async (_name, args, message) => {
    const root = project([record("base", "1.0.0"), record("web", "1.0.0", { base: base("1.0.0") })]);
    const before = snapshot(root);
    const run = await fleetImage(root, ...args);
    expect(run.code).toBe(1);
    expect(run.error).toContain(message);
    expect(run.error).not.toMatch(/^\s+at /m);
    expect(snapshot(root)).toEqual(before);
  }); // prettier-ignore

  test("a catalog with one broken file refuses every command but verify", async () => {
    const root = project([record("web", "1.0.0")]);
    write(join(root, "catalog/web/1.1.0.json"), { schema: 1 });
    const run = await fleetImage(root, "revoke", "web", "1.0.0", "--reason", "x", ...BY);
    expect(run.code).toBe(1);
    expect(run.error).toContain("1.1.0.json");
  });
});

test("every command explains itself", async () => {
  const root = project([]);
  const { out } = await fleetImage(root, "--help");
  const names = [...out.matchAll(/^ {2}([a-z-]+(?: add)?) {2,}/gm)].map(([, name]) => name!);
  expect(names).toHaveLength(24);
  for (const name of names)
    expect(await fleetImage(root, ...name.split(" "), "--help")).toMatchObject({ code: 0, error: "" });
});

test("from built to approved, with TAP; what is written is stable to the byte", async () => {
  const life = { lifecycle: { state: "built" as const } };
  const root = project([record("base", "1.0.0"), record("web", "1.0.0", { base: base("1.0.0"), ...life })]);
  const tap = join(root, "run.tap");
  const add = (content: string) => {
    write(tap, content);
    return fleetImage(root, "test", "add", "web", "1.0.0", "--suite", "image-test", "--tap", tap, ...BY);
  };
  expect((await add("1..2\nok 1 - a\nnot ok 2 - b\n")).code).toBe(2);
  expect((await add("1..2\nok 1 - a\n")).out).toContain("failed");
  expect((await add("ok 1 - a\n")).error).toContain("holds no TAP plan");
  expect((await add("1..2\nok 1 - a\nnot ok 2 - b # TODO later\n")).out).toContain("version is tested");
  expect((await fleetImage(root, "approve", "web", "1.0.0", ...BY)).code).toBe(0);
  const file = join(root, "catalog/web/1.0.0.json");
  const text = readFileSync(file, "utf8");
  expect(text.endsWith("}\n")).toBe(true);
  await fleetImage(root, "revoke", "web", "1.0.0", "--reason", "x", ...BY);
  await fleetImage(root, "restore", "web", "1.0.0", "--reason", "false alarm", ...BY);
  expect(readFileSync(file, "utf8")).toBe(
    text.replace(/("by": "ops@example.com",\n)/, '$1    "reason": "false alarm",\n'),
  );
});

test("revoking a base names everything that is hit, and where it runs", async () => {
  const root = project([record("base", "1.0.0"), record("web", "1.0.0", { base: base("1.0.0") })]);
  write(join(root, "releases/prod/web.json"), { slots: { live: { version: "1.0.0" } } });
  const run = await fleetImage(root, "revoke", "base", "1.0.0", "--reason", "CVE-2026-1", ...BY);
  expect(run.code).toBe(0);
  expect(run.out).toContain("web 1.0.0 is built on it and revoked with it");
  expect(run.out).toContain("web 1.0.0 is in use: ");
  const list = await fleetImage(root, "list", "--state", "revoked", "--json");
  expect((JSON.parse(list.out) as { image: string }[]).map(({ image }) => image)).toEqual(["base", "web"]);
  expect((await fleetImage(root, "inventory", "--csv")).out).toContain("prod,web,live,web,1.0.0,revoked,base 1.0.0");
  expect((await fleetImage(root, "show", "web", "1.0.0", "--tree")).out).toContain(
    "base 1.0.0  revoked\n  web 1.0.0  revoked",
  );
});

test("outdated, stale and plan-rebuild: what is behind, and bases first", async () => {
  const fresh = { build: { at: "2026-11-10T00:00:00Z" }, lifecycle: { since: "2026-11-10T00:00:00Z" } };
  const policy = { schema: 1, maxAge: { base: "P30D", "*": "P90D" }, rebuildWithin: "P7D" };
  const records = [record("base", "1.0.0"), record("base", "1.1.0", fresh), record("java", "5.0.0", { base: base("1.0.0") }), record("web", "1.0.0", { base: { image: "java", version: "5.0.0" } })]; // prettier-ignore
  const root = project(records, policy);
  const behind = await fleetImage(root, "outdated");
  expect(behind.code).toBe(2);
  expect(behind.out).toMatch(/java +5\.0\.0 +newest +base 1\.0\.0 +base 1\.1\.0 +2026-11-17T00:00:00Z, overdue/);
  expect((await fleetImage(root, "stale")).code).toBe(0);
  const later = ["--now", "2027-02-01T00:00:00Z"];
  expect((await fleetImage(root, "stale", ...later)).code).toBe(2);
  const plan = await fleetImage(root, "plan-rebuild", "--json");
  expect(JSON.parse(plan.out)).toMatchObject([
    { image: "java", version: "5.0.1", base: base("1.1.0") },
    { image: "web", version: "1.0.1", base: { image: "java", version: "5.0.1" } },
  ]);
  const all = JSON.parse((await fleetImage(root, "plan-rebuild", "--json", ...later)).out) as { image: string }[];
  expect(all.map(({ image }) => image)).toEqual(["base", "java", "web"]);
});

describe("a base that was revoked", () => {
  const records = (newer: readonly ReturnType<typeof record>[] = []) => [
    record("base", "1.0.0"),
    record("base", "1.0.1", { lifecycle: { state: "revoked", reason: "CVE" } }),
    ...newer,
    record("web", "1.0.0", { base: base("1.0.1") }),
  ];
  const plan = async (root: string) =>
    JSON.parse((await fleetImage(root, "plan-rebuild", "--json")).out) as { image: string; version: string; base?: unknown; why: string; commands: string[] }[]; // prettier-ignore
  const inChannel = (root: string) =>
    write(join(root, "catalog/web/channels/dev.json"), { schema: 1, image: "web", channel: "dev", version: "1.0.0", pinned: false, since: "2026-10-03T00:00:00Z", by: "x", previous: [] }); // prettier-ignore

  test("is never left for an older one: a new one is built first", async () => {
    const root = project(records());
    inChannel(root);
    expect((await fleetImage(root, "outdated")).out).toContain("every image is built on the newest");
    const steps = await plan(root);
    expect(steps).toMatchObject([
      { image: "base", version: "1.0.2", why: "1.0.1 is revoked, and no newer version is there" },
      { image: "web", version: "1.0.1", base: base("1.0.2"), why: "its base becomes base 1.0.2" },
    ]);
    expect(steps.flatMap(({ commands }) => commands)).toEqual(
      expect.arrayContaining([
        "packer init images/packer/web",
        "packer build -var-file=images/packer/places.pkrvars.hcl -var-file=images/packer/base/vendor.pkrvars.hcl images/packer/base",
        "packer build -var-file=images/packer/places.pkrvars.hcl images/packer/web",
      ]),
    );
  });

  test("nor is it built again where a newer one waits to be approved", async () => {
    const root = project(records([record("base", "1.0.2", { lifecycle: { state: "tested" } })]));
    inChannel(root);
    expect(await plan(root)).toMatchObject([
      { image: "web", version: "1.0.1", base: base("1.0.2"), why: "base 1.0.1, which it is built on, is revoked" },
    ]);
  });
});

describe("nothing is dated in the future", () => {
  const policy = { schema: 1, channels: { dev: { min: "built" }, prod: { min: "approved", from: "dev", soak: "PT24H" } } }; // prettier-ignore
  const ahead = ["--now", "2199-01-01T00:00:00Z"];

  test.each([
    ["promote", "web", "1.0.0", "prod"],
    ["deprecate", "web", "1.0.0"],
    ["revoke", "web", "1.0.0", "--reason", "x"],
    ["test", "add", "web", "1.0.0", "--suite", "s", "--result", "passed"],
  ])("%s %s %s %s is refused with a clock to come, and no file changes", async (...args) => {
    const root = project([record("web", "1.0.0")], policy);
    expect((await fleetImage(root, "promote", "web", "1.0.0", "dev", ...BY)).code).toBe(0);
    const before = snapshot(root);
    const run = await fleetImage(root, ...args, ...BY, ...ahead);
    expect(run).toMatchObject({ code: 1, out: "" });
    expect(run.error).toMatch(/--now: must not be later than the clock, .* got 2199-01-01T00:00:00Z; leave it out/);
    expect(snapshot(root)).toEqual(before);
  });

  test("and nothing back, but by tests", async () => {
    const root = project([record("web", "1.0.0")], policy);
    const back = ["promote", "web", "1.0.0", "dev", ...BY, "--now", "2026-11-21T00:00:00Z"];
    delete process.env.FLEET_TEST_CLOCK;
    const run = await fleetImage(root, ...back).finally(() => (process.env.FLEET_TEST_CLOCK = "1"));
    expect(run).toMatchObject({ code: 1, out: "" });
    expect(run.error).toMatch(/--now: must not be earlier than the clock, .* got 2026-11-21T00:00:00Z; leave it out/);
    expect((await fleetImage(root, ...back)).code).toBe(0);
  });

  test("looking ahead is fine", async () => {
    const root = project([record("web", "1.0.0")], policy);
    expect(await fleetImage(root, "list", ...ahead)).toMatchObject({ code: 0, error: "" });
  });

  test("verify names each date to come, whatever time it decides by", async () => {
    const to = "2199-01-01T00:00:00Z";
    const root = project([record("web", "1.0.0", { build: { at: to }, lifecycle: { since: to } })], policy);
    write(join(root, "catalog/web/channels/dev.json"), { schema: 1, image: "web", channel: "dev", version: "1.0.0", pinned: false, since: to, by: "x", previous: [] }); // prettier-ignore
    const { code, out } = await fleetImage(root, "verify", "--now", "2199-06-01T00:00:00Z");
    expect(code).toBe(2);
    for (const field of ["1.0.0.json build.at", "1.0.0.json lifecycle.since", "dev.json since"])
      expect(out).toContain(`${field}: must not be later than now`);
  });
});

describe("in a git repository", () => {
  const git = (root: string, ...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { encoding: "utf8", stdio: "pipe" }); // prettier-ignore
  const repository = () => {
    const root = project([record("web", "1.0.0")]);
    write(join(root, "template/build.pkr.hcl"), "build {}\n");
    git(root, "init", "-q", "-b", "main");
    git(root, "add", ".");
    git(root, "commit", "-q", "-m", "start");
    return root;
  };

  test("two branches that add versions merge without conflict", async () => {
    const root = repository();
    for (const version of ["1.1.0", "1.2.0"]) {
      git(root, "checkout", "-q", "-b", version, "main");
      write(join(root, `catalog/web/${version}.json`), record("web", version));
      git(root, "add", ".");
      git(root, "commit", "-q", "-m", version);
    }
    git(root, "merge", "-q", "--no-edit", "1.1.0");
    expect(git(root, "status", "--porcelain")).toBe("");
    expect(await fleetImage(root, "verify")).toMatchObject({ code: 0, out: "3 versions of 1 images: sound" });
  });

  test("verify --against holds that build facts are written once, and lets the lifecycle move", async () => {
    const root = repository();
    await fleetImage(root, "deprecate", "web", "1.0.0", ...BY);
    expect((await fleetImage(root, "verify", "--against", "main")).code).toBe(0);
    const before = JSON.parse(readFileSync(join(root, "catalog/web/1.0.0.json"), "utf8")) as ReturnType<typeof record>;
    const copied = { ...before.artifacts[0]!, region: "eu-west-1", id: "ami-0123456789abcdef0" };
    write(join(root, "catalog/web/1.0.0.json"), { ...before, artifacts: [...before.artifacts, copied] });
    expect((await fleetImage(root, "verify", "--against", "main")).out).toContain("sound");
    const made = { ...copied, region: "us-east-1", arch: "arm64" };
    write(join(root, "catalog/web/1.0.0.json"), { ...before, artifacts: [...before.artifacts, made] });
    expect((await fleetImage(root, "verify", "--against", "main")).out).toContain("artifacts: has changed since main");
    write(join(root, "catalog/web/1.0.0.json"), { ...before, artifacts: before.artifacts.slice(1) });
    expect((await fleetImage(root, "verify", "--against", "main")).out).toContain("artifacts: has changed since main");
    cpSync(join(root, "catalog/web/1.0.0.json"), join(root, "kept.json"));
    execFileSync("rm", [join(root, "catalog/web/1.0.0.json")]);
    expect((await fleetImage(root, "verify", "--against", "main")).out).toContain("is gone since main");
  });

  test("export --packer names commit, template and the base's ids, and refuses a base that is not approved", async () => {
    const root = repository();
    const args = ["export", "api", "--packer", "1.0.0", "--base", "web@1.0.0", "--template", join(root, "template")];
    const variables = JSON.parse((await fleetImage(root, ...args)).out) as Record<string, unknown>;
    expect(variables).toMatchObject({ image_version: "1.0.0", git_dirty: false, arch: "x86_64", attempt: 1, base: { image: "web", version: "1.0.0" } }); // prettier-ignore
    expect((await fleetImage(root, ...args, "--attempt", "0")).error).toContain("must be a whole number from 1 to 99");
    const again = JSON.parse((await fleetImage(root, ...args, "--attempt", "2")).out) as Record<string, unknown>;
    expect(again.attempt).toBe(2);
    expect(variables.git_sha).toBe(git(root, "rev-parse", "HEAD").trim());
    write(join(root, "template/build.pkr.hcl"), "build { }\n");
    const changed = JSON.parse((await fleetImage(root, ...args)).out) as Record<string, unknown>;
    expect(changed.git_dirty).toBe(true);
    expect(changed.template_sha256).not.toBe(variables.template_sha256);
    await fleetImage(root, "revoke", "web", "1.0.0", "--reason", "CVE", ...BY);
    expect((await fleetImage(root, ...args)).error).toContain("build on an approved version");
  });
});

test("a version is built further from the same commit until somebody decides about it", async () => {
  const root = project([]);
  write(join(root, "template/build.pkr.hcl"), "build {}\n");
  const git = (...args: string[]) => execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { stdio: "pipe" }); // prettier-ignore
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "start");
  const args = ["export", "web", "--packer", "1.0.0", "--template", join(root, "template")];
  const { git_sha, template_sha256 } = JSON.parse((await fleetImage(root, ...args)).out) as Record<string, string>;
  const there = (state: "built" | "approved", gitSha = git_sha!) => write(join(root, "catalog/web/1.0.0.json"), record("web", "1.0.0", { build: { gitSha, templateSha256: template_sha256! }, lifecycle: { state } })); // prettier-ignore
  there("built");
  expect((await fleetImage(root, ...args, "--arch", "arm64")).error).toBe("");
  there("approved");
  expect((await fleetImage(root, ...args, "--arch", "arm64")).error).toContain("already and is approved");
  there("built", "e".repeat(40));
  expect((await fleetImage(root, ...args, "--arch", "arm64")).error).toContain("was built from commit eeeeeeeeeeee");
});

test("a folder that cannot be written leaves the catalog as it was", async () => {
  const root = project([record("web", "1.0.0")]);
  write(join(root, "catalog/web/channels"), "a file where the folder should be");
  const policy = { schema: 1, channels: { dev: { min: "built" } } };
  write(join(root, "catalog/policy.json"), policy);
  const before = snapshot(root);
  const run = await fleetImage(root, "promote", "web", "1.0.0", "dev", ...BY);
  expect(run).toMatchObject({ code: 1, out: "" });
  expect(run.error).toContain("cannot be written");
  expect(snapshot(root)).toEqual(before);
});

test("of several files none is put in place when one cannot be written", () => {
  const root = project([]);
  write(join(root, "taken"), "a file where the folder should be");
  const before = snapshot(root);
  const files = ["a.json", "taken/b.json"].map((name) => ({ file: join(root, name), text: "{}" }));
  expect(() => writeAll(files)).toThrow("cannot be written");
  expect(snapshot(root)).toEqual(before);
});

test("the content of a template is what its links point to, too", () => {
  const root = mkdtempSync(join(tmpdir(), "fleet-template-"));
  const template = join(root, "packer/web");
  const file = (at: string, text: string) => (mkdirSync(join(root, at, ".."), { recursive: true }), writeFileSync(join(root, at), text)); // prettier-ignore
  file("packer/web/web.pkr.hcl", "source {}");
  file("packer/web/setup.sh", "one");
  file("packer/web/files/app.conf", "a");
  const plain = templateSha256(template);
  // The same names and bytes, by links.
  file("elsewhere/setup.sh", "one");
  rmSync(join(template, "setup.sh"));
  symlinkSync("../../elsewhere/setup.sh", join(template, "setup.sh"));
  renameSync(join(template, "files"), join(root, "elsewhere/files"));
  symlinkSync("../../elsewhere/files", join(template, "files"));
  expect(templateSha256(template)).toBe(plain);
  file("elsewhere/setup.sh", "two");
  const changed = templateSha256(template);
  file("elsewhere/files/app.conf", "b");
  expect(new Set([plain, changed, templateSha256(template)]).size).toBe(3);
  const refusal = (at: string, to: string) => {
    symlinkSync(to, join(template, at));
    try {
      templateSha256(template);
    } catch (error) {
      return (error as Error).message;
    } finally {
      rmSync(join(template, at));
    }
    return undefined;
  };
  expect(refusal("gone.sh", "nowhere")).toMatch(/gone\.sh: is a link to nothing, and is part of the template/);
  expect(refusal("again", ".")).toMatch(/again: is a link into a folder that holds it/);
  rmSync(root, { recursive: true });
});
