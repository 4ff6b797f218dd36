/** What is wrong with what somebody wrote. */

export interface Problem {
  /** Where: `<environment>[/<service or placement>] <prop>`, or a file and a field. */
  readonly path: string;
  /** What is allowed, what was found and, where it helps, what to do. */
  readonly message: string;
}

/** A line that is longer says nothing more. */
const LONGEST = 2_000;
const short = (line: string) => (line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line);

/** A value as messages show it: what was found, be it what no JSON can hold, nested without end, or a book. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  try {
    return short(JSON.stringify(value) ?? `a ${typeof value}`);
  } catch {
    return typeof value === "object" ? "a value that is nested too deep to be shown" : `a ${typeof value}`;
  }
}

/** Thrown with all problems of the input; its message lists them, one a line. */
export class InvalidInputError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => short(`${path}: ${message}`)).join("\n"));
    this.name = "InvalidInputError";
    this.problems = problems;
  }
}
