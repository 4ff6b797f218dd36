/** An entry that routes connections: once, and then a flow stays with its machine. */
import { connect, createServer, type Socket } from "node:net";
import type { Refusal } from "../model";
import type { Chooser } from "./chooser";
import type { Clock } from "./clock";
import { LEAST_IDLE_MS, listen, type OpenEntry } from "./listen";
import { routeForFlow } from "./routing";
import type { Target } from "./target";

/**
 * Seconds after which a client's TCP asks again for a connection that nobody took up: 1, and twice as long each time, as often as
 * Linux does (https://www.rfc-editor.org/rfc/rfc6298, https://man7.org/linux/man-pages/man7/tcp.7.html: tcp_syn_retries).
 */
const ASKS_AGAIN_SEC = [1, 2, 4, 8, 16, 32];

export async function openFlows(chooser: Chooser, clock: Clock): Promise<OpenEntry> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => place(client, chooser.proxy(), 0));

  /** Gives a new flow to a machine. Here the connection stands already, so that TCP's patience has to be played. */
  function place(client: Socket, proxy: number, asked: number): void {
    const [refusal, target, port] = choose(proxy);
    if (target && port !== undefined) return join(client, target, port);
    const next = ASKS_AGAIN_SEC[asked];
    if (refusal.kind !== "silence" || next === undefined) return refuse(client, refusal);
    const forget = clock.after(next, () => {
      client.removeListener("close", forget);
      if (!client.destroyed) place(client, proxy, asked + 1);
    });
    client.once("close", forget);
  }

  function choose(proxy: number): [Refusal, Target?, number?] {
    const { unmatched, upstream } = chooser.entry;
    const action = routeForFlow(chooser.routes(proxy))?.action ?? unmatched;
    if (action.kind === "redirect") return [{ kind: "reset" }];
    if (action.kind !== "forward") return [action];
    const pool = chooser.pool(proxy, action);
    const target = pool && chooser.target(proxy, pool);
    if (!target) return [pool?.empty ?? unmatched];
    // What is not there any more refuses nothing.
    const refusal: Refusal = target.machine.vanished ? { kind: "silence" } : upstream.refused;
    return [refusal, target, target.machine.portFor(pool.port)];
  }

  function join(client: Socket, target: Target, port: number): void {
    const up = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const over = () => target.remove(flow);
    const flow = {
      cut: (refusal: Refusal) => {
        over();
        up.removeAllListeners("close").destroy();
        refuse(client, refusal);
      },
    };
    target.add(flow);
    let failed = false;
    up.on("error", () => (failed = true));
    up.on("close", () => {
      over();
      // A machine that vanished sends nothing more, not even an end.
      if (target.machine.vanished) return;
      if (failed) client.resetAndDestroy();
      else client.destroySoon();
    });
    client.on("close", () => up.destroy());
    endIdle(client, up, () => flow.cut(chooser.entry.upstream.timedOut));
    client.pipe(up);
    up.pipe(client);
  }

  /** Ends a flow on which nothing has passed for too long. */
  function endIdle(client: Socket, up: Socket, end: () => void): void {
    const { clientIdleSec } = chooser.entry.upstream;
    const [waiting, resting] = [1000, LEAST_IDLE_MS].map((least) => clock.ms(clientIdleSec, least)) as [number, number];
    client.on("data", () => client.setTimeout(waiting));
    up.on("data", () => client.setTimeout(resting));
    client.setTimeout(waiting, end);
  }

  return listen(server);
}

/** A flow has no status: where one is asked for, the connection ends. */
function refuse(client: Socket, { kind }: Refusal): void {
  if (kind === "silence") client.resume();
  else client.resetAndDestroy();
}
