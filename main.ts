/** Synthesizes the fleet: `cdktf synth`, `cdktf deploy` and the like run this file. */
import { declaredFleet } from "./constructs/contract/fleet-file";
import { InvalidInputError } from "./constructs/contract/problem";
import { synthesize } from "./stacks/synthesize";

try {
  const toLookAt = synthesize(
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would end in the bundler's own words
    declaredFleet(() => require("./fleet")),
    { releases: "releases", catalog: "images/catalog" },
  );
  for (const line of toLookAt) console.error(line);
} catch (error) {
  if (!(error instanceof InvalidInputError)) throw error;
  console.error(`The fleet cannot be built; nothing was written.\n\n${error.message.replace(/^/gm, "  ")}\n`);
  process.exitCode = 1;
}
