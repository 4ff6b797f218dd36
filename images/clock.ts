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

/** Longest time that a command may take from reading the clock to writing. */
const WORK = 10 * MINUTE;

/**
 * Another clock is for looking at what was and will be. What is written with a time to come has not happened, and with a time long past
 * it has waited for a soak that nobody waited for.
 *
 * @param clock what the machine's clock says
 * @param isTest whether a test writes, which may be in the past
 * @throws InvalidInputError when `now` is another time
 */
export function refuseAnotherClock(now: Date, clock: Date, isTest = process.env.FLEET_TEST_CLOCK === "1"): void {
  const later = now.getTime() - clock.getTime();
  if (later > 0)
    refuse("--now", `must not be later than the clock, ${stamp(clock)}, where something is written, got ${stamp(now)}; leave it out`); // prettier-ignore
  if (later < -WORK && !isTest)
    refuse("--now", `must not be earlier than the clock, ${stamp(clock)}, where something is written, got ${stamp(now)}; leave it out`); // prettier-ignore
}

/** Whole days between two moments. */
export const days = (from: string, to: Date): number => Math.floor((to.getTime() - Date.parse(from)) / (1440 * MINUTE));
