import { readFileSync } from "node:fs";
import { refuse } from "../../images/refuse";

/** A file that somebody named. @throws InvalidInputError when it cannot be read */
export function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    return refuse(file, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
