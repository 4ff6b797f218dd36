/** Waits for a run, and says how it goes on. */
import type { Client } from "./client";
import { HcpError } from "./error";
import type { RunData } from "./model";
import { meaningOf, type Meaning } from "./run-states";

export interface WatchOptions {
  readonly say: (line: string) => void;
  /** Longest time to wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Called with each new look at the run. */
  readonly onLook?: (run: RunData) => Promise<void>;
}

export interface Watched {
  readonly run: RunData;
  readonly meaning: Meaning;
}

const FIRST_MS = 250;
const LONGEST_MS = 5000;

/** How long to wait before each next look, ever longer. */
export function* pauses(): Generator<number, never> {
  for (let ms = FIRST_MS; ; ms = Math.min(LONGEST_MS, ms * 1.5)) yield Math.round(ms);
}

/** Looks at a run until its meaning is none of `until`'s. @throws HcpError when it takes too long */
export async function watch(
  client: Client,
  id: string,
  going: readonly Meaning[],
  options: WatchOptions,
): Promise<Watched> {
  let waited = 0;
  let last = "";
  for (const pause of pauses()) {
    const run = await client.run(id);
    const { status, actions } = run.attributes;
    await options.onLook?.(run);
    if (status !== last) options.say(`${id} ${status.replaceAll("_", " ")}`);
    last = status;
    const meaning = meaningOf(status, actions);
    if (!going.includes(meaning)) return { run, meaning };
    if (waited > options.timeoutMs)
      throw new HcpError(
        `${id} is still ${status} after ${Math.round(waited / 60_000)} minutes; it goes on without you: ${client.page("runs", id)}`,
      );
    await client.api.sleep(pause);
    waited += pause;
  }
  throw new Error("pauses never end");
}
