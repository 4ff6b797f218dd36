/** Which versions releases/<environment>/<service>.json name. Whatever cannot be read is an error: silence would free an image in use. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InvalidInputError, type Problem } from "../constructs/contract/validate";
import { listNames, readJson } from "./json-file";
import { refuse } from "./refuse";

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
  const released = environments(folder).flatMap((environment) =>
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

function environments(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return refuse(folder, "is not a folder that can be read; name the releases with --releases");
  }
}
