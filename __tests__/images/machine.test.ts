/** The scripts inside the images, run here against a metadata service that answers as the clouds do. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { metadataOf } from "./metadata";
import { BASE, CLOUDS, configured, INSTANCE, PACKER, run, serve, standIn, stopServing, VENDOR, WEB, type Answer } from "./on-machine"; // prettier-ignore
import { tempFolder, testWith, write } from "./support";

afterEach(stopServing);

const USER_DATA = "LOG_HOST=logs.internal\nUPSTREAM=app.internal:8000\n#cloud-config\nlower=no\nEVIL=$(reboot)\r\n";
const KEPT = "LOG_HOST=logs.internal\nUPSTREAM=app.internal:8000\nEVIL=$(reboot)\n";

describe.each(CLOUDS)("boot configuration on %s", (cloud) => {
  const env = async (answer: Answer) => ({ FLEET_VENDOR: VENDOR[cloud], FLEET_METADATA: await serve(answer) });

  testWith("jq", "is the NAME=value lines of the user data, and nothing else", async () => {
    const root = tempFolder();
    expect(await run(join(BASE, "fleet-boot"), root, await env(metadataOf(cloud, USER_DATA).answer))).toMatchObject({
      code: 0,
    });
    expect(readFileSync(join(root, "run/boot"), "utf8")).toBe(KEPT);
  });

  testWith("jq", "comes with what the cloud says of the machine", async () => {
    const root = tempFolder();
    await run(join(BASE, "fleet-boot"), root, await env(metadataOf(cloud, USER_DATA).answer));
    expect(readFileSync(join(root, "run/instance"), "utf8")).toBe(INSTANCE[cloud]);
    expect(readdirSync(join(root, "run")).sort()).toEqual(["boot", "instance"]);
  });

  testWith("jq", "leaves out a group that would not fit into a name or a record", async () => {
    const root = tempFolder();
    await run(join(BASE, "fleet-boot"), root, await env(metadataOf(cloud, USER_DATA, "a] [x").answer));
    expect(readFileSync(join(root, "run/instance"), "utf8")).toBe(INSTANCE[cloud].replace(/GROUP=.*\n/, ""));
  });

  testWith("jq", "is empty without user data", async () => {
    const root = tempFolder();
    expect(await run(join(BASE, "fleet-boot"), root, await env(metadataOf(cloud).answer))).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, "run/boot"), "utf8")).toBe("");
  });

  testWith(
    "jq",
    "fails when the cloud does not answer, so that nothing serves with settings it does not have",
    async () => {
      const root = tempFolder();
      const metadata = metadataOf(cloud, USER_DATA);
      metadata.status = 500;
      expect((await run(join(BASE, "fleet-boot"), root, await env(metadata.answer))).code).toBe(1);
      expect(existsSync(join(root, "run/boot"))).toBe(false);
    },
  );
});

test("the proxy's upstream is configuration, and a bad one is refused", async () => {
  const good = configured("UPSTREAM=app.internal:8000\n");
  expect((await run(join(WEB, "fleet-web"), good)).code).toBe(0);
  expect(readFileSync(join(good, "run/web.conf"), "utf8")).toContain("set $upstream http://app.internal:8000;");
  for (const upstream of ["a;include", "x{}", ":80", "a b"]) {
    const bad = configured(`UPSTREAM=${upstream}\n`);
    expect((await run(join(WEB, "fleet-web"), bad)).error).toContain("UPSTREAM must be name or name:port");
    expect(existsSync(join(bad, "run/web.conf"))).toBe(false);
  }
});

test("the image's own test speaks TAP and fails when a check does", async () => {
  const root = tempFolder();
  mkdirSync(join(root, "t"));
  write(join(root, "t/1.sh"), 'check "fine" true\n');
  const script = join(PACKER, "base/files/image-test");
  const tap = () => {
    try {
      return execFileSync("sh", [script], { env: { PATH: process.env.PATH!, FLEET_TESTS: join(root, "t") }, encoding: "utf8", stdio: "pipe" }); // prettier-ignore
    } catch (error) {
      return `failed\n${(error as { stdout: string }).stdout}`;
    }
  };
  expect(tap()).toBe("TAP version 13\nok 1 - fine\n1..1\n");
  write(join(root, "t/2.sh"), 'check "broken" false\n');
  expect(tap()).toBe("failed\nTAP version 13\nok 1 - fine\nnot ok 2 - broken\n1..2\n");
});

test("a container is baked by digest; a tag fails the build", async () => {
  const script = join(PACKER, "web/scripts/container.sh");
  expect((await run(script, tempFolder(), { CONTAINER: "registry.example.com/web:1.4" })).error).toContain("must be name@sha256:digest"); // prettier-ignore
  expect((await run(script, tempFolder(), { CONTAINER: "" })).code).toBe(0);
});

test("podman starts the machine's container and nothing else: no newer one, and none that somebody asks for", async () => {
  const root = tempFolder();
  for (const tool of ["apt-get", "install", "systemctl"]) standIn(root, tool, `echo ${tool} "$@" >>"${root}/calls"`);
  const script = join(PACKER, "web/scripts/container.sh");
  expect(await run(script, root, { CONTAINER: "boot" })).toMatchObject({ code: 0 });
  const calls = readFileSync(join(root, "calls"), "utf8");
  const masked = /^systemctl mask (.*)$/m.exec(calls)?.[1]?.split(" ");
  expect(masked).toEqual(
    expect.arrayContaining(["podman-auto-update.timer", "podman-restart.service", "podman.socket"]),
  );
  expect(calls).toMatch(/^systemctl enable fleet-container.service$/m);
});

describe("the machine's container", () => {
  const digest = (name: string) => `registry.example.com/${name}@sha256:${"d".repeat(64)}`;
  async function started(boot: string, baked?: string, settings = "") {
    const root = configured(boot);
    write(join(root, "run/settings"), settings);
    if (baked !== undefined) write(join(root, "container"), `${baked}\n`);
    standIn(root, "podman", `echo "$@" >"${root}/podman"`);
    const { error } = await run(join(WEB, "fleet-container"), root, { FLEET_CONTAINER: join(root, "container") });
    return existsSync(join(root, "podman")) ? readFileSync(join(root, "podman"), "utf8") : error;
  }

  test("is the one in the image, which is never pulled", async () => {
    expect(await started("", digest("baked"))).toMatch(
      /--pull=never .*:\/run\/fleet:ro registry\.example\.com\/baked@sha256/,
    );
  });
  test("takes the place of one that a crash left behind, and gains no rights", async () => {
    expect(await started("", digest("baked"))).toMatch(
      /^run .*--replace --name fleet .*--security-opt=no-new-privileges /,
    );
  });
  test("or the one of the boot configuration, by digest", async () => {
    expect(await started(`CONTAINER=${digest("boot")}\n`, digest("baked"))).toMatch(/--pull=missing .*\/boot@sha256/);
  });
  test("never one of the settings: a change of those makes no other group", async () => {
    expect(await started("", digest("baked"), `CONTAINER=${digest("setting")}\n`)).toContain("/baked@sha256");
  });
  test.each(["registry.example.com/web:1.4", "--privileged@sha256:" + "d".repeat(64), ""])("never %j", async (name) => {
    expect(await started(`CONTAINER=${name}\n`)).toContain("CONTAINER must be name@sha256:digest");
  });
});
