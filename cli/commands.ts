/** The commands of `npx fleet`, by name. */
import { image } from "./image";
import { release } from "./release";
import { review } from "./review";

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Runs it with the rest of the command line; resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

export const COMMANDS: Readonly<Record<string, Command>> = { image, release, review };
