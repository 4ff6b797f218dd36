/** Writes files whole: each next to its place first and then renamed, so that nobody ever sees half a file. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { refuse } from "./refuse";

export interface FileToWrite {
  readonly file: string;
  readonly text: string;
}

/** Nothing is put in place before everything has been written. @throws InvalidInputError when a file cannot be written */
export function writeAll(files: readonly FileToWrite[]): void {
  const staged = files.map(({ file, text }) => ({
    file,
    text,
    temporary: join(dirname(file), `.${basename(file)}.${process.pid}.tmp`),
  }));
  const begun: string[] = [];
  try {
    for (const { file, text, temporary } of staged) {
      mkdirSync(dirname(file), { recursive: true });
      begun.push(temporary);
      writeFileSync(temporary, text);
    }
    for (const { file, temporary } of staged) renameSync(temporary, file);
  } catch (error) {
    refuse((error as NodeJS.ErrnoException).path ?? "write", `cannot be written (${(error as Error).message})`);
  } finally {
    for (const temporary of begun) rmSync(temporary, { force: true });
  }
}
