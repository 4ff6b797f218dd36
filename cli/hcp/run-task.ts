/** `fleet hcp run-task`: serves the review as a run task. */
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { HcpError, reasonOf } from "../../hcp/error";
import { DEFAULT_HOSTNAME, hostOf } from "../../hcp/host";
import { startServer } from "../../hcp/run-task/server";
import { work } from "../../hcp/run-task/work";
import { OF_RUNS, UsageError, type HcpCommand } from "./command";

export const runTask: HcpCommand = {
  summary: "Serves the review as a run task after the plan, until it is told to stop (SIGTERM).",
  options: {
    port: { value: "N", help: "port to listen on" },
    bind: { value: "ADDRESS", help: "address to listen on (127.0.0.1)" },
    "hmac-key-file": { value: "FILE", help: "holds the key that the task is registered with" },
    hostname: { value: "HOST", help: `the only one that is ever called (${DEFAULT_HOSTNAME})` },
    configs: { value: "DIR", help: "folder with <workspace>/cdk.tf.json; the run's own configuration unless given" },
    catalog: OF_RUNS.catalog!,
    "expect-bump": { help: "a plan that brings no new image, or more than the image, needs a human" },
  },
  async run(line) {
    if (line.text("port") === undefined) throw new UsageError("--port is missing");
    const key = readKey(line.text("hmac-key-file"));
    const host = hostOf(line.text("hostname") ?? DEFAULT_HOSTNAME, process.env);
    const configs = line.text("configs");
    const wire = { sleep: async (ms: number) => sleep(ms) };
    const log = (text: string) => console.log(line.on("json") ? JSON.stringify({ message: text }) : text);
    const server = await startServer({
      host,
      key,
      bind: line.text("bind") ?? "127.0.0.1",
      port: line.number("port", 0),
      work: (task) =>
        work(task, {
          host,
          wire,
          log,
          review: (input) => line.review([input]),
          ...(configs !== undefined && { configs }),
        }),
      log,
    }).catch((error: unknown) => {
      throw new HcpError(`cannot listen: ${reasonOf(error)}`);
    });
    log(`listening on port ${server.port} for ${host.hostname}`);
    if (!line.signal.aborted) await once(line.signal, "abort");
    await server.close();
    log("stopped");
    return 0;
  },
};

/** A key that is guessed lets anybody pass a plan. */
const SHORTEST_KEY = 16;

function readKey(file: string | undefined): string {
  if (file === undefined)
    throw new UsageError("--hmac-key-file is missing: requests without a signature are never taken");
  let key: string;
  try {
    key = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new HcpError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  if (key.length < SHORTEST_KEY)
    throw new HcpError(`${file} must hold a key of at least ${SHORTEST_KEY} characters, and holds ${key.length}`);
  return key;
}
