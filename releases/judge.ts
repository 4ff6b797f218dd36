/**
 * Everything that a slot of a release file asks of the catalog, asked once: whether the environment may run the version, and the
 * ids that it has where the service runs. What comes after only passes it on.
 */
import { join } from "node:path";
import { placementId, placementsOf, regionOf, serviceStackName } from "../constructs/contract/names";
import type { Problem } from "../constructs/contract/problem";
import { REFUSED_STATES, type Release } from "../constructs/contract/release";
import { slotCapacity, type Slot } from "../constructs/contract/slots";
import type { Environment, Service } from "../constructs/contract/spec";
import { judgeImage } from "../images/allowed";
import { imageId } from "../images/catalog";
import { breakGlassProblems } from "./break-glass";
import type { SlotRelease } from "./file";

/** Where releases and catalog are, relative to the project. */
export interface Sources {
  readonly releases: string;
  readonly catalog: string;
  /** Time against which images end their life and scheduled revocations begin. @default - now */
  readonly now?: Date;
}

/** Whose release it is, and the file that says it. */
export interface Context {
  readonly environment: Environment;
  readonly service: Service;
  readonly sources: Sources;
  readonly file: string;
}

/** A slot's release that was looked up and judged. */
export interface JudgedSlot {
  readonly problems: readonly Problem[];
  /** What the variables say of the image; without a value where the version must not run. */
  readonly image?: Pick<Release, "state" | "not_after">;
  /** Image ids by stack name, where the version was built. */
  readonly ids: ReadonlyMap<string, string>;
}

const isRefused = (state: string) => REFUSED_STATES.some((refused) => refused === state);

/**
 * @param serves whether the slot has traffic: one without may still hold an image that was revoked meanwhile, on its way out
 */
export function judgeSlot(
  { environment, service, sources, file }: Context,
  name: Slot,
  { version, capacity, breakGlass }: SlotRelease,
  serves: boolean,
): JudgedSlot {
  const now = sources.now ?? new Date();
  const slot = `${file} slots.${name}`;
  const field = `${slot}.version`;
  const failed = (problems: readonly Problem[]): JudgedSlot => ({ problems, ids: new Map() });
  const judged = judgeImage(sources.catalog, environment.name, { image: service.image, version }, field, now);
  if (judged.problems) return failed(judged.problems);
  const { record, state, refusal } = judged.value;
  const isOutgoing = !serves && isRefused(state);
  if (refusal !== undefined && !isOutgoing) return failed([{ path: field, message: refusal }]);
  const { arch } = service.machine;
  const places = placementsOf(environment, service).map((placement) => ({
    placement,
    stack: serviceStackName(environment, service, placement),
    id: imageId(record, placement.cloud, regionOf(placement), arch),
  }));
  const absent = places.filter(({ id }) => id === undefined).map(({ placement }) => placementId(placement));
  return {
    problems: [
      ...capacityProblems(`${slot}.capacity`, capacity, service),
      ...(breakGlass ? breakGlassProblems(`${slot}.breakGlass`, breakGlass, now) : []),
      ...absent.map((place) => ({
        path: field,
        message: `image "${service.image}" ${version} has no ${arch} id for ${place}; build it there or add it to artifacts in ${join(sources.catalog, service.image, `${version}.json`)}`,
      })),
    ],
    // The clock decides what is refused, never what is written.
    image: {
      state: isRefused(state) ? state : record.lifecycle.state,
      not_after: record.lifecycle.notAfter ?? null,
    },
    ids: new Map(places.flatMap(({ stack, id }) => (id === undefined ? [] : [[stack, id] as const]))),
  };
}

function capacityProblems(path: string, capacity: number | null, service: Service): readonly Problem[] {
  const { min, max } = slotCapacity(service);
  return capacity === null || (capacity >= min && capacity <= max)
    ? []
    : [{ path, message: `must be from ${min} to ${max}, the service's capacity, got ${capacity}` }];
}
