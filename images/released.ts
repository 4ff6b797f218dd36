/** Which versions releases/<environment>/<service>.json name. Whatever cannot be read is an error: silence would free an image in use. */
import { join } from "node:path";
import { z } from "zod";
import { InvalidInputError, type Problem } from "../constructs/contract/validate";
import { listNames, readJson } from "./json-file";
import { foldersIn } from "./load";

/** Only what is needed here; releases/ itself checks the rest. */
const releaseFile = z.looseObject({
  slots: z.record(z.string(), z.looseObject({ version: z.string() }).nullable()),
});

export interface Released {
  readonly environment: string;
  readonly service: string;
  readonly slot: string;
  readonly version: string;
  readonly file: string;
}

/** Every slot of every release. @throws InvalidInputError */
export function readReleases(folder: string): Released[] {
  const problems: Problem[] = [];
  const released = foldersIn(folder, "name the releases with --releases").flatMap((environment) =>
    listNames(join(folder, environment), ".json").flatMap((service) => {
      const file = join(folder, environment, `${service}.json`);
      const read = readJson(file, releaseFile);
      problems.push(...(read.problems ?? []));
      return Object.entries(read.value?.slots ?? {}).flatMap(([slot, content]) =>
        content ? [{ environment, service, slot, version: content.version, file }] : [],
      );
    }),
  );
  if (problems.length > 0) throw new InvalidInputError(problems);
  return released;
}
