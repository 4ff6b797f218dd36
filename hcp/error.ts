/** A refusal: what was found, what is allowed, what to do. Its message never holds a token. */
export class HcpError extends Error {
  /** Status of the server's answer, where there was one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = "HcpError";
    this.status = status;
  }
}

/** What is shown of an error that may be anything. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
