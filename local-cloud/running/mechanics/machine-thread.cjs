/**
 * One machine: what an image does once it has booted. It is plain JavaScript, because it starts in a thread of its own, a hundred
 * times in a session, and a compiler for each would cost more than all of them.
 *
 * It serves on loopback, answers the health path, says in headers what it is, and when it is told that it is about to go does as
 * `fleet-drain` of `images/packer/web`: fails its health path, ends each connection with its next answer and idle ones after
 * DRAIN_IDLE_SEC, and consents after DRAIN_SEC.
 *
 * @typedef {object} MachineData
 * @property {number} speed
 * @property {string} healthPath
 * @property {import("../behaviours").Settled} behaviour
 * @property {Record<string, string>} headers
 * @property {Record<string, string>} boot
 * @property {number} keepAliveMs milliseconds that an idle connection is kept
 * @property {Int32Array} counts requests so far; in flight
 */
const http = require("node:http");
const { parentPort, workerData } = require("node:worker_threads");

/** @type {MachineData} */
const { speed, healthPath, behaviour, headers, boot, keepAliveMs, counts } = workerData;
const begun = performance.now();
const seconds = () => ((performance.now() - begun) * speed) / 1000;
let draining = false;
let served = 0;
let failed = 0;

const server = http.createServer((request, response) => {
  const url = request.url ?? "/";
  const path = url.replace(/\?.*/s, "");
  if (draining) response.setHeader("connection", "close");
  if (path === healthPath) return answer(response, draining || behaviour.neverHealthy ? 503 : 200, "");
  Atomics.add(counts, 0, 1);
  Atomics.add(counts, 1, 1);
  response.once("close", () => Atomics.sub(counts, 1, 1));
  request.resume();
  const wait = behaviour.latencyMs + Number(/[?&]ms=(\d+)/.exec(url)?.[1] ?? 0);
  if (wait === 0) reply(response, path);
  else setTimeout(() => reply(response, path), wait / speed);
});

function reply(response, path) {
  served += 1;
  if (served >= behaviour.dieAfterRequests) process.exit(1);
  if (path === "/boot") return answer(response, 200, JSON.stringify(boot));
  if (!fails()) return answer(response, 200, "ok\n");
  failed += 1;
  return answer(response, 500, "failed\n");
}

/** The share holds exactly, without chance. */
function fails() {
  if (seconds() < behaviour.failAfterSec) return false;
  counted += 1;
  return Math.floor(counted * behaviour.failShare) > failed;
}
let counted = 0;

function answer(response, status, body) {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

server.keepAliveTimeout = keepAliveMs;
server.requestTimeout = 0;
server.headersTimeout = 0;
server.listen(0, "127.0.0.1", 1024, () => parentPort.postMessage({ port: server.address().port }));

parentPort.on("message", ({ drainMs, idleMs }) => {
  draining = true;
  setTimeout(() => server.closeIdleConnections(), idleMs);
  setTimeout(() => parentPort.postMessage({ consent: true }), drainMs);
});
