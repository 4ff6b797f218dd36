/** What a machine's records say, where they go, and how its proxy finds its upstream: by real rsyslog and Nginx. */
import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { BASE, configured, INSTANCE, PACKER, run, serve, standIn, stopServing, until, WEB, type Cloud } from "./on-machine"; // prettier-ignore
import { tempFolder, testWith, write } from "./support";

afterEach(stopServing);

const BOOT = "ENVIRONMENT=prod\nSERVICE=web\n";
const SAYS = '[fleet@32473 image="web" version="1.4.0" group="web-1-4-0-0a1b2c3d" instance="i-0abc"]';

/** The image's configuration of rsyslog, with this machine's folders. */
const rsyslogConf = (root: string) =>
  readFileSync(join(PACKER, "base/files/rsyslog.conf"), "utf8")
    .replaceAll("/run/fleet", join(root, "run"))
    .replaceAll("/etc/rsyslog.d", join(root, "rsyslog.d"))
    .replaceAll("/var/log", root)
    .replace("/var/spool/rsyslog", root)
    .replace('load="imuxsock"', `load="imuxsock" SysSock.Name="${join(root, "log.sock")}"`);

/** Rsyslog as the image configures it, and who takes what it forwards, `late` milliseconds after it connects. */
async function forwarding(late = 0) {
  const received: string[] = [];
  const receiver = createServer((socket) => {
    socket.pause();
    setTimeout(() => socket.resume(), late);
    socket.on("data", (part) => void received.push(part.toString()));
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  const { port } = receiver.address() as AddressInfo;
  const root = configured(`${BOOT}LOG_HOST=127.0.0.1\nLOG_PORT=${port}\nLOG_TLS=no\n`, INSTANCE.aws);
  await run(join(BASE, "fleet-logs"), root);
  // As Azure's agent writes it: a template of its own.
  const azure = `template(name="Own" type="string" string="own:%msg%\\n")\n*.* action(type="omfile" file="${join(root, "own")}" template="Own")\n`;
  write(join(root, "rsyslog.d/10-azure.conf"), azure);
  write(join(root, "rsyslog.conf"), rsyslogConf(root));
  execFileSync("rsyslogd", ["-N1", "-f", join(root, "rsyslog.conf")], { stdio: "pipe" });
  const args = ["-n", "-i", join(root, "pid"), "-f", join(root, "rsyslog.conf")];
  const daemon = spawn("rsyslogd", args, { stdio: "ignore" });
  const gone = new Promise((done) => daemon.once("exit", done));
  const stop = async () => {
    daemon.kill("SIGTERM");
    await gone;
  };
  await until(() => existsSync(join(root, "log.sock")));
  return {
    received: () => received.join(""),
    file: (name: string) => (existsSync(join(root, name)) ? readFileSync(join(root, name), "utf8") : ""),
    log: (facility: string, ...text: string[]) =>
      execFileSync("logger", ["-u", join(root, "log.sock"), "-t", "app", "-p", `${facility}.info`, ...text]),
    stop,
    end: async () => {
      await stop();
      await new Promise((done) => receiver.close(done));
    },
  };
}

testWith(
  "rsyslogd",
  "every record says whose it is: in files, where it is forwarded to, and not in what Azure adds",
  async () => {
    const { log, file, received, end } = await forwarding();
    try {
      log("daemon", "hello");
      log("auth", "login ]");
      const plain = (text: string) => text.replaceAll(/[[\].]/g, "\\$&");
      const line = (priority: number, text: string) =>
        new RegExp(`^<${priority}>1 \\S+T\\S+ \\S+ app - - ${plain(`${SAYS} ${text}`)}$`, "m");
      await until(() => file("auth.log") !== "" && file("own").includes("login") && received().includes("login"));
      await until(() => line(30, "hello").test(file("syslog")));
      expect(file("auth.log")).toMatch(line(38, "login ]"));
      expect(received()).toMatch(line(30, "hello"));
      expect(received()).toMatch(line(38, "login ]"));
      expect(file("own")).toContain("own: hello\n");
    } finally {
      await end();
    }
  },
);

testWith(
  "rsyslogd",
  "what is written last is sent, though its receiver is slow: the disk goes with the machine",
  async () => {
    const { log, file, received, stop, end } = await forwarding(1000);
    // More than what fits into the sockets on the way.
    const lines = 2000;
    const last = join(tempFolder(), "last");
    write(last, `${"x".repeat(4000)}\n`.repeat(lines));
    try {
      log("daemon", "--size", "8000", "-f", last);
      const count = (text: string) => text.split("\n").filter((line) => line.includes("xxxx")).length;
      await until(() => count(file("syslog")) === lines);
      await stop();
      await until(() => count(received()) === lines);
    } finally {
      await end();
    }
  },
);

const LOG_CASES = [
  ["over TLS", "LOG_HOST=logs.internal\n", 'StreamDriverPermittedPeers="logs.internal"'],
  ["in plain text when that is asked for", "LOG_HOST=10.0.0.9\nLOG_PORT=10514\nLOG_TLS=no\n", 'port="10514"'],
] as const;

test.each(LOG_CASES)(
  "records go where the boot configuration says, %s, with a queue on disk",
  async (_name, boot, text) => {
    const root = configured(boot);
    write(join(root, "run/settings"), "LOG_HOST=elsewhere.internal\n");
    expect((await run(join(BASE, "fleet-logs"), root)).code).toBe(0);
    const rules = readFileSync(join(root, "run/rsyslog.d/forward.conf"), "utf8");
    expect(rules).toContain(text);
    expect(rules).toContain('queue.filename="forward"');
    expect(Number(/queue\.timeoutShutdown="(\d+)"/.exec(rules)?.[1])).toBeGreaterThanOrEqual(10_000);
  },
);

test("a log host that is none is refused, and none at all leaves records on the machine", async () => {
  const bad = configured('LOG_HOST=a" module(load="x\n');
  expect((await run(join(BASE, "fleet-logs"), bad)).error).toContain("LOG_HOST must be a host name");
  const none = configured("");
  expect((await run(join(BASE, "fleet-logs"), none)).code).toBe(0);
  expect(existsSync(join(none, "run/rsyslog.d/forward.conf"))).toBe(false);
});

const AGENT = {
  aws: "opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json",
  google: "etc/google-cloud-ops-agent/config.yaml",
};

/** A machine whose image has both agents: what each was told, and which was started. */
async function told(cloud: Cloud, boot = BOOT) {
  const root = configured(boot, INSTANCE[cloud]);
  for (const file of Object.values(AGENT)) mkdirSync(join(root, file, ".."), { recursive: true });
  standIn(root, "systemctl", `echo "$@" >>"${root}/started"`);
  expect((await run(join(BASE, "fleet-agents"), root)).code).toBe(0);
  const read = (name: string) => (existsSync(join(root, name)) ? readFileSync(join(root, name), "utf8") : "");
  return { aws: read(AGENT.aws), google: read(AGENT.google), started: read("started") };
}

test("CloudWatch's agent writes to the stream that names service, group and machine, and no other agent starts", async () => {
  const { aws, google, started } = await told("aws");
  const { logs, metrics } = JSON.parse(aws) as {
    logs: { logs_collected: { files: { collect_list: Record<string, string>[] } } };
    metrics: { namespace: string; metrics_collected: Record<string, { append_dimensions: unknown }> };
  };
  const stream = { log_group_name: "/prod/machines", log_stream_name: "web/web-1-4-0-0a1b2c3d/i-0abc" };
  expect(logs.logs_collected.files.collect_list).toEqual([
    { file_path: "/var/log/syslog", ...stream },
    { file_path: "/var/log/auth.log", ...stream },
  ]);
  expect(metrics.namespace).toBe("prod/web");
  for (const { append_dimensions } of Object.values(metrics.metrics_collected))
    expect(append_dimensions).toEqual({ Group: "web-1-4-0-0a1b2c3d", ImageVersion: "1.4.0" });
  expect({ google, started }).toEqual({ google: "", started: "start --no-block amazon-cloudwatch-agent.service\n" });
});

test("Google's agent writes to the environment's log, with labels that say whose a record is", async () => {
  const { aws, google, started } = await told("google");
  expect(google).toContain(
    "    prod-machines:\n      type: files\n      include_paths: [/var/log/syslog, /var/log/auth.log]\n",
  );
  expect(google).toContain(
    "default_pipeline:\n        receivers: []\n      machines:\n        receivers: [prod-machines]\n",
  );
  const labels = [...google.matchAll(/labels\."(\w+)": \{ static_value: "(.*)" \}/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  const group = "web-1-4-0-0a1b2c3d";
  expect(Object.fromEntries(labels)).toEqual({
    image: "web",
    version: "1.4.0",
    service: "web",
    group,
    instance: "4711",
  });
  expect({ aws, started }).toEqual({ aws: "", started: "start --no-block google-cloud-ops-agent.service\n" });
});

test.each([
  ["azure", BOOT],
  ["aws", ""],
] as const)("no agent of the image starts on %s with boot configuration %j", async (cloud, boot) => {
  expect(await told(cloud, boot)).toEqual({ aws: "", google: "", started: "" });
});

/** A name server that knows one name, with an address that can change. */
async function nameServer(addressOf: () => string): Promise<{ port: number; stop: () => void }> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const isA = question.readUInt16BE(question.length - 4) === 1;
    const head = Buffer.from([query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
    const address = addressOf().split(".").map(Number);
    const record = isA ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address]) : Buffer.alloc(0);
    socket.send(Buffer.concat([head, question, record]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  return { port: socket.address().port, stop: () => socket.close() };
}

testWith(
  "nginx",
  "the proxy finds its upstream by name: another address while it runs, another name with a change of its settings",
  async () => {
    let address = "127.0.0.1";
    const names = await nameServer(() => address);
    const first = await serve(() => ({ body: "first" }));
    const upstream = new URL(first).port;
    await serve(() => ({ body: "second" }), [], "127.0.0.2", Number(upstream));
    const other = new URL(await serve(() => ({ body: "other" }), [], "127.0.0.2")).port;

    const root = configured(BOOT);
    const setting = (port: string) =>
      write(join(root, "run/settings"), `UPSTREAM=api.prod.internal:${port}\nRESOLVER=127.0.0.1:${names.port}\n`);
    const port = 20_000 + ((process.pid + 7) % 20_000);
    // As fleet-web writes it, but with a second for ten.
    write(join(root, "bin/fleet-web"), `#!/bin/sh\nsh "${join(WEB, "fleet-web")}" && sed -i s/valid=10s/valid=1s/ "${root}/run/web.conf"\n`); // prettier-ignore
    write(join(root, "bin/systemctl"), `#!/bin/sh\n[ "$*" = "try-reload-or-restart nginx.service" ] && nginx -c "${root}/nginx.conf" -e "${root}/log" -s reload\n`); // prettier-ignore
    write(join(root, "bin/fleet-config"), readFileSync(join(BASE, "fleet-config"), "utf8"));
    for (const tool of ["fleet-web", "systemctl", "fleet-config"]) chmodSync(join(root, "bin", tool), 0o755);
    const env = { FLEET_BIN: join(root, "bin"), PATH: `${root}/bin:${process.env.PATH}` };
    setting(upstream);
    expect((await run(join(root, "bin/fleet-web"), root, env)).code).toBe(0);
    write(join(root, "nginx.conf"), `pid ${root}/nginx.pid;\nevents {}\nhttp { access_log off; server { listen 127.0.0.1:${port}; include ${root}/run/web.conf; } }\n`); // prettier-ignore
    execFileSync("nginx", ["-c", join(root, "nginx.conf"), "-e", join(root, "log")], { stdio: "pipe" });
    let seen = "";
    const answers = async (text: string) => {
      for (let tries = 0; tries < 100 && seen !== text; tries++) {
        seen = await (await fetch(`http://127.0.0.1:${port}/`)).text();
        if (seen !== text) await new Promise((done) => setTimeout(done, 100));
      }
      expect(seen).toBe(text);
    };
    try {
      await answers("first");
      address = "127.0.0.2";
      await answers("second");
      setting(other);
      expect(await run(join(PACKER, "web/files/settings-changed.d/10-web"), root, env)).toMatchObject({ code: 0 });
      await answers("other");
      setting("80;evil");
      const refused = await run(join(PACKER, "web/files/settings-changed.d/10-web"), root, env);
      expect(refused.error).toContain("UPSTREAM must be name or name:port");
      expect(readFileSync(join(root, "run/web.conf"), "utf8")).toContain(`http://api.prod.internal:${other};`);
    } finally {
      execFileSync("nginx", ["-c", join(root, "nginx.conf"), "-e", join(root, "log"), "-s", "stop"], { stdio: "pipe" });
      names.stop();
    }
  },
);
