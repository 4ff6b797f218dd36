/** Times and lengths of time, as the catalog writes them. The clock itself is always handed in. */

import { refuse } from "./refuse";

/** Whole seconds in UTC, so that two machines write the same bytes. */
export const stamp = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/** ISO 8601 length of time in days, hours and minutes: P30D, PT24H, P1DT12H. */
export const DURATION = /^P(?!$)(?:(\d{1,5})D)?(?:T(?!$)(?:(\d{1,5})H)?(?:(\d{1,5})M)?)?$/;

const MINUTE = 60_000;
const UNITS = [1440 * MINUTE, 60 * MINUTE, MINUTE] as const;

/** A length of time in milliseconds. */
export function milliseconds(duration: string): number {
  const [, ...parts] = DURATION.exec(duration) ?? [];
  return UNITS.reduce((sum, unit, index) => sum + Number(parts[index] ?? 0) * unit, 0);
}

export const after = (time: string, duration: string): Date => new Date(Date.parse(time) + milliseconds(duration));

/** Whether a moment has come. */
export const reached = (time: string | undefined, now: Date): boolean =>
  time !== undefined && Date.parse(time) <= now.getTime();

/**
 * Another clock is for tests and for looking ahead. What is written with a time to come has not happened: a version would
 * seem to have been where it was not.
 *
 * @param clock what the machine's clock says
 * @throws InvalidInputError when `now` is later
 */
export function refuseAhead(now: Date, clock: Date): void {
  if (now.getTime() > clock.getTime())
    refuse("--now", `must not be later than the clock, ${stamp(clock)}, where something is written, got ${stamp(now)}; leave it out`); // prettier-ignore
}

/** Whole days between two moments. */
export const days = (from: string, to: Date): number => Math.floor((to.getTime() - Date.parse(from)) / (1440 * MINUTE));
