/** The commands of `npx fleet`, by name. */
import { deploy, destroy } from "./deploy";
import { drift } from "./drift";
import { hcp } from "./hcp";
import { image } from "./image";
import { inventory } from "./inventory";
import { parity } from "./parity";
import { recover } from "./recover";
import { release } from "./release";
import { review } from "./review";

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Runs it with the rest of the command line; resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  deploy,
  destroy,
  image,
  hcp,
  release,
  review,
  drift,
  inventory,
  parity,
  recover,
};
