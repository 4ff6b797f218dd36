/** An entry that routes every request afresh. */
import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Forward, Pool, Redirect, Refusal } from "../model";
import type { Chooser } from "./chooser";
import type { Clock } from "./clock";
import { LEAST_IDLE_MS, listen, type OpenEntry } from "./listen";
import { routeFor } from "./routing";
import type { Target } from "./target";

/** A machine on a busy computer is slow, not silent. */
const LEAST_TIMEOUT_MS = 5000;
const LEAST_UPSTREAM_IDLE_MS = 1000;
/** https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];
const WITHOUT_BODY = ["GET", "HEAD", "OPTIONS"];

interface Came {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  readonly proxy: number;
}

export async function openRequests(chooser: Chooser, clock: Clock): Promise<OpenEntry> {
  const proxies = new WeakMap<Socket, number>();
  /** Which target a client's connection had last. */
  const last = new WeakMap<Socket, Target>();
  const server = createServer((asked, answer) => {
    const proxy = proxies.get(asked.socket) ?? 0;
    const came = { asked, answer, proxy };
    const [host, path] = [asked.headers.host ?? "", asked.url ?? "/"];
    const header = (name: string) => {
      const value = asked.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(",") : value;
    };
    const action = routeFor(chooser.routes(proxy), { host, path, header })?.action ?? chooser.entry.unmatched;
    if (action.kind === "redirect") return redirect(came, action);
    if (action.kind !== "forward") return refuse(came, action);
    send(came, action);
  });

  function send(came: Came, action: Forward): void {
    const pool = chooser.pool(came.proxy, action);
    if (!pool) return refuse(came, { kind: "status", status: 503 });
    const before = last.get(came.asked.socket);
    const target = before && stays(before, pool) ? before : chooser.target(came.proxy, pool);
    if (!target) return refuse(came, pool.empty);
    last.set(came.asked.socket, target);
    forward(came, pool, target, chooser.entry.upstream.retries);
  }

  function forward(came: Came, pool: Pool, target: Target, retries: number): void {
    const { asked, answer, proxy } = came;
    const { upstream } = chooser.entry;
    const port = target.machine.portFor(pool.port);
    if (port === undefined) {
      const other = retries > 0 ? chooser.target(proxy, pool, target) : undefined;
      if (other) return forward(came, pool, other, retries - 1);
      if (!target.machine.vanished) return refuse(came, upstream.refused);
      clock.after(upstream.timeoutSec, () => refuse(came, upstream.timedOut), LEAST_TIMEOUT_MS);
      return;
    }
    const up = request({
      ...{ host: "127.0.0.1", port, method: asked.method ?? "GET", path: asked.url ?? "/" },
      agent: target.agent(clock.ms(upstream.idleSec, LEAST_UPSTREAM_IDLE_MS)),
      headers: headersFor(asked),
    });
    let over = false;
    const finish = () => {
      over = true;
      cancel();
      target.remove(exchange);
    };
    const fail = (refusal: Refusal) => {
      if (over) return;
      finish();
      up.destroy();
      // What has begun to go out cannot become another status.
      if (answer.headersSent) answer.destroy();
      else refuse(came, refusal);
    };
    const exchange = { cut: fail };
    const cancel = clock.after(upstream.timeoutSec, () => fail(upstream.timedOut), LEAST_TIMEOUT_MS);
    target.add(exchange);
    up.on("response", (answered) => {
      cancel();
      answered.on("error", () => fail(upstream.broken));
      answered.on("aborted", () => fail(upstream.broken));
      answer.writeHead(answered.statusCode ?? 502, withoutHops(answered.headers));
      answered.pipe(answer);
    });
    up.on("error", (error: NodeJS.ErrnoException) => {
      if (over) return;
      if (target.machine.vanished && !answer.headersSent) return;
      fail(error.code === "ECONNREFUSED" ? upstream.refused : upstream.broken);
    });
    answer.on("close", () => {
      if (over) return;
      finish();
      if (!answer.writableFinished) up.destroy();
    });
    if (WITHOUT_BODY.includes(asked.method ?? "GET")) up.end();
    else asked.pipe(up);
  }

  // A client's connection may be idle for as long as the cloud lets it; it is told so by the connection's end alone.
  server.keepAliveTimeout = clock.ms(chooser.entry.upstream.clientIdleSec, LEAST_IDLE_MS);
  [server.requestTimeout, server.headersTimeout] = [0, 0];
  server.on("connection", (socket: Socket) => proxies.set(socket, chooser.proxy()));
  return listen(server);
}

/** A connection whose machine leaves, where the cloud lets it go on bringing requests until the end. */
const stays = ({ left, finished, machine, pool: { id } }: Target, pool: Pool): boolean =>
  left?.drain.keepAlive === "stay" && !finished && !machine.gone && id === pool.id;

function refuse({ answer, asked }: Came, refusal: Refusal): void {
  if (answer.destroyed || refusal.kind === "silence") return;
  if (refusal.kind === "reset") return void asked.socket.resetAndDestroy();
  answer.writeHead(refusal.status, { "content-type": "text/plain" }).end(refusal.body ?? "");
}

function redirect({ answer, asked }: Came, { status, location }: Redirect): void {
  const host = asked.headers.host ?? "";
  const filled = location
    .replaceAll("{host}", () => host.replace(/:\d+$/, ""))
    .replaceAll("{path}", () => asked.url ?? "/")
    .replaceAll("{port}", () => /:(\d+)$/.exec(host)?.[1] ?? "80");
  answer.writeHead(status, { location: filled }).end();
}

const withoutHops = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));

const headersFor = ({ headers, socket }: IncomingMessage): OutgoingHttpHeaders => ({
  ...withoutHops(headers),
  "x-forwarded-for": [headers["x-forwarded-for"], socket.remoteAddress].filter(Boolean).join(", "),
});
