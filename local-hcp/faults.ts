/**
 * Misbehaviour on demand: `name[@text][:times]`, separated by commas, e.g. `429@/runs:2,slow-upload`.
 * Each happens that many times (once by default) and then all is well; `@text` keeps it to requests whose
 * "METHOD /path" contains the text, or to runs whose workspace's name does.
 */

const NAMES = {
  "429": "too many requests, with Retry-After",
  "500": "an internal error, and nothing was done",
  lost: "an internal error, and all the same it was done",
  "slow-upload": "an upload stays pending for a while",
  "bad-upload": "an upload ends as errored",
  "run-error": "a run's plan fails",
  "needs-confirmation": "a run that would apply by itself waits for somebody",
  "policy-soft": "a policy fails and may be overridden",
  "policy-hard": "a policy fails for good",
} as const;
export type FaultName = keyof typeof NAMES;

/** A setting of the stand-in that cannot be used. */
export class SettingError extends Error {}

export class Faults {
  readonly #left: { readonly name: string; readonly at: string; times: number }[];

  /** @throws SettingError when the text is not a list of faults. */
  constructor(text: string) {
    this.#left = text
      .split(",")
      .filter((item) => item.trim() !== "")
      .map(parse);
  }

  /** Whether the fault happens now, which uses one of its times up. */
  take(name: FaultName, where: string): boolean {
    const fault = this.#left.find((item) => item.name === name && item.times > 0 && where.includes(item.at));
    if (fault) fault.times -= 1;
    return fault !== undefined;
  }

  /** Adds faults, as in the constructor. */
  add(text: string): void {
    this.#left.push(...new Faults(text).#left);
  }
}

function parse(item: string): { name: string; at: string; times: number } {
  const [, name = "", at = "", times = "1"] = /^\s*([a-z0-9-]+)(?:@([^:]*))?(?::([1-9]\d*))?\s*$/.exec(item) ?? [];
  if (!(name in NAMES))
    throw new SettingError(
      `"${item.trim()}" is not a fault of the HCP stand-in; a fault is name[@text][:times], and the names are ${Object.keys(NAMES).join(", ")}`,
    );
  return { name, at, times: Number(times) };
}
