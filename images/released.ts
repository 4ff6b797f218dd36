/** Which versions releases/<environment>/ names. Whatever cannot be read is an error: silence would free an image in use. */
import { join } from "node:path";
import { z } from "zod";
import { InvalidInputError, type Problem } from "../constructs/contract/problem";
import { listNames, readJson } from "./json-file";
import { foldersIn } from "./load";

/** Only what is needed here; releases/ itself checks the rest. */
const releaseFile = z.looseObject({
  slots: z.record(z.string(), z.looseObject({ version: z.string() }).nullable()),
});

const named = z.looseObject({ version: z.string() });

/** The record of a service's rollouts, beside its release file. */
const recordFile = z.looseObject({
  history: z.array(named),
  rollout: z.looseObject({ from: named, to: named }).nullable(),
});

const RECORD = ".rollout";

/** A version that a file names. */
export interface Named {
  readonly environment: string;
  readonly service: string;
  readonly version: string;
  readonly file: string;
  /** Field of the file. */
  readonly field: string;
}

export interface Released extends Named {
  readonly slot: string;
}

/** Every slot of every release. @throws InvalidInputError */
export const readReleases = (folder: string): Released[] =>
  readEach(
    folder,
    (name) => !name.endsWith(RECORD),
    releaseFile,
    ({ slots }) =>
      Object.entries(slots).flatMap(([slot, content]) =>
        content ? [{ slot, version: content.version, field: `slots.${slot}` }] : [],
      ),
  );

/** What the rollouts under way are about, and the releases to go back to. @throws InvalidInputError */
export const readRollouts = (folder: string): Named[] =>
  readEach(
    folder,
    (name) => name.endsWith(RECORD),
    recordFile,
    ({ history, rollout }) => [
      // The head of the history is live, or was until now.
      ...history.slice(0, 2).map(({ version }, index) => ({ version, field: `history[${index}]` })),
      ...(rollout === null
        ? []
        : (["from", "to"] as const).map((end) => ({ version: rollout[end].version, field: `rollout.${end}` }))),
    ],
  );

function readEach<T, F extends Pick<Named, "version" | "field">>(
  folder: string,
  isWanted: (name: string) => boolean,
  schema: z.ZodType<T>,
  versions: (content: T) => readonly F[],
): (F & Named)[] {
  const problems: Problem[] = [];
  const found = foldersIn(folder, "name the releases with --releases").flatMap((environment) =>
    listNames(join(folder, environment), ".json")
      .filter(isWanted)
      .flatMap((name) => {
        const file = join(folder, environment, `${name}.json`);
        const read = readJson(file, schema);
        problems.push(...(read.problems ?? []));
        const service = name.replace(RECORD, "");
        return read.problems ? [] : versions(read.value).map((each) => ({ ...each, environment, service, file }));
      }),
  );
  if (problems.length > 0) throw new InvalidInputError(problems);
  return found;
}
