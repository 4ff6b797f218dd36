/** The units of the images: how long they may take to stop, in which order they do, and what they may do at all. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { MACHINE_MOST_SEC } from "../../constructs/contract/times";
import { testUnless } from "../support/needs";
import { PACKER } from "./on-machine";
import { has, tempFolder, write } from "./support";

const read = (path: string) => readFileSync(join(PACKER, path), "utf8");

/** Every service that the images bring, and what they add to those of Debian. */
const services = ["base/files/units", "web/files/units", "web/files"].flatMap((folder) =>
  readdirSync(join(PACKER, folder)).filter((name) => name.endsWith(".service")).map((name) => `${folder}/${name}`),
); // prettier-ignore
const unit = (name: string) => read(services.find((path) => basename(path) === `${name}.service`)!);
const NGINX = "web/files/nginx-unit.conf";
const RSYSLOG = "base/files/rsyslog-unit.conf";

/** Values of a setting, of all its lines. */
const values = (text: string, key: string) =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].flatMap(([, value]) => value!.split(" ").filter(Boolean));
const seconds = (text: string, pattern: RegExp) => Number(pattern.exec(text)![1]);
const stopSec = (text: string) => seconds(text, /^TimeoutStopSec=(\d+)$/m);

describe("what stops, stops in time", () => {
  test("the unit of the drain waits longer than the longest drain that is taken", () => {
    const most = seconds(read("web/files/sbin/fleet-drain"), /^most=(\d+)$/m);
    expect(most).toBe(MACHINE_MOST_SEC);
    expect(stopSec(unit("fleet-drain"))).toBeGreaterThanOrEqual(most + 30);
  });

  test("Nginx ends requests itself before systemd does, and nothing ends them sooner", () => {
    const text = read(NGINX);
    const own = seconds(read("web/files/nginx.conf"), /^worker_shutdown_timeout (\d+)s;$/m);
    expect(own).toBeGreaterThan(MACHINE_MOST_SEC);
    expect(stopSec(text)).toBeGreaterThan(own);
    // Of Debian's unit: QUIT, and five seconds later TERM.
    expect(values(text, "ExecStop")).toEqual([]);
    expect(text).toMatch(/^ExecStop=$/m);
    expect(values(text, "KillSignal")).toEqual(["SIGQUIT"]);
  });

  test("a container has its time before systemd takes it", () => {
    const text = unit("fleet-container");
    expect(stopSec(text)).toBeGreaterThan(seconds(text, /podman stop --time (\d+) /));
  });
});

describe("what stops, stops in order", () => {
  const SERVES = { "nginx.service": read(NGINX), "fleet-container.service": unit("fleet-container") };

  test("first the machine leaves service, then what serves ends", () => {
    expect(values(unit("fleet-drain"), "After")).toEqual(expect.arrayContaining(Object.keys(SERVES)));
  });

  test.each(Object.keys({ ...SERVES, "fleet-drain.service": "" }))("rsyslog takes what %s has to say until the end", (name) => {
    const text = { ...SERVES, "fleet-drain.service": unit("fleet-drain") }[name]!;
    expect(values(text, "After")).toEqual(expect.arrayContaining(["rsyslog.service", "fleet-logs.service"]));
  }); // prettier-ignore

  test("every agent ends after rsyslog, whose files it reads", () => {
    const agents = [...read("base/files/sbin/fleet-agents").matchAll(/^\w+\) tell \S+ (\S+\.service)/gm)].map(([, name]) => name!); // prettier-ignore
    expect(agents).toHaveLength(2);
    expect(values(read(RSYSLOG), "After")).toEqual(expect.arrayContaining([...agents, "azuremonitoragent.service"]));
  });
});

test("the watch is always there: another end may come after one that was called off, and Azure forgets who does not ask", () => {
  const text = unit("fleet-drain");
  expect([values(text, "Restart"), values(text, "StartLimitIntervalSec")]).toEqual([["always"], ["0"]]);
});

/** Why a service may do more than the others. */
const OPEN: Readonly<Record<string, string>> = {
  "fleet-container.service": "podman makes namespaces and mounts, as root",
};
const MOST = 3;

function exposure(file: string): number {
  const args = ["security", "--offline=true", "--no-pager", file];
  const stdout = execFileSync("systemd-analyze", args, { encoding: "utf8", stdio: "pipe" });
  return Number(/exposure level for \S+: ([\d.]+) /.exec(stdout)![1]);
}

/** Debian's unit, as much as counts, with what the image adds. */
function nginxUnit(): string {
  const file = join(tempFolder(), "nginx.service");
  write(file, `[Service]\nType=forking\nExecStart=/usr/sbin/nginx\n${read(NGINX)}`);
  return file;
}

const cannot = (): string | undefined => {
  if (!has("systemd-analyze")) return "systemd-analyze is not installed";
  const version = Number(/^systemd (\d+)/.exec(execFileSync("systemd-analyze", ["--version"], { encoding: "utf8" }))?.[1]);
  return version >= 250 ? undefined : `systemd ${version} does not judge unit files, 250 does`;
}; // prettier-ignore
const NAMES = [...services.map((path) => basename(path)), "nginx.service"];

testUnless(cannot())(`of ${NAMES.length} services each may do little: an exposure of ${MOST} at most, or a reason`, () => {
  const found = NAMES.map((name) => {
    const path = services.find((service) => basename(service) === name);
    return [name, exposure(path ? join(PACKER, path) : nginxUnit())] as const;
  });
  expect(found.filter(([, level]) => Number.isNaN(level))).toEqual([]);
  expect(found.filter(([, level]) => level > MOST).map(([name]) => name)).toEqual(Object.keys(OPEN));
}); // prettier-ignore
