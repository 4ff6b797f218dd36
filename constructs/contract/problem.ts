/** What is wrong with what somebody wrote. */

export interface Problem {
  /** Where: `<environment>[/<service or placement>] <prop>`, or a file and a field. */
  readonly path: string;
  /** What is allowed, what was found and, where it helps, what to do. */
  readonly message: string;
}

/** Thrown with all problems of the input; its message lists them, one a line. */
export class InvalidInputError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    this.name = "InvalidInputError";
    this.problems = problems;
  }
}
