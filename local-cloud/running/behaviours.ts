/** Reads the folder of behaviour files; what a file may say stands in `behaviour.ts`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Behaviour } from "./behaviour";

/** A setting or a file of this room that cannot be used. */
export class RunningError extends Error {}

/** A behaviour with its defaults; no number of requests is Infinity. */
export type Settled = Required<Omit<Behaviour, "image" | "drainSec" | "port">> & Pick<Behaviour, "drainSec" | "port">;

/** A machine that is well, as the web image is. */
export const WELL_BEHAVED: Settled = {
  ...{ bootSec: 20, neverHealthy: false, crashAtBoot: false, failShare: 0, failAfterSec: 0, latencyMs: 0 },
  ...{ dieAfterRequests: Infinity, capacity: 200, ignoresNotice: false, keepAliveSec: 620 },
};

interface Field {
  readonly says: string;
  fits(value: unknown): boolean;
}
const within = (least: number, most: number, says: string): Field => ({
  says,
  fits: (value) => typeof value === "number" && value >= least && value <= most,
});
const whole = (least: number, most: number): Field => ({
  says: `a whole number from ${least} to ${most}`,
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
});
const truth: Field = { says: "true or false", fits: (value) => typeof value === "boolean" };
const secondsUpTo = (most: number) => within(0, most, `a number of seconds from 0 to ${most}`);

const FIELDS: Readonly<Record<keyof Behaviour, Field>> = {
  image: { says: "a text that image ids contain", fits: (value) => typeof value === "string" && value !== "" },
  bootSec: secondsUpTo(3600),
  neverHealthy: truth,
  crashAtBoot: truth,
  failShare: within(0, 1, "a share from 0 to 1"),
  failAfterSec: secondsUpTo(86_400),
  latencyMs: within(0, 600_000, "milliseconds from 0 to 600000"),
  dieAfterRequests: whole(1, 1_000_000_000),
  capacity: within(0.1, 1_000_000, "requests a second from 0.1 to 1000000"),
  drainSec: secondsUpTo(3600),
  keepAliveSec: secondsUpTo(86_400),
  ignoresNotice: truth,
  port: whole(1, 65_535),
};

/**
 * How the machines of an image behave.
 *
 * @param folder undefined where nothing misbehaves
 * @throws RunningError naming the file and the field
 */
export function readBehaviours(folder: string | undefined): (image: string) => Settled {
  const files = folder === undefined ? [] : namesIn(folder).map((name) => read(join(folder, name)));
  const longestFirst = files.sort((a, b) => b.image.length - a.image.length);
  return (image) => ({ ...WELL_BEHAVED, ...longestFirst.find((file) => image.includes(file.image)) });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch (error) {
    throw new RunningError(
      `LOCAL_CLOUD_BEHAVIOUR is ${folder}; it takes a folder of behaviour files: ${(error as Error).message}`,
    );
  }
}

function read(file: string): Behaviour {
  const value = parsed(file);
  const known = Object.keys(FIELDS).join(", ");
  const unknown = Object.keys(value).find((name) => !(name in FIELDS));
  if (unknown !== undefined)
    throw new RunningError(`${file}: ${JSON.stringify(unknown)} is no field of a behaviour; there are ${known}`);
  if (!("image" in value)) throw new RunningError(`${file}: image is missing; it is ${FIELDS.image.says}`);
  for (const [name, field] of Object.entries(FIELDS)) {
    if (name in value && !field.fits(value[name]))
      throw new RunningError(`${file}: ${name} must be ${field.says}, got ${JSON.stringify(value[name])}`);
  }
  return value as unknown as Behaviour;
}

function parsed(file: string): Record<string, unknown> {
  const takes = 'it takes an object in JSON such as {"image": "web-v1-1-0", "neverHealthy": true}';
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new RunningError(`${file}: ${(error as Error).message}; ${takes}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RunningError(`${file}: ${takes}`);
}
