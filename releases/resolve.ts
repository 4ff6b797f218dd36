/**
 * From releases/<environment>/<service>.json and the image catalog to the variables of each service stack. Nothing is
 * written before everything has been resolved: one bad file refuses the whole synth.
 */
import { join } from "node:path";
import { z } from "zod";
import { placementId, placementsOf, regionOf, serviceStackName } from "../constructs/contract/names";
import { REFUSED_STATES, type Release } from "../constructs/contract/release";
import { allowedWeight, type Slot, type Weights } from "../constructs/contract/slots";
import type { Environment, Fleet, Service } from "../constructs/contract/spec";
import { InvalidInputError, type Problem } from "../constructs/contract/validate";
import { judgeImage } from "../images/allowed";
import { imageId } from "../images/catalog";
import { readJson } from "../images/json-file";

const slot = z.strictObject({
  /** Version of the service's image in the catalog. */
  version: z.string(),
  /** Change it to build the same version anew: routine recreation, or a retry after a failed rollout. @default "" */
  epoch: z
    .string()
    .regex(/^[a-z0-9-]{0,32}$/, "at most 32 lower-case letters, digits and hyphens")
    .default(""),
  /** Machines that a new group starts with, within the service's limits. @default - the fewest allowed */
  capacity: z.int().min(1).nullable().default(null),
});

const weight = z.int().min(0).max(100);

const oneSlot = z.strictObject({ slots: z.strictObject({ live: slot }) });

const twoSlots = z.strictObject({
  /** null: the slot is empty. */
  slots: z.strictObject({ blue: slot.nullable(), green: slot.nullable() }),
  /** Share of the traffic, in percent. */
  traffic: z.strictObject({ blue: weight, green: weight }),
});

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
      const file = join(sources.releases, environment.name, `${service.name}.json`);
      const read = service.strategy === "replace" ? readJson(file, oneSlot) : readJson(file, twoSlots);
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

type SlotRelease = z.output<typeof slot>;

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

function resolveSlots(
  context: Context,
  value: z.output<typeof oneSlot> | z.output<typeof twoSlots>,
): Resolved<StackVariables> {
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
  { file, service }: Context,
  slots: Record<keyof Weights, unknown>,
  traffic: Weights,
): Problem[] {
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
      .filter((name) => !allowed(traffic[name]))
      .map((name) => ({
        path: `${path}.${name}`,
        message: `strategy blueGreen moves all traffic at once: must be 0 or 100, got ${traffic[name]}`,
      })),
  ];
}

const isRefused = (state: string) => REFUSED_STATES.some((refused) => refused === state);

/** One slot's release in every placement of the service. */
function resolveSlot(
  { environment, service, sources, file }: Context,
  name: Slot,
  { version, epoch, capacity }: SlotRelease,
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
  const problems: Problem[] = [];
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
      });
    else
      problems.push({
        path: field,
        message: `image "${service.image}" ${version} has no ${arch} id for ${placementId(placement)}; build it there or add it to artifacts in ${join(sources.catalog, service.image, `${version}.json`)}`,
      });
  }
  return { problems, variables };
}
