/** Signed texts that carry their own meaning and end: addresses that need no token, and the tokens of runs and run tasks. */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface Ticket {
  /** What it opens, e.g. `state` or `run-token`. */
  readonly use: string;
  readonly id: string;
}

export class Tickets {
  readonly #secret: string;
  readonly #now: () => Date;

  constructor(secret: string, now: () => Date) {
    this.#secret = secret;
    this.#now = now;
  }

  issue(use: string, id: string, seconds: number): string {
    const end = Math.floor(this.#now().getTime() / 1000) + seconds;
    const text = Buffer.from(JSON.stringify([use, id, end])).toString("base64url");
    return `${text}.${this.#sign(text)}`;
  }

  /** What a ticket opens; undefined when it is forged, altered or over. */
  read(ticket: string): Ticket | undefined {
    const [text = "", signature = ""] = ticket.split(".");
    const [given, wanted] = [Buffer.from(signature), Buffer.from(this.#sign(text))];
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    const [use, id, end] = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as [string, string, number];
    return end * 1000 > this.#now().getTime() ? { use, id } : undefined;
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("base64url");
  }
}
