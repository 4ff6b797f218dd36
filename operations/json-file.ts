/** Reads the members that are wanted of a large JSON file. */
import { readFileSync } from "node:fs";
import { UnusableFile } from "../review/read/plan";
import { Scanner, UnreadableJson, type Members } from "../review/read/scanner";

/** Names of the file's own members, once the wanted ones were handed out. @throws UnusableFile with one clear reason */
export function scanFile(file: string, members: Members): readonly string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UnusableFile(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const scanner = new Scanner(members);
  try {
    scanner.push(hasMark ? bytes.subarray(3) : bytes);
    scanner.end();
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    throw new UnusableFile(`${file} ${error.message}`);
  }
  return scanner.names;
}
