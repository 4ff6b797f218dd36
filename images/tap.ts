/** Reads the outcome of a test run in the Test Anything Protocol. */
import { refuse } from "./refuse";

/**
 * Passed when every planned test ran and none failed; skipped and todo tests count as passed.
 * @throws InvalidInputError when the text is no TAP: a run that crashed before its first line has no result
 */
export function tapResult(tap: string, file: string): "passed" | "failed" {
  const plan = /^1\.\.(\d+)\s*(#.*)?$/m.exec(tap);
  if (!plan) refuse(file, "holds no TAP plan such as 1..12; was the run cut off?");
  const lines = tap.match(/^(not )?ok\b.*$/gm) ?? [];
  const failed = lines.filter((line) => line.startsWith("not ") && !/#\s*(todo|skip)/i.test(line));
  const complete = lines.length === Number(plan![1]) && lines.length > 0;
  return complete && failed.length === 0 && !/^Bail out!/m.test(tap) ? "passed" : "failed";
}
