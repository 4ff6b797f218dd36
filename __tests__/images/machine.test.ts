/** The scripts inside the images, run here against a metadata service that answers as the clouds do. */
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { tempFolder, testWith, write } from "./support";

const PACKER = join(__dirname, "../../images/packer");
const BASE = join(PACKER, "base/files/sbin");
const WEB = join(PACKER, "web/files/sbin");
const VENDOR = { aws: "Amazon EC2", google: "Google", azure: "Microsoft Corporation" };

type Answer = (request: IncomingMessage) => { status?: number; body?: string };
let server: Server | undefined;
const asked: string[] = [];

async function metadata(answer: Answer): Promise<string> {
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { status = 200, body = "" } = answer(request);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => new Promise<void>((done) => (server ? server.close(() => done()) : done())));

/** Runs a script with its own /run; resolves to the exit code. */
function run(
  script: string,
  root: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<{ code: number; error: string }> {
  const all = { PATH: process.env.PATH!, FLEET_RUN: join(root, "run"), FLEET_BIN: BASE, FLEET_IMAGE: join(root, "image"), FLEET_RESOLV: join(root, "resolv.conf"), FLEET_RETRY: "0", ...env }; // prettier-ignore
  return new Promise((done) =>
    execFile("sh", [script, ...args], { env: all }, (error, _out, stderr) =>
      done({ code: error ? 1 : 0, error: stderr }),
    ),
  );
}

const USER_DATA = "LOG_HOST=logs.internal\nUPSTREAM=app.internal:8000\n#cloud-config\nlower=no\nEVIL=$(reboot)\r\n";
const KEPT = "LOG_HOST=logs.internal\nUPSTREAM=app.internal:8000\nEVIL=$(reboot)\n";

const CLOUD: Record<keyof typeof VENDOR, Answer> = {
  aws: ({ method, url, headers }) => {
    if (method === "PUT" && url === "/latest/api/token") return { body: "t0ken" };
    const known = headers["x-aws-ec2-metadata-token"] === "t0ken" && url === "/latest/user-data";
    return known ? { body: USER_DATA } : { status: 401 };
  },
  google: ({ url, headers }) =>
    headers["metadata-flavor"] === "Google" && url === "/computeMetadata/v1/instance/attributes/user-data"
      ? { body: USER_DATA }
      : { status: 403 },
  azure: ({ url, headers }) =>
    headers.metadata === "true" && url?.startsWith("/metadata/instance/compute/userData")
      ? { body: Buffer.from(USER_DATA).toString("base64") }
      : { status: 400 },
};

describe.each(["aws", "google", "azure"] as const)("boot configuration on %s", (cloud) => {
  const env = async (answer: Answer) => ({ FLEET_VENDOR: VENDOR[cloud], FLEET_METADATA: await metadata(answer) });

  testWith("curl", "is the NAME=value lines of the user data, and nothing else", async () => {
    const root = tempFolder();
    expect(await run(join(BASE, "fleet-boot"), root, await env(CLOUD[cloud]))).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, "run/boot"), "utf8")).toBe(KEPT);
  });

  testWith("curl", "is empty without user data", async () => {
    const root = tempFolder();
    const none: Answer = (request) =>
      request.method === "PUT" ? { body: "t" } : cloud === "azure" ? {} : { status: 404 };
    expect(await run(join(BASE, "fleet-boot"), root, await env(none))).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, "run/boot"), "utf8")).toBe("");
  });

  testWith(
    "curl",
    "fails when the cloud does not answer, so that nothing serves with settings it does not have",
    async () => {
      const root = tempFolder();
      const broken: Answer = (request) => (request.method === "PUT" ? { body: "t" } : { status: 500 });
      expect((await run(join(BASE, "fleet-boot"), root, await env(broken))).code).toBe(1);
      expect(existsSync(join(root, "run/boot"))).toBe(false);
    },
  );
});

function configured(boot: string): string {
  const root = tempFolder();
  write(join(root, "run/boot"), boot);
  write(join(root, "image"), "IMAGE=web\nIMAGE_VERSION=1.4.0\n");
  write(join(root, "resolv.conf"), "nameserver 127.0.0.53\n");
  return root;
}

const LEAVING: Record<keyof typeof VENDOR, (leaving: boolean) => Answer> = {
  aws:
    (leaving) =>
    ({ method, url }) => {
      if (method === "PUT") return { body: "t" };
      if (url?.endsWith("target-lifecycle-state")) return { body: leaving ? "Terminated" : "InService" };
      return { status: 404 };
    },
  google: (leaving) => () => ({ body: leaving ? "TRUE" : "FALSE" }),
  azure: (leaving) => () => ({
    body: JSON.stringify({ Events: leaving ? [{ EventId: "E-1", EventType: "Terminate" }] : [] }),
  }),
};

test.each(["aws", "google", "azure"] as const)("the drain hook on %s waits for the cloud's word, then fails the health check", async (cloud) => {
  const root = configured("DRAIN_SEC=0\n");
  let polls = 0;
  const url = await metadata((request) => LEAVING[cloud](request.method !== "GET" || ++polls > 3)(request));
  const env = { FLEET_VENDOR: VENDOR[cloud], FLEET_METADATA: url, FLEET_POLL: "0.05" };
  expect((await run(join(WEB, "fleet-drain"), root, env)).code).toBe(0);
  expect(polls).toBeGreaterThan(3);
  expect(existsSync(join(root, "run/draining"))).toBe(true);
  if (cloud === "azure") expect(asked.at(-1)).toContain("POST /metadata/scheduledevents");
}); // prettier-ignore

test("the proxy's upstream is boot configuration, and a bad one is refused", async () => {
  const good = configured("UPSTREAM=app.internal:8000\n");
  expect((await run(join(WEB, "fleet-web"), good)).code).toBe(0);
  expect(readFileSync(join(good, "run/web.conf"), "utf8")).toContain("set $upstream http://app.internal:8000;");
  for (const upstream of ["a;include", "x{}", ":80", "a b"]) {
    const bad = configured(`UPSTREAM=${upstream}\n`);
    expect((await run(join(WEB, "fleet-web"), bad)).error).toContain("UPSTREAM must be name:port");
    expect(existsSync(join(bad, "run/web.conf"))).toBe(false);
  }
});

testWith("nginx", "nginx serves the health path, fails it while draining, and says which version it is", async () => {
  const root = configured("");
  await run(join(WEB, "fleet-web"), root);
  const port = 20_000 + (process.pid % 20_000);
  const config = readFileSync(join(PACKER, "web/files/nginx.conf"), "utf8")
    .replaceAll("/run/fleet", join(root, "run"))
    .replace("/run/nginx.pid", join(root, "nginx.pid"))
    .replace("listen 8080", `listen 127.0.0.1:${port}`)
    .replace("user www-data;", process.getuid?.() === 0 ? "user root;" : "")
    .replaceAll(/(error|access)_log syslog[^;]*;/g, (_all, kind: string) => `${kind}_log ${join(root, "log")};`);
  write(join(root, "nginx.conf"), config);
  const args = ["-c", join(root, "nginx.conf"), "-e", join(root, "log")];
  execFileSync("nginx", args, { stdio: "pipe" });
  try {
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect((await get("/healthz")).status).toBe(200);
    expect(await (await get("/")).text()).toContain("web 1.4.0");
    expect((await run(join(WEB, "fleet-drain"), configured("DRAIN_SEC=0\n"), { FLEET_RUN: join(root, "run"), FLEET_BIN: "/nowhere" }, ["--now"])).code).toBe(1); // prettier-ignore
    write(join(root, "run/boot"), "DRAIN_SEC=0\n");
    expect((await run(join(WEB, "fleet-drain"), root, {}, ["--now"])).code).toBe(0);
    expect((await get("/healthz")).status).toBe(503);
  } finally {
    execFileSync("nginx", [...args, "-s", "stop"], { stdio: "pipe" });
  }
});

testWith("nginx", "nginx accepts an upstream that does not exist yet", async () => {
  const root = configured("UPSTREAM=app.internal:8000\n");
  await run(join(WEB, "fleet-web"), root);
  const server = readFileSync(join(root, "run/web.conf"), "utf8");
  write(
    join(root, "t.conf"),
    `pid ${join(root, "pid")};\nevents {}\nhttp { server { listen 127.0.0.1:8080; ${server} } }`,
  );
  execFileSync("nginx", ["-t", "-q", "-c", join(root, "t.conf"), "-e", join(root, "log")], { stdio: "pipe" });
});

const LOG_CASES = [
  ["over TLS", "LOG_HOST=logs.internal\n", 'StreamDriverPermittedPeers="logs.internal"'],
  ["in plain text when that is asked for", "LOG_HOST=10.0.0.9\nLOG_PORT=10514\nLOG_TLS=no\n", 'port="10514"'],
] as const;

test.each(LOG_CASES)(
  "logs go where the boot configuration says, %s, with a queue on disk",
  async (_name, boot, text) => {
    const root = configured(boot);
    expect((await run(join(BASE, "fleet-logs"), root)).code).toBe(0);
    const rules = readFileSync(join(root, "run/rsyslog.d/forward.conf"), "utf8");
    expect(rules).toContain(text);
    expect(rules).toContain('[image@32473 name=\\"web\\" version=\\"1.4.0\\"]');
    expect(rules).toContain('queue.filename="forward"');
  },
);

test("a log host that is none is refused, and none at all leaves logs on the machine", async () => {
  const bad = configured('LOG_HOST=a" module(load="x\n');
  expect((await run(join(BASE, "fleet-logs"), bad)).error).toContain("LOG_HOST must be a host name");
  const none = configured("");
  expect((await run(join(BASE, "fleet-logs"), none)).code).toBe(0);
  expect(existsSync(join(none, "run/rsyslog.d/forward.conf"))).toBe(false);
});

testWith("rsyslogd", "rsyslog accepts the configuration of the image", async () => {
  const root = configured("LOG_HOST=10.0.0.9\nLOG_TLS=no\n");
  await run(join(BASE, "fleet-logs"), root);
  const whole = readFileSync(join(PACKER, "base/files/rsyslog.conf"), "utf8")
    .replaceAll("/run/fleet", join(root, "run"))
    .replace("/var/spool/rsyslog", root);
  write(join(root, "rsyslog.conf"), whole);
  execFileSync("rsyslogd", ["-N1", "-f", join(root, "rsyslog.conf")], { stdio: "pipe" });
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

describe("the machine's container", () => {
  const digest = (name: string) => `registry.example.com/${name}@sha256:${"d".repeat(64)}`;
  async function started(boot: string, baked?: string) {
    const root = configured(boot);
    if (baked !== undefined) write(join(root, "container"), `${baked}\n`);
    write(join(root, "bin/podman"), `#!/bin/sh\necho "$@" >"${root}/podman"\n`);
    chmodSync(join(root, "bin/podman"), 0o755);
    const env = { PATH: `${join(root, "bin")}:${process.env.PATH}`, FLEET_CONTAINER: join(root, "container") };
    const { error } = await run(join(WEB, "fleet-container"), root, env);
    return existsSync(join(root, "podman")) ? readFileSync(join(root, "podman"), "utf8") : error;
  }

  test("is the one in the image, which is never pulled", async () => {
    expect(await started("", digest("baked"))).toMatch(/--pull=never .*registry\.example\.com\/baked@sha256/);
  });
  test("or the one of the boot configuration, by digest", async () => {
    expect(await started(`CONTAINER=${digest("boot")}\n`, digest("baked"))).toMatch(/--pull=missing .*\/boot@sha256/);
  });
  test.each(["registry.example.com/web:1.4", "--privileged@sha256:" + "d".repeat(64), ""])("never %j", async (name) => {
    expect(await started(`CONTAINER=${name}\n`)).toContain("CONTAINER must be name@sha256:digest");
  });
});
