/** The commands of `npx fleet`, by name. */
import type { Command } from "./command";
import { deploy, destroy } from "./deploy";
import { drift } from "./drift";
import { hcp } from "./hcp";
import { image } from "./image";
import { inventory } from "./inventory";
import { parity } from "./parity";
import { recover } from "./recover";
import { release } from "./release";
import { review } from "./review";

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
