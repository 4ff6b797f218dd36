/** The images' scripts, run for real: in a chroot of Debian, in the order of the Packer templates. */
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, cpSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { tapResult } from "../../images/tap";
import { blocks, bodies, readTemplate } from "../../images/lint/template";
import { has, tempFolder, write } from "./support";

const PACKER = join(__dirname, "../../images/packer");
const IMAGES = ["base", "web"] as const;
const SUITE = "bookworm";
const LIMIT = 280_000;

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

/** Resolves to what went wrong, with the end of the output, or to nothing. */
function build(folder: string, mirror: string): Promise<string> {
  const { http_proxy = "", https_proxy = "", no_proxy = "" } = process.env;
  // As sudo would: nothing of the caller's environment but the way to the mirror.
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C.UTF-8", http_proxy, https_proxy, no_proxy }; // prettier-ignore
  const args = [...OWN_NAMESPACE, "sh", join(__dirname, "chroot.sh"), folder, SUITE, mirror];
  const options = { env, timeout: LIMIT, killSignal: "SIGKILL", maxBuffer: 2 ** 26 } as const;
  return new Promise((done) =>
    execFile("setpriv", args, options, (error, out, stderr) =>
      done(error ? `${error.killed ? "too slow\n" : ""}${out.slice(-3000)}\n${stderr.slice(-3000)}` : ""),
    ),
  );
}

const NAME = "in a chroot, base and then web on it are built, pass their own test, and end sealed";
const here = findHere();

if ("missing" in here) {
  test.skip(`${NAME} (skipped: ${here.missing})`, () => {});
} else {
  test(
    NAME,
    async () => {
      const folder = tempFolder();
      try {
        for (const image of IMAGES) await stage(image, folder);
        expect(await build(folder, here.mirror)).toBe("");
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
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    LIMIT + 20_000,
  );
}

const facts = (keys: number, authorized: number, machineId: number, ssh: string) =>
  `host keys: ${keys}\nauthorized keys: ${authorized}\nmachine-id: ${machineId} bytes\nssh.service: ${ssh}\nssh.socket: ${ssh}\n`;
const OPEN = facts(6, 2, 33, "not masked");
const SEALED = facts(0, 0, 0, "/dev/null");
