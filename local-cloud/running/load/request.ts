/** One request as a client sends it, and in one word what became of it. It is never sent a second time. */
import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import type { Result, Settled } from "./outcomes";

export interface Ask {
  readonly url: URL;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds from now on until the whole answer must be there. */
  readonly patience: number;
  readonly versionHeader: string;
}

/** What the system calls it, and what it is to a client. */
const CAUSES: Readonly<Record<string, Result>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timed out",
};

/** Calls `settled`, perhaps more than once: the first word counts. */
export function ask({ url, agent, headers, patience, versionHeader }: Ask, settled: (end: Settled) => void): void {
  const { hostname, port, pathname, search } = url;
  const request = httpRequest({ hostname, port, path: pathname + search, agent, headers: { ...headers } });
  let version = "";
  const end = (result: Result, detail?: string) => {
    clearTimeout(timer);
    settled({ result, version, first: !request.reusedSocket, detail });
  };
  const timer = setTimeout(
    () => {
      end("timed out");
      request.destroy();
    },
    Math.max(0, patience),
  );
  request.on("error", (error: NodeJS.ErrnoException) => end(...failure(error)));
  request.on("response", (response) => {
    version = String(response.headers[versionHeader] ?? "").slice(0, 100);
    response.on("error", (error: NodeJS.ErrnoException) => end(...failure(error)));
    response.on("end", () => end(...ending(response)));
    response.resume();
  });
  request.end();
}

const failure = ({ code = "", message }: NodeJS.ErrnoException): [Result, string] => [
  CAUSES[code] ?? "other",
  code === "" || message.includes(code) ? message : `${message} (${code})`,
];

function ending({ complete, statusCode = 0 }: IncomingMessage): [Result, string?] {
  if (!complete) return ["reset", "the answer was cut off"];
  if (statusCode >= 200 && statusCode < 400) return ["answered"];
  return [statusCode >= 500 ? "5xx" : "other", `HTTP ${statusCode}`];
}
