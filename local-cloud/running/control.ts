/** The control server: what runs, what happened, and what is to go wrong, for commands in other processes. Loopback only. */
import { createServer, type IncomingMessage } from "node:http";
import { RunningError } from "./behaviours";
import type { Drill, Running } from "./live";
import { listen, type OpenEntry } from "./mechanics/listen";

/** A drill is a few words. */
const MOST_BYTES = 10_000;
const DRILLS = ["kill", "zoneDown", "zoneBack"];

export function openControl(running: Running): Promise<OpenEntry> {
  const server = createServer((request, response) => {
    answer(running, request).then(
      (body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)),
      (error: unknown) => {
        const [status, words] = error instanceof RunningError ? [400, error.message] : [500, String(error)];
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: words }));
      },
    );
  });
  return listen(server);
}

async function answer(running: Running, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (request.method === "GET" && url.pathname === "/") return running.status();
  if (request.method === "GET" && url.pathname === "/events")
    return running.events(Number(url.searchParams.get("after") ?? 0));
  if (request.method !== "POST" || url.pathname !== "/")
    throw new RunningError(
      `${request.method ?? ""} ${url.pathname}: there are GET /, GET /events?after=<number> and POST /`,
    );
  running.drill(drillIn(await textOf(request)));
  return running.status();
}

function drillIn(text: string): Drill {
  const takes = `a drill is JSON such as {"kill": "<instance>"}, with one of ${DRILLS.join(", ")}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RunningError(`${(error as Error).message}: ${takes}`);
  }
  const [[name, what] = [], ...more] = Object.entries(value ?? {});
  if (name === undefined || more.length > 0 || !DRILLS.includes(name) || typeof what !== "string")
    throw new RunningError(`got ${text}: ${takes}`);
  return value as Drill;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MOST_BYTES) throw new RunningError(`more than ${MOST_BYTES} bytes are no drill`);
  }
  return text;
}
