/** New epochs: the date, and a number where the date is taken. */
import type { ReleaseFile, SlotRelease } from "./file";
import { isSame, type RolloutRecord } from "./record";

/** Releases of a version whose names may be taken: by what runs, by what ran, and by what a failed rollout left behind. */
const taken = (file: ReleaseFile, { history, failed }: RolloutRecord) => [
  ...Object.values(file.slots).filter((slot): slot is SlotRelease => slot !== null),
  ...history,
  ...failed,
];

/** An epoch that the version never had. */
export function newEpoch(version: string, file: ReleaseFile, record: RolloutRecord, now: Date): string {
  const date = now.toISOString().slice(0, 10);
  const isFree = (epoch: string) => !taken(file, record).some((release) => isSame(release, { version, epoch }));
  let epoch = date;
  for (let number = 2; !isFree(epoch); number++) epoch = `${date}-${number}`;
  return epoch;
}

/** The epoch as it is wanted, or a new one where that release may have been left behind or stands in a slot already. */
export function freeEpoch(version: string, epoch: string, file: ReleaseFile, record: RolloutRecord, now: Date): string {
  const isInTheWay = [...taken(file, { ...record, history: [] })].some((release) =>
    isSame(release, { version, epoch }),
  );
  return isInTheWay ? newEpoch(version, file, record, now) : epoch;
}
