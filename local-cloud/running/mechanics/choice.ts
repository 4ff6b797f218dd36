/** Where a machine starts, and which one goes first. Pure. */
import type { ScaleInOrder } from "../model";

interface Placed {
  readonly zone: string;
  /** Order of launch. */
  readonly number: number;
}

/** The zone with the fewest machines, the first of several; undefined when all of them are down. */
export function zoneForNew(
  zones: readonly string[],
  machines: readonly Placed[],
  down: ReadonlySet<string>,
): string | undefined {
  const up = zones.filter((zone) => !down.has(zone));
  const count = (zone: string) => machines.filter((machine) => machine.zone === zone).length;
  return up.reduce<string | undefined>(
    (best, zone) => (best === undefined || count(zone) < count(best) ? zone : best),
    undefined,
  );
}

/** The machine that goes when one is too many. */
export function victim<M extends Placed>(order: ScaleInOrder, machines: readonly M[]): M | undefined {
  const counts = new Map<string, number>();
  for (const { zone } of machines) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  const fullest = Math.max(0, ...counts.values());
  const among = order.startsWith("zone-balance")
    ? machines.filter(({ zone }) => counts.get(zone) === fullest)
    : machines;
  const newest = order.endsWith("newest");
  return among.reduce<M | undefined>(
    (best, machine) => (best === undefined || machine.number > best.number === newest ? machine : best),
    undefined,
  );
}
