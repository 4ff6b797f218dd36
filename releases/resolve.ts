/**
 * From releases/<environment>/<service>.json and the image catalog to the variables of each service stack. Nothing is
 * written before everything has been resolved: one bad file refuses the whole synth.
 */
import { join } from "node:path";
import { z } from "zod";
import { placementId, placementsOf, regionOf, serviceStackName } from "../constructs/contract/names";
import { REFUSED_STATES, type Release } from "../constructs/contract/release";
import type { Environment, Fleet, Service } from "../constructs/contract/spec";
import { InvalidInputError, type Problem } from "../constructs/contract/validate";
import { findImage, imageId } from "../images/catalog";
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

const releaseFile = z.strictObject({ slots: z.strictObject({ live: slot }) });

/** Where releases and catalog are, relative to the project. */
export interface Sources {
  readonly releases: string;
  readonly catalog: string;
}

/** Variables by stack name, as release.auto.tfvars.json holds them. */
export type ReleaseVariables = ReadonlyMap<string, { readonly release: Release }>;

/** @throws InvalidInputError that lists every problem of every file. */
export function resolveReleases(fleet: Fleet, sources: Sources): ReleaseVariables {
  const problems: Problem[] = [];
  const variables = new Map<string, { release: Release }>();
  for (const environment of fleet.environments)
    for (const service of environment.services) {
      const resolved = resolveService(environment, service, sources);
      problems.push(...resolved.problems);
      for (const [stack, release] of resolved.releases) variables.set(stack, { release });
    }
  if (problems.length > 0) throw new InvalidInputError(problems);
  return variables;
}

interface Resolved {
  readonly problems: readonly Problem[];
  readonly releases: readonly (readonly [string, Release])[];
}

function resolveService(environment: Environment, service: Service, sources: Sources): Resolved {
  const failed = (problems: readonly Problem[]): Resolved => ({ problems, releases: [] });
  const file = join(sources.releases, environment.name, `${service.name}.json`);
  const read = readJson(file, releaseFile);
  if (read.problems) return failed(read.problems);
  const { version, epoch, capacity } = read.value.slots.live;
  const field = `${file} slots.live.version`;
  const found = findImage(sources.catalog, service.image, version, field);
  if (found.problems) return failed(found.problems);
  const { lifecycle } = found.value;
  if (REFUSED_STATES.some((state) => state === lifecycle.state)) {
    const reason = lifecycle.reason ? ` (${lifecycle.reason})` : "";
    return failed([
      {
        path: field,
        message: `image "${service.image}" ${version} is ${lifecycle.state}${reason}; release another version`,
      },
    ]);
  }
  const { arch } = service.machine;
  const ids = placementsOf(environment, service).map((placement) => ({
    placement,
    id: imageId(found.value, placement.cloud, regionOf(placement), arch),
  }));
  const problems = ids
    .filter(({ id }) => id === undefined)
    .map(({ placement }) => ({
      path: field,
      message: `image "${service.image}" ${version} has no ${arch} id for ${placementId(placement)}; build it there or add it to artifacts in ${join(sources.catalog, service.image, `${version}.json`)}`,
    }));
  const releases = ids.flatMap(({ placement, id }) =>
    id === undefined
      ? []
      : [
          [
            serviceStackName(environment, service, placement),
            { version, image_id: id, epoch, capacity, state: lifecycle.state, not_after: lifecycle.notAfter ?? null },
          ] as const,
        ],
  );
  return { problems, releases };
}
