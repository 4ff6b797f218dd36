/** A JSON file of any size, handed to a scanner whatever wrote it: marks, UTF-16 and the lines of CI wrappers are taken away. */
import { closeSync, openSync, readSync } from "node:fs";
import { encodingOf } from "../../constructs/contract/json-text";
import { Scanner, UnreadableJson, type Members } from "./scanner";

/** A file that cannot be used: its message says what is wrong with it and what to do. */
export class UnusableFile extends Error {}

const CHUNK = 1 << 20;

export interface Options {
  /** Sees the file's bytes as they are. */
  readonly onBytes?: (bytes: Buffer) => void;
  /** What to say instead of where the file stopped being JSON, by the members that were seen. */
  readonly otherForm?: (names: readonly string[]) => string | undefined;
  /** How such a file is made. */
  readonly advice?: string;
}

/** Names of the file's own members, once the wanted ones were handed out. @throws UnusableFile with one clear reason */
export function scanFile(
  file: string,
  members: Members,
  { onBytes, otherForm, advice }: Options = {},
): readonly string[] {
  const scanner = new Scanner(members);
  try {
    let decode = (chunk: Buffer): Buffer => chunk;
    forEachChunk(file, (chunk, isFirst) => {
      onBytes?.(chunk);
      if (!isFirst) return scanner.push(decode(chunk));
      if (chunk.subarray(0, 2).toString("latin1") === "PK") throw new UnreadableJson("is a saved plan, not its JSON");
      const { name, mark } = encodingOf(chunk);
      if (name !== "utf-8") {
        const decoder = new TextDecoder(name);
        decode = (bytes) => Buffer.from(decoder.decode(bytes, { stream: true }));
      }
      scanner.push(decode(chunk.subarray(mark)));
    });
    scanner.end();
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    // A log has one object a line: what it is says more than where it stopped being one object.
    const reason = otherForm?.(scanner.names) ?? [error.message, ...(advice ? [advice] : [])].join("; ");
    throw new UnusableFile(`${file} ${reason}`);
  }
  return scanner.names;
}

const unreadable = (file: string, error: unknown) =>
  new UnusableFile(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);

function forEachChunk(file: string, take: (chunk: Buffer, isFirst: boolean) => void): void {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch (error) {
    throw unreadable(file, error);
  }
  const buffer = Buffer.allocUnsafe(CHUNK);
  /** Whole chunks, also of a pipe, which gives what it has. */
  const fill = (): number => {
    let length = 0;
    try {
      for (let more = 1; more > 0 && length < CHUNK; length += more)
        more = readSync(handle, buffer, length, CHUNK - length, null);
    } catch (error) {
      throw unreadable(file, error);
    }
    return length;
  };
  try {
    for (let length = fill(), isFirst = true; length > 0; length = fill(), isFirst = false)
      take(buffer.subarray(0, length), isFirst);
  } finally {
    closeSync(handle);
  }
}
