/** What happened in a session, in order. */
import type { RunEvent } from "./live";

/** Events that are kept; a session that runs for hours forgets its first ones. */
const KEPT = 50_000;

export class EventLog {
  #events: RunEvent[] = [];
  #number = 0;
  readonly #hearing = new Set<(event: RunEvent) => void>();

  say(what: RunEvent["what"], of: string, words: string): void {
    this.#number += 1;
    const event = { number: this.#number, at: Date.now(), what, of, words };
    this.#events.push(event);
    if (this.#events.length > KEPT * 2) this.#events = this.#events.slice(-KEPT);
    for (const hear of this.#hearing) hear(event);
  }

  since(after: number): readonly RunEvent[] {
    return this.#events.filter(({ number }) => number > after);
  }

  /** Calls for each event from now on; returns what ends that. */
  listen(hear: (event: RunEvent) => void): () => void {
    this.#hearing.add(hear);
    return () => void this.#hearing.delete(hear);
  }
}
