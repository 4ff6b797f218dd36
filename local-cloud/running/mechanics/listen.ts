/** Opening a server on a loopback port of the system's choice, and ending it with all that is connected. */
import type { AddressInfo, Server, Socket } from "node:net";

/** An entry that clients can reach. */
export interface OpenEntry {
  readonly port: number;
  close(): void;
}

const BACKLOG = 4096;

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
