/** From a fleet to the folders that Terraform runs in. */
import { App } from "cdktf";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RELEASE_FILE } from "../constructs/contract/names";
import { InvalidInputError } from "../constructs/contract/problem";
import type { Fleet } from "../constructs/contract/spec";
import { resolveFleet } from "../constructs/contract/validate";
import type { Sources } from "../releases/judge";
import { resolveReleases, strayFiles, strayText } from "../releases/resolve";
import { withoutCreationStacks } from "./creation-stacks";
import { FleetStack } from "./fleet-stack";
import { buildStacks } from "./index";

export interface SynthesizeOptions extends Sources {
  /** Folder to write to. @default - what the cdktf CLI asks for, else cdktf.out */
  readonly outdir?: string;
}

/**
 * Writes cdk.tf.json and, for each service, the release variables beside it.
 * @throws InvalidInputError that lists every problem of fleet, releases and catalog files, and of what stands in the
 * wrong plane; nothing is written then.
 * @returns what does not stand in the way and should be looked at, one sentence each
 */
export function synthesize(input: unknown, { outdir, ...sources }: SynthesizeOptions): readonly string[] {
  const fleet = resolveFleet(input);
  const releases = resolveReleases(fleet, sources);
  const app = withoutCreationStacks(() => written(fleet, outdir));
  for (const [stack, variables] of releases)
    writeFileSync(join(app.outdir, "stacks", stack, RELEASE_FILE), `${JSON.stringify(variables, null, 2)}\n`);
  return strayFiles(fleet, sources.releases).map(strayText);
}

function written(fleet: Fleet, outdir: string | undefined): App {
  // Stack traces hold absolute paths, and the same fleet must give the same bytes everywhere.
  const app = new App({ outdir, stackTraces: false });
  buildStacks(app, fleet);
  const problems = app.node.children.flatMap((stack) => (stack instanceof FleetStack ? stack.problems() : []));
  if (problems.length > 0) throw new InvalidInputError(problems);
  app.synth();
  return app;
}
