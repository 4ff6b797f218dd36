/** A load through the entries of a running cloud, sent by a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FromGenerator, News, ToGenerator } from "./messages";
import type { Outcomes } from "./outcomes";
import { checkLoad, type LoadSettings } from "./settings";

/** How a load went. */
export interface LoadResult {
  /** By the entry's name. */
  readonly outcomes: ReadonlyMap<string, Outcomes>;
  /** Time zero of all times in it, in milliseconds since 1970. */
  readonly began: number;
  /** Milliseconds until the last request was settled. */
  readonly elapsed: number;
}

export interface Load {
  /** Time zero, in milliseconds since 1970. */
  readonly began: number;
  /** Another rate for each entry, from now on. */
  rate(perSecond: number): void;
  /** The result, once all requests that the load has were sent and settled. */
  readonly done: Promise<LoadResult>;
  /** Sends nothing new, waits for what is under way, which the timeout bounds, and says how it went. */
  stop(): Promise<LoadResult>;
  /** Ends it without a result. */
  kill(): void;
}

/** How late the load itself was: requests that went out more than LATE_MS after their time, and by how much at most. */
export interface Lateness {
  readonly late: number;
  readonly of: number;
  readonly most: number;
}

export const LATE_MS = 50;

export function lateness(all: Iterable<Outcomes>): Lateness {
  let [late, of, most] = [0, 0, 0];
  for (const { lag } of all)
    for (const milliseconds of lag) {
      of++;
      if (milliseconds > LATE_MS) late++;
      most = Math.max(most, milliseconds);
    }
  return { late, of, most };
}

/**
 * Starts a load; it is under way when this comes back.
 * @param onNews told twice a second how it goes, by the entry's name
 * @throws {LoadSettingsError} when a setting cannot be
 */
export async function startLoad(
  settings: LoadSettings,
  onNews: (news: ReadonlyMap<string, News>, elapsed: number) => void = () => undefined,
): Promise<Load> {
  checkLoad(settings);
  const named = <T>(values: readonly T[]) =>
    new Map(settings.entries.map(({ name }, index) => [name, values[index]!] as const));
  const child = spawn(
    process.execPath,
    ["--import", pathToFileURL(require.resolve("tsx")).href, join(__dirname, "generator.ts")],
    { stdio: ["ignore", "ignore", "inherit", "ipc"], serialization: "advanced" },
  );
  const began = deferred<number>();
  const done = deferred<LoadResult>();
  let zero = 0;
  child.on("message", (message: FromGenerator) => {
    if (message.kind === "began") began.resolve((zero = message.at));
    if (message.kind === "news") onNews(named(message.news), message.elapsed);
    if (message.kind === "result")
      done.resolve({ outcomes: named(message.outcomes), began: zero, elapsed: message.elapsed });
  });
  const lost = (why = "somebody ended it") => {
    const error = new Error(`The process that sends the load is gone (${why}); its counts are lost`);
    began.reject(error);
    done.reject(error);
  };
  child.on("error", (error) => lost(error.message));
  // Not at "exit", before which the last message need not have come through.
  child.on("disconnect", () => lost());
  // Who waits for neither learns of it by `stop`.
  done.promise.catch(() => undefined);
  tell(child, { kind: "start", settings });
  await began.promise;
  return {
    began: zero,
    rate: (rate) => {
      checkLoad({ ...settings, rate });
      tell(child, { kind: "rate", rate });
    },
    done: done.promise,
    stop: () => {
      tell(child, { kind: "stop" });
      return done.promise;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** A process that has ended hears nothing; that it has is said elsewhere. */
function tell(child: ChildProcess, message: ToGenerator): void {
  if (child.connected) child.send(message, () => undefined);
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => ((resolve = yes), (reject = no)));
  return { promise, resolve, reject };
}
