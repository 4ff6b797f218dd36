/** Every difference between two environments, by path: what is declared, and what is released. */
import { placementsOf, regionOf } from "../../constructs/contract/names";
import type { Environment, Fleet, Placement } from "../../constructs/contract/spec";
import { InvalidInputError } from "../../constructs/contract/validate";
import { readJson } from "../../images/json-file";
import { refuse } from "../../images/refuse";
import { without } from "../../images/without";
import { COLOURS, formOf, releaseFile, type ReleaseFile, type SlotRelease } from "../../releases/file";
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
  return { a: a.name, b: b.name, differences };
}

type Tree = { readonly [name: string]: unknown };

/** An environment as a tree of names: lists of things that have names are compared by name. */
function view(environment: Environment, releases: string): Tree {
  const { backend, placements, services } = environment;
  return {
    backend,
    placements: byCloud(placements),
    services: Object.fromEntries(
      services.map((service) => [
        service.name,
        { ...without(service, "placements"), clouds: cloudsOf(placementsOf(environment, service)) },
      ]),
    ),
    releases: Object.fromEntries(services.map((service) => [service.name, released(environment, service, releases)])),
  };
}

const cloudsOf = (placements: readonly Placement[]): string[] =>
  [...new Set(placements.map(({ cloud }) => cloud))].sort();

/** Placements of one cloud are compared by its first; how many there are is a difference of its own. */
function byCloud(placements: readonly Placement[]): Tree {
  return Object.fromEntries(
    cloudsOf(placements).map((cloud) => {
      const own = placements.filter((one) => one.cloud === cloud);
      const zoneCount = own[0]!.zones.length;
      return [cloud, { ...own[0]!, zoneCount, ...(own.length > 1 ? { regions: own.map(regionOf) } : {}) }];
    }),
  ); // prettier-ignore
}

/** What a service's traffic reaches: the colour of a slot says nothing, its share does. */
function released(environment: Environment, service: Environment["services"][number], folder: string): Tree {
  const read = readJson(releaseFile(folder, environment.name, service.name), formOf(service));
  if (read.problems) throw new InvalidInputError(read.problems);
  const [serving, second] = rolesIn(read.value);
  return {
    version: serving?.version,
    epoch: serving?.epoch,
    capacity: serving?.capacity ?? undefined,
    ...(second ? { candidate: second.version } : {}),
  };
}

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
