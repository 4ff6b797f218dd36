/**
 * The images' scripts, run for real: in a chroot of Debian, in the order of the Packer templates. Where systemd-nspawn can, what came
 * of it boots, serves, and leaves.
 */
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, cpSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { tapResult } from "../../images/tap";
import { blocks, bodies, readTemplate } from "../../images/lint/template";
import { testUnless } from "../support/needs";
import { event, metadataOf, OTHER, OWN } from "./metadata";
import { freePort, serve, stopServing, until } from "./on-machine";
import { has, tempFolder, write } from "./support";

const PACKER = join(__dirname, "../../images/packer");
const IMAGES = ["base", "web"] as const;
const SUITE = "bookworm";
/** Of the builds, and of what boots after them. */
const LIMIT = 280_000;
const WHOLE = LIMIT + 120_000;

// A namespace of its own takes every mount and process away with it, even when Jest is killed.
const OWN_NAMESPACE = ["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

function output(command: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 15_000 });
  } catch {
    return undefined;
  }
}

/** The first of the machine's own package sources that is a mirror of Debian and answers. */
function findMirror(): string | undefined {
  const sources = output("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages") ?? "";
  return [...new Set(sources.split("\n"))]
    .filter((uri) => /^https?:/.test(uri))
    .find((uri) => {
      // Read by wget, as debootstrap does it.
      const release = output("wget", "-q", "-O", "-", "--timeout=5", "--tries=1", `${uri}dists/${SUITE}/Release`);
      return /^Label: Debian$/m.test(release ?? "");
    });
}

function findHere(): { mirror: string } | { missing: string } {
  if (!has("debootstrap")) return { missing: "debootstrap is not installed" };
  if (process.getuid?.() !== 0) return { missing: "a chroot needs root" };
  const mounts = "mount -o remount,bind,ro / && mount -t tmpfs tmpfs /mnt";
  if (output("setpriv", ...OWN_NAMESPACE, "sh", "-c", mounts) === undefined)
    return { missing: "this machine allows no mount namespaces" };
  const mirror = findMirror();
  return mirror ? { mirror } : { missing: `no package source of this machine serves Debian ${SUITE}` };
}

/** Lays out an image's files and steps for chroot.sh: the scripts of the template's provisioners, with their variables. */
async function stage(image: string, folder: string): Promise<void> {
  const { template } = await readTemplate(join(PACKER, image));
  cpSync(join(PACKER, image, "files"), join(folder, image, "files"), { recursive: true });
  const shells = blocks(template, "build", 0).flatMap(({ body }) =>
    bodies(body.provisioner).flatMap((kinds) => bodies(kinds.shell)),
  );
  const steps = shells.flatMap(({ scripts = [], environment_vars: vars = [] }) =>
    (scripts as string[]).map((script) => ({ script, vars: vars as string[] })),
  );
  steps.forEach(({ script, vars }, index) => {
    const step = join(folder, image, "steps", String(index).padStart(2, "0"));
    const value = (text: string) =>
      text
        .replace("${local.image}", image)
        .replace("${var.image_version}", "1.0.0")
        .replace(/\$\{.*\}/, "");
    write(join(step, "name"), basename(script));
    write(join(step, "vars"), vars.map(value).join("\n"));
    copyFileSync(script.replace("${path.root}", join(PACKER, image)), join(step, "script"));
  });
}

/** Builds, and boots when it is told which metadata service there is. `ended` resolves to what went wrong, or to nothing. */
function build(folder: string, mirror: string, boot: readonly string[]) {
  const { http_proxy = "", https_proxy = "", no_proxy = "" } = process.env;
  // As sudo would: nothing of the caller's environment but the way to the mirror.
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C.UTF-8", http_proxy, https_proxy, no_proxy }; // prettier-ignore
  const args = [...OWN_NAMESPACE, "sh", join(__dirname, "chroot.sh"), folder, SUITE, mirror, ...boot];
  const options = { env, timeout: WHOLE, killSignal: "SIGKILL", maxBuffer: 2 ** 26 } as const;
  let said = "";
  const ended = new Promise<string>((done) =>
    execFile("setpriv", args, options, (error, out, stderr) =>
      done(error ? `${error.killed ? "too slow\n" : ""}${out.slice(-3000)}\n${stderr.slice(-3000)}` : ""),
    ).stdout!.on("data", (part: string) => (said += part)),
  );
  const sealed = until(() => said.includes(" sealed\n"), LIMIT / 1000).then(() => "");
  return { ended, sealed: Promise.race([ended, sealed]) };
}

/** Why the machine cannot boot what it built, or nothing. */
function cannotBoot(): string | undefined {
  if (!has("systemd-nspawn")) return "systemd-nspawn is not installed";
  const nothing = "systemd-nspawn --quiet --register=no --keep-unit --volatile=yes --directory=/ --as-pid2 true";
  return output("setpriv", ...OWN_NAMESPACE, "sh", "-c", nothing) === undefined
    ? "systemd-nspawn may not run here"
    : undefined;
}

type Build = ReturnType<typeof build>;
const BUILDS = "in a chroot, base and then web on it are built, pass their own test, and end sealed";
const BOOTS = "what was built boots, serves, leaves when it is told to, and ends what is under way";

/** What the builds left in their folder. */
function expectBuilt(folder: string): void {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const checks = IMAGES.map((image) => {
    expect(read(`${image}.open`)).toBe(OPEN);
    expect(read(`${image}.sealed`)).toBe(SEALED);
    const tap = read(`${image}.tap`);
    expect(tapResult(tap, image)).toBe("passed");
    const lines = tap.split("\n").filter((line) => / - /.test(line));
    // A check that was skipped counts as passed elsewhere; here all of them must run.
    expect(lines.filter((line) => !/^ok \d+ - [^#]*$/.test(line))).toEqual([]);
    return lines.map((line) => line.replace(/^ok \d+ - /, ""));
  });
  expect(checks[0]).toEqual(
    expect.arrayContaining(["rsyslog accepts what fleet-logs adds", "curl signs requests for AWS"]),
  );
  const ofWeb = ["works without an upstream", "takes a change of its settings"];
  expect(checks[1]).toEqual(expect.arrayContaining([...checks[0]!, ...ofWeb]));
}

/** The machine that boots: its cloud, its upstream, and how it is asked. */
async function cloud() {
  let waiting = false;
  let answer = () => {};
  const upstream = await serve(({ url }) => {
    if (url !== "/late") return { body: "upstream" };
    waiting = true;
    return new Promise((done) => (answer = () => done({ body: "late" })));
  });
  const upstreamHost = new URL(upstream).host;
  const metadata = metadataOf("azure", `UPSTREAM=${upstreamHost}\nRESOLVER=127.0.0.1\nDRAIN_SEC=2\nDRAIN_IDLE_SEC=1\n`);
  const port = await freePort();
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, connection: response.headers.get("connection"), body: await response.text() };
  };
  const health = (status: number | undefined) => async () => {
    const got = await ask("/healthz").catch(() => undefined);
    return got?.status === status;
  };
  const boot = [await serve((request) => metadata.answer(request)), String(port)];
  return { metadata, boot, ask, health, isWaiting: () => waiting, answer: () => answer() };
}

async function bootAndLeave(folder: string, { ended }: Build, on: Awaited<ReturnType<typeof cloud>>): Promise<void> {
  const { metadata, ask, health } = on;
  await until(health(200), 60);
  expect(await ask("/")).toEqual({ status: 200, connection: "keep-alive", body: "upstream" });
  metadata.events = [event("E-8", [OTHER]), event("E-7", [OWN])];
  await until(health(503));
  expect(await ask("/")).toEqual({ status: 200, connection: "close", body: "upstream" });
  await until(() => metadata.consents.length > 0);
  expect(metadata.consents).toEqual(["E-7"]);
  metadata.events = [];
  await until(health(200));
  const late = ask("/late");
  await until(on.isWaiting);
  write(join(folder, "poweroff"), "");
  await until(health(503));
  // Nginx takes nobody new any more; Debian's own stop would be over in ten seconds, and the request with it.
  await until(health(undefined));
  await new Promise((done) => setTimeout(done, 11_000));
  on.answer();
  expect(await late).toMatchObject({ status: 200, body: "late" });
  expect(await ended).toBe("");
  const records = readFileSync(join(folder, "syslog"), "utf8");
  expect(records).not.toMatch(/Failed with result|status=\d+\/[A-Z]*FAIL/);
  expect(records.match(/ fleet-drain \S+ .*leaving service, 2 seconds/g)).toHaveLength(2);
  expect(records).toMatch(
    / nginx \S+ .*image="web" version="1.0.0" group="web-1-4-0-0a1b2c3d" .*"GET \/late HTTP\/1.1" 200 /,
  );
}

const here = findHere();

if ("missing" in here) {
  for (const name of [BUILDS, BOOTS]) test.skip(`${name} (skipped: ${here.missing})`, () => {});
} else {
  const notHere = cannotBoot();
  const folder = tempFolder();
  let on: Awaited<ReturnType<typeof cloud>>;
  let built: Build;
  beforeAll(async () => {
    on = await cloud();
    for (const image of IMAGES) await stage(image, folder);
    built = build(folder, here.mirror, notHere === undefined ? on.boot : []);
  });
  afterAll(async () => {
    write(join(folder, "poweroff"), "");
    await built.ended;
    await stopServing();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    BUILDS,
    async () => {
      expect(await built.sealed).toBe("");
      expectBuilt(folder);
    },
    LIMIT,
  );
  testUnless(notHere)(BOOTS, () => bootAndLeave(folder, built, on));
}

const facts = (keys: number, authorized: number, machineId: number, ssh: string) =>
  `host keys: ${keys}\nauthorized keys: ${authorized}\nmachine-id: ${machineId} bytes\nssh.service: ${ssh}\nssh.socket: ${ssh}\n`;
const OPEN = facts(6, 2, 33, "not masked");
const SEALED = facts(0, 0, 0, "/dev/null");
