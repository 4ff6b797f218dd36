/** The scripts inside the images, run here against a metadata service that answers as the clouds do. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BASE, CLOUDS, configured, INSTANCE, PACKER, run, serve, stopServing, VENDOR, WEB, type Answer, type Cloud } from "./on-machine"; // prettier-ignore
import { tempFolder, testWith, write } from "./support";

afterEach(stopServing);

const USER_DATA = "LOG_HOST=logs.internal\nUPSTREAM=app.internal:8000\n#cloud-config\nlower=no\nEVIL=$(reboot)\r\n";
const KEPT = "LOG_HOST=logs.internal\nUPSTREAM=app.internal:8000\nEVIL=$(reboot)\n";

const GROUP = "web-1-4-0-0a1b2c3d";
const GOOGLE = "/computeMetadata/v1";
/** What each metadata service answers to whom it lets in; anything else is not found. */
const METADATA: Record<Cloud, Readonly<Record<string, string>>> = {
  aws: {
    "/latest/user-data": USER_DATA,
    "/latest/dynamic/instance-identity/document": `{"region": "us-east-1", "accountId": "111111111111", "instanceId": "i-0abc"}`,
    "/latest/meta-data/tags/instance/fleet-group": GROUP,
  },
  google: {
    [`${GOOGLE}/instance/attributes/user-data`]: USER_DATA,
    [`${GOOGLE}/instance/zone`]: "projects/1/zones/us-central1-a",
    [`${GOOGLE}/instance/id`]: "4711",
    [`${GOOGLE}/instance/attributes/created-by`]: `projects/1/regions/us-central1/instanceGroupManagers/${GROUP}`,
    [`${GOOGLE}/project/project-id`]: "example-prod",
  },
  azure: {
    "/metadata/instance/compute/userData?api-version=2021-01-01&format=text": Buffer.from(USER_DATA).toString("base64"),
    "/metadata/instance/compute?api-version=2021-01-01": `{"location": "westeurope", "subscriptionId": "sub-1", "vmScaleSetName": "${GROUP}", "vmId": "0a-1b"}`,
  },
};
const LETS_IN: Record<Cloud, readonly [header: string, value: string]> = {
  aws: ["x-aws-ec2-metadata-token", "t0ken"],
  google: ["metadata-flavor", "Google"],
  azure: ["metadata", "true"],
};
const known =
  (cloud: Cloud, answers: Readonly<Record<string, string>> = METADATA[cloud]): Answer =>
  ({ method, url, headers }) => {
    if (method === "PUT" && url === "/latest/api/token") return { body: "t0ken" };
    const [header, value] = LETS_IN[cloud];
    if (headers[header] !== value) return { status: 403 };
    return url! in answers ? { body: answers[url!]! } : { status: 404 };
  };

describe.each(CLOUDS)("boot configuration on %s", (cloud) => {
  const env = async (answer: Answer) => ({ FLEET_VENDOR: VENDOR[cloud], FLEET_METADATA: await serve(answer) });

  testWith("jq", "is the NAME=value lines of the user data, and nothing else", async () => {
    const root = tempFolder();
    expect(await run(join(BASE, "fleet-boot"), root, await env(known(cloud)))).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, "run/boot"), "utf8")).toBe(KEPT);
  });

  testWith("jq", "comes with what the cloud says of the machine", async () => {
    const root = tempFolder();
    await run(join(BASE, "fleet-boot"), root, await env(known(cloud)));
    expect(readFileSync(join(root, "run/instance"), "utf8")).toBe(INSTANCE[cloud]);
    expect(readdirSync(join(root, "run")).sort()).toEqual(["boot", "instance"]);
  });

  testWith("jq", "leaves out a group that would not fit into a name or a record", async () => {
    const root = tempFolder();
    const named = Object.entries(METADATA[cloud]).map(([path, text]) => [path, text.replace(GROUP, "a] [x")]);
    await run(join(BASE, "fleet-boot"), root, await env(known(cloud, Object.fromEntries(named))));
    expect(readFileSync(join(root, "run/instance"), "utf8")).toBe(INSTANCE[cloud].replace(/GROUP=.*\n/, ""));
  });

  testWith("jq", "is empty without user data", async () => {
    const root = tempFolder();
    const none: Answer = (request) =>
      request.method === "PUT" ? { body: "t" } : cloud === "azure" ? {} : { status: 404 };
    expect(await run(join(BASE, "fleet-boot"), root, await env(none))).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, "run/boot"), "utf8")).toBe("");
  });

  testWith(
    "jq",
    "fails when the cloud does not answer, so that nothing serves with settings it does not have",
    async () => {
      const root = tempFolder();
      const broken: Answer = (request) => (request.method === "PUT" ? { body: "t" } : { status: 500 });
      expect((await run(join(BASE, "fleet-boot"), root, await env(broken))).code).toBe(1);
      expect(existsSync(join(root, "run/boot"))).toBe(false);
    },
  );
});

const LEAVING: Record<Cloud, (leaving: boolean) => Answer> = {
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

test.each(CLOUDS)("the drain hook on %s waits for the cloud's word, then fails the health check", async (cloud) => {
  const root = configured("DRAIN_SEC=0\n");
  let polls = 0;
  const asked: string[] = [];
  const url = await serve((request) => LEAVING[cloud](request.method !== "GET" || ++polls > 3)(request), asked);
  const env = { FLEET_VENDOR: VENDOR[cloud], FLEET_METADATA: url, FLEET_POLL: "0.05" };
  expect((await run(join(WEB, "fleet-drain"), root, env)).code).toBe(0);
  expect(polls).toBeGreaterThan(3);
  expect(existsSync(join(root, "run/draining"))).toBe(true);
  if (cloud === "azure") expect(asked.at(-1)).toContain("POST /metadata/scheduledevents");
}); // prettier-ignore

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
  async function started(boot: string, baked?: string, settings = "") {
    const root = configured(boot);
    write(join(root, "run/settings"), settings);
    if (baked !== undefined) write(join(root, "container"), `${baked}\n`);
    write(join(root, "bin/podman"), `#!/bin/sh\necho "$@" >"${root}/podman"\n`);
    chmodSync(join(root, "bin/podman"), 0o755);
    const env = { PATH: `${join(root, "bin")}:${process.env.PATH}`, FLEET_CONTAINER: join(root, "container") };
    const { error } = await run(join(WEB, "fleet-container"), root, env);
    return existsSync(join(root, "podman")) ? readFileSync(join(root, "podman"), "utf8") : error;
  }

  test("is the one in the image, which is never pulled", async () => {
    expect(await started("", digest("baked"))).toMatch(
      /--pull=never .*:\/run\/fleet:ro registry\.example\.com\/baked@sha256/,
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
