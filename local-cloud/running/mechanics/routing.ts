/** Which way a request takes: pure, apart from whose turn it is. */
import type { Condition, Route } from "../model";

/** What conditions look at. */
export interface Asked {
  readonly host: string;
  /** With its query. */
  readonly path: string;
  header(name: string): string | undefined;
}

/** The first route that matches; undefined where none does. */
export const routeFor = (routes: readonly Route[], asked: Asked): Route | undefined =>
  routes.find(({ conditions }) => conditions.every((condition) => holds(condition, asked)));

/** The first route that asks for nothing: a flow has nothing to show. */
export const routeForFlow = (routes: readonly Route[]): Route | undefined =>
  routes.find(({ conditions }) => conditions.length === 0);

function holds(condition: Condition, asked: Asked): boolean {
  const text = condition.kind === "header" ? asked.header(condition.name) : textOf(condition.kind, asked);
  return text !== undefined && condition.values.some((value) => pattern(value).test(text));
}

const textOf = (kind: "host" | "path", { host, path }: Asked): string =>
  kind === "host" ? host.replace(/:\d+$/, "") : path.replace(/\?.*/s, "");

const patterns = new Map<string, RegExp>();

function pattern(value: string): RegExp {
  const known = patterns.get(value);
  if (known) return known;
  const escaped = value.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const made = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "is");
  patterns.set(value, made);
  return made;
}

/**
 * Whose turn it is, in proportion to the weights and as evenly as they allow: after every round each has had its exact share.
 * So a share that is measured is the share that was asked for, without the noise of chance.
 */
export class Turns {
  readonly #credit = new Map<string, number>();

  next(targets: readonly { readonly pool: string; readonly weight: number }[]): string | undefined {
    const total = targets.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return undefined;
    let best: string | undefined;
    let most = -Infinity;
    for (const { pool, weight } of targets) {
      if (weight === 0) continue;
      const credit = (this.#credit.get(pool) ?? 0) + weight;
      this.#credit.set(pool, credit);
      if (credit > most) [best, most] = [pool, credit];
    }
    if (best !== undefined) this.#credit.set(best, most - total);
    return best;
  }
}
