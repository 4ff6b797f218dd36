/** What the process that sends a load and the one that started it say to each other. */
import type { Outcomes } from "./outcomes";
import type { LoadSettings } from "./settings";
import type { Tally } from "./tally";

export type ToGenerator =
  | { readonly kind: "start"; readonly settings: LoadSettings }
  | { readonly kind: "rate"; readonly rate: number }
  /** Send what is due, wait for what is under way, and say how it went. */
  | { readonly kind: "stop" };

/** How it goes at one entry right now. */
export interface News {
  readonly sent: number;
  readonly failed: number;
  readonly pending: number;
  /** Requests of the last second. */
  readonly second: Tally;
}

export type FromGenerator =
  /** Time zero of the load, in milliseconds since 1970. */
  | { readonly kind: "began"; readonly at: number }
  | { readonly kind: "news"; readonly news: readonly News[]; readonly elapsed: number }
  | { readonly kind: "result"; readonly outcomes: readonly Outcomes[]; readonly elapsed: number };
