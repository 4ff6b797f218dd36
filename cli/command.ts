/** What `npx fleet <name>` runs. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Runs it with the rest of the command line; resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}
