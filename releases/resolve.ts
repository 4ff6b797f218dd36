/**
 * From releases/<environment>/<service>.json and the image catalog to the variables of each service stack. Nothing is
 * written before everything has been resolved: one bad file refuses the whole synth.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { placementsOf, serviceStackName } from "../constructs/contract/names";
import { InvalidInputError, type Problem } from "../constructs/contract/problem";
import type { Release } from "../constructs/contract/release";
import type { Weights } from "../constructs/contract/slots";
import type { Fleet } from "../constructs/contract/spec";
import { listNames } from "../images/json-file";
import { readRelease, releaseFile, type ReleaseFile, type SlotRelease } from "./file";
import { judgeSlot, type Context, type JudgedSlot, type Sources } from "./judge";
import { trafficProblems } from "./traffic";

/** Terraform's variables of one stack, as release.auto.tfvars.json holds them. */
export type StackVariables =
  | { readonly release: Release }
  | { readonly blue: Release | null; readonly green: Release | null; readonly traffic: Weights };

/** Variables by stack name. */
export type ReleaseVariables = ReadonlyMap<string, StackVariables>;

/** @throws InvalidInputError that lists every problem of every file. */
export function resolveReleases(fleet: Fleet, sources: Sources): ReleaseVariables {
  const problems: Problem[] = [];
  const variables = new Map<string, StackVariables>();
  for (const environment of fleet.environments)
    for (const service of environment.services) {
      const file = releaseFile(sources.releases, environment.name, service.name);
      const read = readRelease(sources.releases, environment, service);
      if (read.problems) {
        problems.push(...read.problems);
        continue;
      }
      const resolved = resolveSlots({ environment, service, sources, file }, read.value);
      problems.push(...resolved.problems);
      for (const [stack, values] of resolved.variables) variables.set(stack, values);
    }
  if (problems.length > 0) throw new InvalidInputError(problems);
  return variables;
}

/**
 * Release files and records of services that the fleet does not have, or not any more: what was deployed from them runs on, and
 * nobody looks after it.
 */
export function strayFiles({ environments }: Fleet, releases: string): readonly string[] {
  if (!existsSync(releases)) return [];
  const folders = readdirSync(releases, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) => {
    const services = environments.find((environment) => environment.name === name)?.services ?? [];
    return listNames(join(releases, name), ".json")
      .filter((file) => !services.some((service) => [service.name, `${service.name}.rollout`].includes(file)))
      .map((file) => join(releases, name, `${file}.json`));
  });
}

/** What to do about one of them. */
export const strayText = (file: string): string =>
  `${file}: fleet.ts has no such service; destroy its stacks with the commit that still had it, then delete the file`;

/** One service's variables, by stack name, or why what its release file says cannot run. */
export function resolveSlots(
  context: Context,
  value: ReleaseFile,
): { readonly problems: readonly Problem[]; readonly variables: ReadonlyMap<string, StackVariables> } {
  if (!("traffic" in value)) {
    const { live } = value.slots;
    const judged = judgeSlot(context, "live", live, true);
    const releases = [...judged.ids.keys()].map(
      (stack) => [stack, { release: releaseIn(stack, live, judged)! }] as const,
    );
    return { problems: judged.problems, variables: new Map(releases) };
  }
  const { slots, traffic } = value;
  const { environment, service } = context;
  const judge = (slot: keyof Weights) => slots[slot] && judgeSlot(context, slot, slots[slot], traffic[slot] > 0);
  const judged = { blue: judge("blue"), green: judge("green") };
  const of = (slot: keyof Weights, stack: string) => releaseIn(stack, slots[slot], judged[slot]);
  const stacks = placementsOf(environment, service).map((placement) =>
    serviceStackName(environment, service, placement),
  );
  return {
    problems: [
      ...(judged.blue?.problems ?? []),
      ...(judged.green?.problems ?? []),
      ...trafficProblems(context, slots, traffic),
    ],
    variables: new Map(stacks.map((stack) => [stack, { blue: of("blue", stack), green: of("green", stack), traffic }])),
  };
}

/** A slot's variable in one stack; null where nothing can run. */
function releaseIn(stack: string, slot: SlotRelease | null, judged: JudgedSlot | null): Release | null {
  const id = judged?.ids.get(stack);
  if (!slot || !judged?.image || id === undefined) return null;
  const { version, epoch, capacity, breakGlass } = slot;
  return { version, image_id: id, epoch, capacity, ...judged.image, ...(breakGlass && { break_glass: breakGlass }) };
}
