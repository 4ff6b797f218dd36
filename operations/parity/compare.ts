/** Every difference between two environments, by path: what is declared, and what is released. */
import { placementId, placementsOf } from "../../constructs/contract/names";
import { InvalidInputError } from "../../constructs/contract/problem";
import type { Cloud, Environment, Fleet, Placement, Service } from "../../constructs/contract/spec";
import { refuse } from "../../images/refuse";
import { without } from "../../images/without";
import { COLOURS, readRelease, type ReleaseFile, type SlotRelease } from "../../releases/file";
import { whyWanted } from "./wanted";

export interface Difference {
  /** As in fleet.ts, with names for indexes: services.web.health.path, placements.aws.cidr, releases.web.version. */
  readonly path: string;
  /** Undefined where an environment has nothing. */
  readonly a: unknown;
  readonly b: unknown;
  /** Why it is meant; undefined when it is not. */
  readonly wanted?: string;
}

export interface Parity {
  readonly a: string;
  readonly b: string;
  readonly differences: readonly Difference[];
}

/** The environments to compare. @throws InvalidInputError when there are not two */
export function environmentsOf({ environments }: Fleet, names: readonly string[]): [Environment, Environment] {
  const known = environments.map(({ name }) => name);
  if (known.length < 2)
    refuse("fleet", `has one environment, ${known[0]}: there is nothing to compare; add another to fleet.ts`);
  if (names.length === 1 || (names.length === 0 && known.length > 2))
    refuse("parity", `needs two environments of ${known.join(", ")}, got ${names.join(" ") || "none"}`);
  const [first, second] = (names.length === 0 ? known : names).map(
    (name) =>
      environments.find((one) => one.name === name) ??
      refuse("environment", `must be one of ${known.join(", ")}, got "${name}"`),
  );
  if (first === second) refuse("parity", `needs two environments, got ${first!.name} twice`);
  return [first!, second!];
}

/** @param releases folder of the releases. @throws InvalidInputError when a release cannot be read */
export function parity(a: Environment, b: Environment, releases: string): Parity {
  const differences: Difference[] = [];
  compare(view(a, releases), view(b, releases), [], differences);
  return { a: a.name, b: b.name, differences: [...differences, ...furtherRegions(a, b)].sort(byPath) };
}

const byPath = (x: Difference, y: Difference) => (x.path < y.path ? -1 : x.path > y.path ? 1 : 0);

type Tree = { readonly [name: string]: unknown };

/** An environment as a tree of names: lists of things that have names are compared by name. */
function view(environment: Environment, releases: string): Tree {
  const { backend, services } = environment;
  return {
    backend,
    placements: Object.fromEntries(cloudsOf(environment.placements).map((cloud) => [cloud, firstOf(environment, cloud)])),
    services: Object.fromEntries(services.map((service) => [service.name, declared(environment, service)])),
    releases: Object.fromEntries(services.map((service) => [service.name, released(environment, service, releases)])),
  };
} // prettier-ignore

const cloudsOf = (placements: readonly Placement[]): Cloud[] =>
  [...new Set(placements.map(({ cloud }) => cloud))].sort();

const placementsOn = ({ placements }: Environment, cloud: Cloud) => placements.filter((one) => one.cloud === cloud);

/** Placements of a cloud are compared by its first; the others are counted here. */
function firstOf(environment: Environment, cloud: Cloud): Tree {
  const own = placementsOn(environment, cloud);
  return { ...counted(own[0]!), regionCount: own.length };
}

const counted = (placement: Placement): Tree => ({ ...placement, zoneCount: placement.zones.length });

/**
 * Regions beyond the first, against their counterpart. One that the other environment does not have is held against the
 * other's first: that it is there is meant, but it should be made like what was tried, and only what is not so is named.
 */
function furtherRegions(a: Environment, b: Environment): Difference[] {
  return cloudsOf([...a.placements, ...b.placements]).flatMap((cloud) => {
    const [ofA, ofB] = [placementsOn(a, cloud), placementsOn(b, cloud)];
    const [firstA, firstB] = [ofA[0], ofB[0]];
    if (!firstA || !firstB) return [];
    return [...(ofA.length > ofB.length ? ofA : ofB).keys()].slice(1).flatMap((index) => {
      const [inA, inB] = [ofA[index], ofB[index]];
      const found: Difference[] = [];
      compare(counted(inA ?? firstA), counted(inB ?? firstB), ["placements", placementId((inB ?? inA)!)], found);
      return inA && inB ? found : found.filter(({ wanted }) => wanted === undefined);
    });
  });
}

function declared(environment: Environment, service: Service): Tree {
  const placements = placementsOf(environment, service);
  const { certificates, ...traffic } = service.traffic;
  return {
    ...without(service, "placements"),
    traffic: { ...traffic, certificates: byCloud(placements, certificates) },
    clouds: cloudsOf(placements),
  };
}

/** Certificates of each cloud, where every entry of the service has one: a region of other name has one of other name. */
const byCloud = (placements: readonly Placement[], certificates: Readonly<Record<string, string>>): Tree =>
  Object.fromEntries(
    cloudsOf(placements).flatMap((cloud) => {
      const own = placements.filter((one) => one.cloud === cloud).map((one) => certificates[placementId(one)]);
      return own.includes(undefined) ? [] : [[cloud, own.join(" ")]];
    }),
  );

/** What a service's traffic reaches: the colour of a slot says nothing, its share does. */
function released(environment: Environment, service: Service, folder: string): Tree {
  const read = readRelease(folder, environment, service);
  if (read.problems) throw new InvalidInputError(read.problems);
  const [serving, second] = rolesIn(read.value);
  return {
    version: serving?.version,
    epoch: serving?.epoch,
    capacity: serving?.capacity ?? undefined,
    ...(second ? { candidate: second.version } : {}),
    ...breakGlassIn(read.value),
  };
}

/** Slots whose machines people may get into, in whatever slot: nobody means that to stay. */
const breakGlassIn = ({ slots }: ReleaseFile): Tree => {
  const until = Object.values(slots).flatMap((slot: SlotRelease | null) => slot?.breakGlass?.until ?? []);
  return until.length > 0 ? { breakGlass: until.join(" ") } : {};
};

function rolesIn(value: ReleaseFile): (SlotRelease | undefined)[] {
  if (!("traffic" in value)) return [value.slots.live];
  return [...COLOURS]
    .sort((x, y) => value.traffic[y] - value.traffic[x])
    .filter((colour) => value.traffic[colour] > 0)
    .map((colour) => value.slots[colour] ?? undefined);
}

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** A part that one side lacks is one difference, not one for each thing in it. */
function compare(a: unknown, b: unknown, path: readonly string[], found: Difference[]): void {
  if (isTree(a) && isTree(b)) {
    for (const name of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort())
      compare(a[name], b[name], [...path, name], found);
    return;
  }
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  const wanted = whyWanted(path, a, b);
  found.push({ path: path.join("."), a, b, ...(wanted === undefined ? {} : { wanted }) });
}
