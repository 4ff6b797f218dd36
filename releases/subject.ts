/** The services that a command is about: found in the fleet, read from disk, and written back. */
import { placementsOf, serviceStackName } from "../constructs/contract/names";
import { InvalidInputError } from "../constructs/contract/problem";
import type { Environment, Fleet, Service } from "../constructs/contract/spec";
import { judgeImage } from "../images/allowed";
import { jsonText, readJsonIfThere } from "../images/json-file";
import { refuse } from "../images/refuse";
import type { FileToWrite } from "../images/write";
import { commandFor } from "./command-for";
import { formOf, releaseFile, releaseText, sameRelease, type ReleaseFile } from "./file";
import { NEW_RECORD, recordFile, recordSchema, type RolloutRecord } from "./record";
import { resolveSlots } from "./resolve";
import type { Edit, Situation } from "./rollout";
import { sharesByMachines } from "./shares";

/** Where things are, and who acts when. */
export interface Surroundings {
  readonly releases: string;
  readonly catalog: string;
  readonly now: Date;
  by(): string;
}

export interface Subject {
  readonly environment: Environment;
  readonly service: Service;
}

/** What is on disk; no file where nothing was ever released. */
export interface Stored {
  readonly file: ReleaseFile | null;
  readonly record: RolloutRecord;
}

export const nameOf = ({ environment, service }: Subject): string => `${environment.name}/${service.name}`;

export const stacksOf = ({ environment, service }: Subject): readonly string[] =>
  placementsOf(environment, service).map((placement) => serviceStackName(environment, service, placement));

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(", ");

/** Services of one environment or of all, by the names that were given. @throws InvalidInputError when there is none */
export function subjects({ environments }: Fleet, env?: string, name?: string): readonly Subject[] {
  const wanted = environments.filter((environment) => env === undefined || environment.name === env);
  if (wanted.length === 0) refuse("--env", `must be one of ${names(environments)}, got "${env}"`);
  const all = wanted.flatMap((environment) => environment.services.map((service) => ({ environment, service })));
  const found = all.filter(({ service }) => name === undefined || service.name === name);
  if (found.length === 0)
    refuse(
      "--service",
      name === undefined
        ? `has nothing to name: fleet.ts has no service in ${names(wanted)}`
        : `must be one of ${names(all.map(({ service }) => service))}, got "${name}"`,
    );
  return found;
}

/** Services of the one environment that is meant. @throws InvalidInputError when there are several */
export function subjectsOfOne(fleet: Fleet, env?: string, name?: string): readonly Subject[] {
  if (env === undefined && fleet.environments.length > 1)
    refuse("--env", `is needed, one of ${names(fleet.environments)}`);
  return subjects(fleet, env, name);
}

/** The one service that is meant. @throws InvalidInputError when there are several */
export function subject(fleet: Fleet, env?: string, name?: string): Subject {
  const found = subjectsOfOne(fleet, env, name);
  if (found.length > 1) refuse("--service", `is needed, one of ${names(found.map(({ service }) => service))}`);
  return found[0]!;
}

/** @throws InvalidInputError that names file and field of what cannot be read */
export function load({ environment, service }: Subject, { releases }: Pick<Surroundings, "releases">): Stored {
  const file = readJsonIfThere(releaseFile(releases, environment.name, service.name), formOf(service));
  const path = recordFile(releases, environment.name, service.name);
  const record = readJsonIfThere(path, recordSchema);
  const problems = [
    ...(file?.problems ?? []),
    ...(record?.problems ?? []).map(({ path: at, message }) => ({
      path: at,
      message: `${message}; nothing was changed: take the file back from version control`,
    })),
  ];
  if (problems.length > 0) throw new InvalidInputError(problems);
  if (file === undefined && record?.value?.rollout)
    refuse(releaseFile(releases, environment.name, service.name), "is gone while a rollout is open; take it back from version control"); // prettier-ignore
  return { file: file?.value ?? null, record: record?.value ?? NEW_RECORD };
}

export const situation = (
  subject: Subject,
  { file, record }: Stored & { readonly file: ReleaseFile },
  { catalog, releases, now, by }: Surroundings,
): Situation => ({
  name: nameOf(subject),
  service: subject.service,
  byMachines: sharesByMachines(subject.environment, subject.service),
  wayBackNeedsEpoch: placementsOf(subject.environment, subject.service).some(({ cloud }) => cloud === "google"),
  file,
  record,
  now,
  by,
  refusal: (version) => {
    const judged = judge(subject, version, { catalog, releases, now });
    return judged.problems ? judged.problems.map(({ message }) => message).join("; ") : judged.value.refusal;
  },
});

/** A version of the service's image, and whether the environment may run it. */
export function judge(
  { environment, service }: Subject,
  version: string,
  { catalog, releases, now }: Pick<Surroundings, "catalog" | "releases" | "now">,
) {
  const wantedBy = releaseFile(releases, environment.name, service.name);
  return judgeImage(catalog, environment.name, { image: service.image, version }, wantedBy, now);
}

/** What a service runs, where it has been released. @throws InvalidInputError where it has not */
export function released(subject: Subject, around: Surroundings): Situation {
  const { file, record } = load(subject, around);
  if (file === null)
    return refuse(
      nameOf(subject),
      `was never released; ${commandFor(nameOf(subject), "set --version V")} makes its first release`,
    );
  return situation(subject, { file, record }, around);
}

/**
 * The files of an edit, the record first: see rollout.ts.
 * @throws InvalidInputError with every reason why the release file could not be synthesized
 */
export function filesOf(subject: Subject, before: Stored, edit: Edit, around: Surroundings): readonly FileToWrite[] {
  const { environment, service } = subject;
  const path = releaseFile(around.releases, environment.name, service.name);
  const isNew = !sameRelease(before.file, edit.file);
  if (isNew) {
    const context = { environment, service, sources: around, file: path };
    const { problems } = resolveSlots(context, edit.file);
    if (problems.length > 0) throw new InvalidInputError(problems);
  }
  const text = jsonText(recordSchema, edit.record);
  const record = recordFile(around.releases, environment.name, service.name);
  return [
    ...(text === jsonText(recordSchema, before.record) ? [] : [{ file: record, text }]),
    ...(isNew ? [{ file: path, text: releaseText(edit.file) }] : []),
  ];
}
