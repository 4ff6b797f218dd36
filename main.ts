/** Synthesizes the fleet: `cdktf synth`, `cdktf deploy` and the like run this file. */
import { InvalidInputError } from "./constructs/contract/validate";
import { fleet } from "./fleet";
import { synthesize } from "./stacks/synthesize";

try {
  synthesize(fleet, { releases: "releases", catalog: "images/catalog" });
} catch (error) {
  if (!(error instanceof InvalidInputError)) throw error;
  console.error(`The fleet cannot be built; nothing was written.\n\n${error.message.replace(/^/gm, "  ")}\n`);
  process.exitCode = 1;
}
