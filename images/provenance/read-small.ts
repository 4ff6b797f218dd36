/** Reads files of people and builds that have no reason to be large. */
import { readFileSync, statSync } from "node:fs";
import { refuse } from "../refuse";

/** A statement about a hundred images has a tenth of this. */
export const MOST_BYTES = 1 << 20;

/** @throws InvalidInputError when it is not a file that can be read, or too large */
export function readSmall(file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > MOST_BYTES) return refuse(file, `must not be larger than ${MOST_BYTES >> 20} MB, got ${size} bytes`);
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return refuse(file, `cannot be read (${code})`);
  }
}
