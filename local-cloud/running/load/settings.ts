/** How a load is: what goes where, how often, and what counts as too late. */

/** Where requests enter a cloud. */
export interface Entry {
  /** Name under which its requests are counted. */
  readonly name: string;
  /** `http://127.0.0.1:8080`: loopback only. */
  readonly origin: string;
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A load through all entries at once. */
export interface LoadSettings {
  readonly entries: readonly Entry[];
  /** Requests each second through each entry. */
  readonly rate: number;
  /** Which arrival times, lengths and connections the load has: the same seed, the same load. */
  readonly seed: number;
  /** Share of requests, 0 to 1, that go over connections which are kept; each of the others opens a new one. */
  readonly kept: number;
  /** Clients that keep connections, each at an entry: one of them has its request under way, the next ones open more. */
  readonly clients: number;
  /**
   * Milliseconds after which a client closes a connection that it does not use. It must do so before the entry does: a request that
   * is sent while the other end closes is lost (https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset).
   */
  readonly idleMs: number;
  /** Path of a short request. */
  readonly path: string;
  /** Share of long requests, 0 to 1, and the path that takes long. */
  readonly long: { readonly share: number; readonly path: string };
  /** Milliseconds after its intended time at which a request without its whole answer has failed. */
  readonly timeoutMs: number;
  /** Header of an answer that says which version gave it. */
  readonly versionHeader: string;
  /** Requests through each entry after which the load ends by itself; without it, when it is told to. */
  readonly requests?: number | undefined;
}

/** A setting that no load can have. */
export class LoadSettingsError extends Error {}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

/** One process on one core cannot pace more; what is asked beyond would come back as lag. */
const RANGES = {
  rate: { least: 0.1, most: 20_000 },
  seed: { least: 0, most: 2 ** 32 - 1, whole: true },
  kept: { least: 0, most: 1 },
  clients: { least: 1, most: 1000, whole: true },
  idleMs: { least: 1, most: 600_000 },
  timeoutMs: { least: 1, most: 600_000 },
} satisfies Partial<Record<keyof LoadSettings, Range>>;

/** @throws {LoadSettingsError} with all that is wrong */
export function checkLoad(settings: LoadSettings): void {
  const wrong = Object.entries(RANGES).flatMap(([name, range]) =>
    outside(name, settings[name as keyof typeof RANGES], range),
  );
  wrong.push(...outside("long.share", settings.long.share, { least: 0, most: 1 }));
  if (settings.requests !== undefined)
    wrong.push(...outside("requests", settings.requests, { least: 1, most: 100_000_000, whole: true }));
  if (settings.entries.length === 0) wrong.push("entries is empty; a load needs an entry to go through");
  for (const { name, origin } of settings.entries) wrong.push(...foreign(name, origin));
  const names = settings.entries.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) wrong.push(`entries has "${twice}" twice; each needs a name of its own`);
  if (wrong.length > 0) throw new LoadSettingsError(`The load cannot be: ${wrong.join("; ")}`);
}

function outside(name: string, value: number, { least, most, whole }: Range): string[] {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return [];
  return [`${name} is ${value}, it takes a ${whole ? "whole " : ""}number from ${least} to ${most}`];
}

/** A load goes to machines of this computer and to nobody else. */
function foreign(name: string, origin: string): string[] {
  const { protocol, hostname } = URL.canParse(origin) ? new URL(origin) : { protocol: "", hostname: "" };
  if (protocol === "http:" && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)) return [];
  return [`entry "${name}" is at ${origin}, it takes http:// and a loopback address`];
}
