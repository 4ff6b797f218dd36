/**
 * From releases/<environment>/<service>.json and the image catalog to the variables of each service stack. Nothing is
 * written before everything has been resolved: one bad file refuses the whole synth.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { placementId, placementsOf, regionOf, serviceStackName } from "../constructs/contract/names";
import { InvalidInputError, type Problem } from "../constructs/contract/problem";
import { REFUSED_STATES, type Release } from "../constructs/contract/release";
import { allowedWeight, isShare, shareOf, slotCapacity, type Slot, type Weights } from "../constructs/contract/slots";
import type { Environment, Fleet, Service } from "../constructs/contract/spec";
import { judgeImage } from "../images/allowed";
import { imageId } from "../images/catalog";
import { listNames } from "../images/json-file";
import { breakGlassProblems } from "./break-glass";
import { readRelease, releaseFile, type ReleaseFile, type SlotRelease } from "./file";

/** Where releases and catalog are, relative to the project. */
export interface Sources {
  readonly releases: string;
  readonly catalog: string;
  /** Time against which images end their life and scheduled revocations begin. @default - now */
  readonly now?: Date;
}

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

interface Context {
  readonly environment: Environment;
  readonly service: Service;
  readonly sources: Sources;
  readonly file: string;
}

interface Resolved<T> {
  readonly problems: readonly Problem[];
  /** By stack name. */
  readonly variables: ReadonlyMap<string, T>;
}

/** One service's variables, or why what its release file says cannot run. */
export function resolveSlots(context: Context, value: ReleaseFile): Resolved<StackVariables> {
  if (!("traffic" in value)) {
    const { problems, variables } = resolveSlot(context, "live", value.slots.live, true);
    return { problems, variables: new Map([...variables].map(([stack, release]) => [stack, { release }])) };
  }
  const { slots, traffic } = value;
  const { environment, service } = context;
  const blue = slots.blue && resolveSlot(context, "blue", slots.blue, traffic.blue > 0);
  const green = slots.green && resolveSlot(context, "green", slots.green, traffic.green > 0);
  const stacks = placementsOf(environment, service).map((placement) =>
    serviceStackName(environment, service, placement),
  );
  const of = (resolved: Resolved<Release> | null, stack: string) => resolved?.variables.get(stack) ?? null;
  return {
    problems: [...(blue?.problems ?? []), ...(green?.problems ?? []), ...trafficProblems(context, slots, traffic)],
    variables: new Map(stacks.map((stack) => [stack, { blue: of(blue, stack), green: of(green, stack), traffic }])),
  };
}

/** The same rules that the synthesized variables hold, said before anything is written. */
function trafficProblems(
  context: Context,
  slots: Record<keyof Weights, SlotRelease | null>,
  traffic: Weights,
): Problem[] {
  const { file, service } = context;
  const path = `${file} traffic`;
  const names = ["blue", "green"] as const;
  const allowed = allowedWeight(service);
  return [
    ...(traffic.blue + traffic.green === 100
      ? []
      : [{ path, message: `weights must add up to 100, got ${traffic.blue} and ${traffic.green}` }]),
    ...names
      .filter((name) => slots[name] === null && traffic[name] > 0)
      .map((name) => ({
        path: `${path}.${name}`,
        message: `slot ${name} is empty and must have weight 0, got ${traffic[name]}; fill it first`,
      })),
    ...names
      .filter((name) => slots[name]?.breakGlass && traffic[name] > 0)
      .map((name) => ({
        path: `${path}.${name}`,
        message: `people may get into the machines of slot ${name}, so it must have weight 0, got ${traffic[name]}`,
      })),
    ...names
      .filter((name) => !allowed(traffic[name]))
      .map((name) => ({
        path: `${path}.${name}`,
        message: `strategy blueGreen moves all traffic at once: must be 0 or 100, got ${traffic[name]}`,
      })),
    ...(service.strategy === "canary" ? canaryProblems(context, slots, traffic) : []),
  ];
}

function canaryProblems(
  { environment, service, file }: Context,
  slots: Record<keyof Weights, SlotRelease | null>,
  traffic: Weights,
): Problem[] {
  const { min } = service.capacity;
  const machines = (name: keyof Weights) => slots[name]?.capacity ?? min;
  const [blue, green] = [machines("blue"), machines("green")];
  const byMachines = placementsOf(environment, service).some(({ cloud }) => cloud === "azure");
  const isMixed = traffic.blue > 0 && traffic.green > 0;
  return [
    ...(["blue", "green"] as const)
      .filter((name) => traffic[name] === 100 && machines(name) < min)
      .map((name) => ({
        path: `${file} slots.${name}.capacity`,
        message: `must be at least ${min}, the service's capacity.min, in a slot with all the traffic, got ${machines(name)}`,
      })),
    ...(byMachines && isMixed && !isShare(traffic.green, green, blue)
      ? [
          {
            path: `${file} traffic`,
            message: `on Azure machines give the share: ${blue} blue and ${green} green are ${Math.round(shareOf(blue, green))} and ${Math.round(shareOf(green, blue))}, got ${traffic.blue} and ${traffic.green}; change the weights or the slots' capacity`,
          },
        ]
      : []),
  ];
}

const isRefused = (state: string) => REFUSED_STATES.some((refused) => refused === state);

/** One slot's release in every placement of the service. */
function resolveSlot(
  { environment, service, sources, file }: Context,
  name: Slot,
  { version, epoch, capacity, breakGlass }: SlotRelease,
  serves: boolean,
): Resolved<Release> {
  const failed = (problems: readonly Problem[]): Resolved<Release> => ({ problems, variables: new Map() });
  const field = `${file} slots.${name}.version`;
  const wanted = { image: service.image, version };
  const judged = judgeImage(sources.catalog, environment.name, wanted, field, sources.now ?? new Date());
  if (judged.problems) return failed(judged.problems);
  const { record, state, refusal } = judged.value;
  // A slot without traffic may still hold an image that was revoked meanwhile: it is on its way out.
  const outgoing = !serves && isRefused(state);
  if (refusal !== undefined && !outgoing) return failed([{ path: field, message: refusal }]);
  const { arch } = service.machine;
  const { min, max } = slotCapacity(service);
  const problems: Problem[] = [
    ...(capacity === null || (capacity >= min && capacity <= max)
      ? []
      : [
          {
            path: `${file} slots.${name}.capacity`,
            message: `must be from ${min} to ${max}, the service's capacity, got ${capacity}`,
          },
        ]),
    ...(breakGlass
      ? breakGlassProblems(`${file} slots.${name}.breakGlass`, breakGlass, sources.now ?? new Date())
      : []),
  ];
  const variables = new Map<string, Release>();
  for (const placement of placementsOf(environment, service)) {
    const id = imageId(record, placement.cloud, regionOf(placement), arch);
    if (id !== undefined)
      variables.set(serviceStackName(environment, service, placement), {
        version,
        image_id: id,
        epoch,
        capacity,
        // The clock decides what is refused, never what is written.
        state: isRefused(state) ? state : record.lifecycle.state,
        not_after: record.lifecycle.notAfter ?? null,
        ...(breakGlass && { break_glass: breakGlass }),
      });
    else
      problems.push({
        path: field,
        message: `image "${service.image}" ${version} has no ${arch} id for ${placementId(placement)}; build it there or add it to artifacts in ${join(sources.catalog, service.image, `${version}.json`)}`,
      });
  }
  return { problems, variables };
}
