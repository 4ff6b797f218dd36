/** A service of one process for tests of the load: what it does with a request is the test's. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Service {
  readonly origin: string;
  /** Connections that it has taken. */
  readonly connections: () => number;
  readonly server: Server;
  close(): void;
}

export async function service(listener: RequestListener): Promise<Service> {
  let connections = 0;
  const server = createServer(listener);
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    server,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
