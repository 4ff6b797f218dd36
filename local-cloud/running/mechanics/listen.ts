/** Opening a server on a loopback port of the system's choice, and ending it with all that is connected. */
import type { AddressInfo, Server, Socket } from "node:net";

/** An entry that clients can reach. */
export interface OpenEntry {
  readonly port: number;
  close(): void;
}

const BACKLOG = 4096;
/**
 * An idle connection of a client is kept for as long at least. A request that meets its end on the way is lost, within milliseconds
 * of this computer: a fast session would make that as often as it is fast.
 */
export const LEAST_IDLE_MS = 60_000;

export async function listen(server: Server): Promise<OpenEntry> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
