/** Times and lengths of time, as the catalog writes them. The clock itself is always handed in. */

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

/** Whole days between two moments. */
export const days = (from: string, to: Date): number => Math.floor((to.getTime() - Date.parse(from)) / (1440 * MINUTE));
