/** The web image's Nginx, run for real with the image's configuration: what clients see while the machine leaves. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { configured, freePort, PACKER, run, serve, standIn, stopServing, until, WEB } from "./on-machine";
import { describeWith, write } from "./support";

afterEach(stopServing);

/** The image's own configuration, with the paths and the port of this test. */
async function nginx(boot: string) {
  const root = configured(boot);
  const port = await freePort();
  const log = join(root, "log");
  expect((await run(join(WEB, "fleet-web"), root)).error).toBe("");
  const config = readFileSync(join(PACKER, "web/files/nginx.conf"), "utf8")
    .replaceAll("/run/fleet", join(root, "run"))
    .replace("/run/nginx.pid", join(root, "nginx.pid"))
    .replace("listen 8080", `listen 127.0.0.1:${port}`)
    .replace("user www-data;", process.getuid?.() === 0 ? "user root;" : "")
    .replaceAll(/(error|access)_log syslog[^;]*;/g, (_all, kind: string) => `${kind}_log ${log};`)
    .replace("http {", ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"].map((kind) => `${kind}_temp_path ${join(root, kind)};`).reduce((all, line) => `${all}\n${line}`, "http {")); // prettier-ignore
  write(join(root, "nginx.conf"), config);
  const args = ["-c", join(root, "nginx.conf"), "-e", log];
  execFileSync("nginx", args, { stdio: "pipe" });
  const signal = (name: NodeJS.Signals) => process.kill(Number(readFileSync(join(root, "nginx.pid"), "utf8")), name);
  const ended = () => !existsSync(join(root, "nginx.pid"));
  standIn(root, "systemctl", `echo "$@" >>"${root}/signals"; kill -HUP "$(cat "${root}/nginx.pid")"`);
  return { root, port, signal, ended, end: () => ended() || signal("SIGTERM") };
}

interface Answered {
  readonly status: number;
  readonly connection: string;
  readonly body: string;
}

/** One request; an agent keeps its connection for the next. */
const ask = (port: number, path: string, { agent, body }: { agent?: Agent; body?: string } = {}) =>
  new Promise<Answered>((done, fail) =>
    request({ port, path, agent, host: "127.0.0.1", method: body === undefined ? "GET" : "POST" }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("end", () =>
        done({ status: response.statusCode!, connection: response.headers.connection ?? "", body: text }),
      );
    })
      .on("error", fail)
      .end(body),
  );

/** A connection over which one request went. @returns whether the server has closed it */
async function idle(port: number): Promise<() => boolean> {
  let closed = false;
  let said = "";
  const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  socket.on("data", (part) => (said += part.toString()));
  socket.on("close", () => (closed = true));
  await until(() => said.includes("set UPSTREAM"));
  return () => closed;
}

describeWith("nginx", "nginx", () => {
  let on: Awaited<ReturnType<typeof nginx>>;
  afterEach(() => on.end());
  const healthz = async () => (await ask(on.port, "/healthz")).status;

  test("serves the health path and says which version it is; a drain fails the one and ends every connection of the other", async () => {
    on = await nginx("DRAIN_SEC=0\n");
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const open = await idle(on.port);
    expect(await healthz()).toBe(200);
    expect(await ask(on.port, "/", { agent: kept })).toEqual({ status: 200, connection: "keep-alive", body: "web 1.4.0: set UPSTREAM\n" }); // prettier-ignore
    write(join(on.root, "run/draining"), "cloud 1\n");
    expect(await healthz()).toBe(503);
    expect(await ask(on.port, "/", { agent: kept })).toMatchObject({ status: 200, connection: "close" });
    expect(open()).toBe(false);
    expect((await run(join(WEB, "fleet-drain"), on.root, {}, ["--now"])).code).toBe(0);
    await until(open);
    rmSync(join(on.root, "run/draining"));
    expect(await healthz()).toBe(200);
    expect(await ask(on.port, "/", { agent: kept })).toMatchObject({ status: 200, connection: "keep-alive" });
    kept.destroy();
  });

  test("passes requests on as they are while it drains: method, path, query and body", async () => {
    const upstream = await serve(({ method, url, body }) => ({ body: `${method} ${url} ${body.length}` }));
    on = await nginx(`UPSTREAM=${new URL(upstream).host}\nRESOLVER=127.0.0.1\n`);
    const body = "x".repeat(300_000);
    const whole = { status: 200, body: "POST /a%20b?c=d%2Fe 300000" };
    expect(await ask(on.port, "/a%20b?c=d%2Fe", { body, agent: new Agent({ keepAlive: true }) })).toEqual({ ...whole, connection: "keep-alive" }); // prettier-ignore
    write(join(on.root, "run/draining"), "cloud 1\n");
    expect(await ask(on.port, "/a%20b?c=d%2Fe", { body, agent: new Agent({ keepAlive: true }) })).toEqual({ ...whole, connection: "close" }); // prettier-ignore
  });

  test("a status of the upstream's own stays what it is", async () => {
    const upstream = await serve(() => ({ status: 418, body: "teapot" }));
    on = await nginx(`UPSTREAM=${new URL(upstream).host}\nRESOLVER=127.0.0.1\n`);
    expect(await ask(on.port, "/")).toMatchObject({ status: 418, body: "teapot" });
  });

  test("answers what is under way when idle connections are closed, and when it is stopped", async () => {
    let answer = () => {};
    let waiting = false;
    const upstream = await serve(() => {
      waiting = true;
      return new Promise((done) => (answer = () => done({ body: "late" })));
    });
    on = await nginx(`UPSTREAM=${new URL(upstream).host}\nRESOLVER=127.0.0.1\n`);
    for (const signal of ["SIGHUP", "SIGQUIT"] as const) {
      waiting = false;
      const late = ask(on.port, "/late");
      await until(() => waiting);
      on.signal(signal);
      // Nobody new comes in where it ends.
      if (signal === "SIGQUIT") await until(() => ask(on.port, "/healthz").then(() => false, () => true)); // prettier-ignore
      answer();
      expect(await late).toMatchObject({ status: 200, body: "late" });
    }
    await until(on.ended);
  });

  test("accepts an upstream that does not exist yet", async () => {
    on = await nginx("UPSTREAM=app.internal:8000\nRESOLVER=127.0.0.1\n");
    expect(await healthz()).toBe(200);
  });
});
