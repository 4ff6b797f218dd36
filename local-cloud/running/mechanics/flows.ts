/** An entry that routes connections: once, and then a flow stays with its machine. */
import { connect, createServer, type Socket } from "node:net";
import type { Refusal } from "../model";
import type { Chooser } from "./chooser";
import type { Clock } from "./clock";
import { listen, type OpenEntry } from "./listen";
import { routeForFlow } from "./routing";
import type { Target } from "./target";

export async function openFlows(chooser: Chooser, clock: Clock): Promise<OpenEntry> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const proxy = chooser.proxy();
    const action = routeForFlow(chooser.routes(proxy))?.action ?? chooser.entry.unmatched;
    if (action.kind === "redirect") return refuse(client, { kind: "reset" });
    if (action.kind !== "forward") return refuse(client, action);
    const pool = chooser.pool(proxy, action);
    const target = pool && chooser.target(proxy, pool);
    if (!target) return refuse(client, pool?.empty ?? chooser.entry.unmatched);
    const port = target.machine.portFor(pool.port);
    if (port !== undefined) return join(client, target, port);
    refuse(client, target.machine.vanished ? chooser.entry.upstream.timedOut : chooser.entry.upstream.refused);
  });

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
    client.setTimeout(clock.ms(chooser.entry.upstream.clientIdleSec, 1000), () => flow.cut({ kind: "reset" }));
    client.pipe(up);
    up.pipe(client);
  }

  return listen(server);
}

/** A flow has no status: where one is asked for, the connection ends. */
function refuse(client: Socket, { kind }: Refusal): void {
  if (kind === "silence") client.resume();
  else client.resetAndDestroy();
}
