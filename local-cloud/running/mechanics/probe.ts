/** One health check of one machine. */
import { connect } from "node:net";
import type { HealthCheck } from "../model";
import type { Clock } from "./clock";
import type { Machine } from "./machine";

/** A machine on a busy computer is slow, not silent: no timeout is shorter than this, however fast the session is. */
const LEAST_TIMEOUT_MS = 1000;

/** Whether a machine passes: its own connection, one answer, the status alone. */
export function probe(machine: Machine, check: HealthCheck, clock: Clock): Promise<boolean> {
  const port = machine.portFor(check.port);
  if (port === undefined && !machine.vanished) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = port === undefined ? undefined : connect(port, "127.0.0.1");
    const done = (passed: boolean) => {
      cancel();
      socket?.destroy();
      resolve(passed);
    };
    // What has come in while this process was busy is read before the time is called up.
    const cancel = clock.after(check.timeoutSec, () => setImmediate(() => done(false)), LEAST_TIMEOUT_MS);
    if (!socket) return;
    socket.on("error", () => done(false));
    if (check.protocol === "tcp") return void socket.on("connect", () => done(true));
    socket.end(`GET ${check.path} HTTP/1.1\r\nHost: ${machine.instance}\r\nConnection: close\r\n\r\n`);
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
      if (status !== undefined) done(passes(check, Number(status)));
    });
    socket.on("close", () => done(false));
  });
}

const passes = ({ pass }: HealthCheck, status: number): boolean =>
  pass.some(([least, most]) => status >= least && status <= most);
