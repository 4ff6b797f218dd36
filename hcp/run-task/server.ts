/** Listens for run tasks: answers at once, works after that. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Host } from "../host";
import { readRequest, type Task } from "./request";
import { isSigned } from "./signature";

export interface ServerOptions {
  readonly host: Host;
  readonly key: string;
  readonly bind: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly work: (task: Task) => Promise<void>;
  readonly log: (line: string) => void;
}

export interface RunTaskServer {
  readonly port: number;
  /** Takes nothing new, and resolves when all that was taken is done. */
  close(): Promise<void>;
}

const LARGEST_BYTES = 1024 * 1024;
/** Reviews at a time, and how many may wait; beyond that HCP Terraform is told to come again. */
const [AT_ONCE, MOST_WAITING] = [2, 100];
/** HCP Terraform sends a request anew when it is not answered in time. */
const REMEMBERED = 1000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws Error when the port cannot be had */
export async function startServer({ host, key, bind, port, work, log }: ServerOptions): Promise<RunTaskServer> {
  const queue = new Queue(work);
  const known = new Set<string>();
  const take = async (request: IncomingMessage): Promise<Answer> => {
    const body = await bodyOf(request);
    if (!body) return { status: 413, text: "too large" };
    const signature = request.headers["x-tfc-task-signature"];
    if (!isSigned(body, Array.isArray(signature) ? signature[0] : signature, key))
      return { status: 401, text: "the signature does not fit" };
    const asked = readRequest(body, host);
    if ("refusal" in asked) return { status: 400, text: asked.refusal };
    if ("test" in asked) return { status: 200, text: "ready" };
    const { task } = asked;
    if (known.has(task.callback)) return { status: 200, text: "taken" };
    if (!queue.add(task)) return { status: 503, text: "busy" };
    known.add(task.callback);
    if (known.size > REMEMBERED) known.delete(known.values().next().value!);
    return { status: 200, text: "taken" };
  };
  const server = createServer((request, response) => {
    void answerTo(request, take).then(({ status, text }) => {
      if (status >= 400) log(`refused with ${status}: ${text}`);
      response
        .writeHead(status, { "Content-Type": "text/plain", ...(status === 413 && { Connection: "close" }) })
        .end(text);
    });
  });
  server.requestTimeout = 30_000;
  await listening(server, bind, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      await Promise.all([closed, queue.idle()]);
    },
  };
}

async function answerTo(
  request: IncomingMessage,
  take: (request: IncomingMessage) => Promise<Answer>,
): Promise<Answer> {
  const path = (request.url ?? "/").split("?")[0];
  if (request.method === "GET" && path === "/health") return { status: 200, text: "ok" };
  if (request.method !== "POST") return { status: 404, text: "not found" };
  return take(request).catch(() => ({ status: 400, text: "the request broke off" }));
}

async function listening(server: Server, bind: string, port: number): Promise<void> {
  await new Promise<void>((done, fail) => server.once("error", fail).listen(port, bind, done));
}

/** The whole body; undefined, with the rest unread, when it is larger than any request of HCP Terraform. */
function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("error", reject);
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= LARGEST_BYTES) return void chunks.push(chunk);
      request.pause();
      resolve(undefined);
    });
  });
}

class Queue {
  private readonly work: (task: Task) => Promise<void>;
  private readonly waiting: Task[] = [];
  private readonly busy = new Set<Promise<void>>();

  constructor(work: (task: Task) => Promise<void>) {
    this.work = work;
  }

  add(task: Task): boolean {
    if (this.waiting.length >= MOST_WAITING) return false;
    this.waiting.push(task);
    this.next();
    return true;
  }

  async idle(): Promise<void> {
    while (this.busy.size > 0) await Promise.race(this.busy);
  }

  private next(): void {
    if (this.busy.size >= AT_ONCE) return;
    const task = this.waiting.shift();
    if (!task) return;
    const doing = this.work(task).finally(() => {
      this.busy.delete(doing);
      this.next();
    });
    this.busy.add(doing);
  }
}
