/** The place to recover to: a placement that fleet.ts does not have yet, or that a service does not use yet. */
import { networkAt, rangeOf } from "../../constructs/contract/range";
import { placementId, regionOf } from "../../constructs/contract/names";
import { CLOUDS, type Cloud, type Environment, type Fleet, type Placement } from "../../constructs/contract/spec";
import { refuse } from "../../images/refuse";

export interface Destination {
  readonly cloud: Cloud;
  readonly region: string;
  /** `aws-us-west-2`. */
  readonly id: string;
}

/** @throws InvalidInputError when it is not `<cloud>-<region>` */
export function destinationOf(text: string): Destination {
  const [, cloud, region] = new RegExp(`^(${CLOUDS.join("|")})-([a-z0-9-]+)$`).exec(text) ?? [];
  return cloud && region
    ? { cloud: cloud as Cloud, region, id: text }
    : refuse("--to", `must be <cloud>-<region> such as aws-us-west-2, got "${text}"`);
}

/**
 * The placement of the same cloud to go by: the one that was named, else one that keeps data, else the first.
 * @throws InvalidInputError when there is none of that name
 */
export function sourceOf({ name, placements }: Environment, { cloud, id }: Destination, from?: string) {
  const own = placements.filter((placement) => placement.cloud === cloud && placementId(placement) !== id);
  if (from === undefined) return own.find(({ persistent }) => persistent) ?? own[0];
  const known = own.map(placementId).join(", ");
  return (
    own.find((placement) => placementId(placement) === from) ??
    refuse("--from", `must be a placement of ${name} on ${cloud}, one of ${known || "none"}, got "${from}"`)
  );
}

/** What the user may say of a new placement. */
export interface Wishes {
  readonly cidr?: string | undefined;
  readonly zones?: readonly string[] | undefined;
  readonly account?: string | undefined;
}

/** A placement as fleet.ts declares it. */
type Declared = Readonly<Record<string, unknown>> & { readonly cloud: Cloud };

export interface Proposal {
  readonly placement: Declared;
  /** Props of the placement that it was made from which name their region, and are left out. */
  readonly leftOut: readonly string[];
}

/** The attribute that names the account, per cloud. */
const ACCOUNT: Readonly<Record<Cloud, string>> = { aws: "account", google: "project", azure: "subscription" };

/**
 * Letters of the zones, where they are not a, b, c. On AWS they can differ between accounts: the plan says how to look.
 * https://cloud.google.com/compute/docs/regions-zones
 */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  "aws-us-west-1": ["a", "c"],
  "aws-ap-northeast-1": ["a", "c", "d"],
  "aws-ca-central-1": ["a", "b", "d"],
  "google-us-east1": ["b", "c", "d"],
  "google-europe-west1": ["b", "c", "d"],
};

const zoneNames: Readonly<Record<Cloud, (region: string, letter: string, index: number) => string>> = {
  aws: (region, letter) => `${region}${letter}`,
  google: (region, letter) => `${region}-${letter}`,
  azure: (_region, _letter, index) => String(index + 1),
};

const LEAST_ZONES = 2;

/**
 * The placement to add, made after one of the same cloud in the environment.
 * @param declared that placement as fleet.ts declares it, without defaults
 * @throws InvalidInputError when something is needed that only the user knows
 */
export function propose(fleet: Fleet, declared: Declared | undefined, to: Destination, wishes: Wishes): Proposal {
  const accountName = ACCOUNT[to.cloud];
  const account = wishes.account ?? declared?.[accountName];
  if (account === undefined)
    refuse("--account", `is needed: no placement on ${to.cloud} says which ${accountName} to use`);
  const like = Object.entries(declared ?? {}).filter(([name]) => !["region", "location", "cidr", "zones", accountName].includes(name)); // prettier-ignore
  const source = declared && regionOf(declared as unknown as Placement);
  const bound = like.filter(([, value]) => source !== undefined && namesRegion(JSON.stringify(value), source));
  const wanted = Array.isArray(declared?.zones) ? declared.zones.length : LEAST_ZONES;
  const letters = (ZONES[to.id] ?? ["a", "b", "c"]).slice(0, wanted);
  return {
    placement: {
      cloud: to.cloud,
      [accountName]: account,
      [to.cloud === "azure" ? "location" : "region"]: to.region,
      cidr: wishes.cidr ?? freeRange(fleet, typeof declared?.cidr === "string" ? declared.cidr : "10.0.0.0/16"),
      zones: wishes.zones ?? letters.map((letter, index) => zoneNames[to.cloud](to.region, letter, index)),
      ...Object.fromEntries(like.filter(([name]) => name !== "cloud" && !bound.some(([other]) => other === name))),
    },
    leftOut: bound.map(([name]) => name),
  };
}

/** Whether a text holds an id of a region: an ARN, or a path through a location. */
export const namesRegion = (text: string, region: string): boolean =>
  text.includes(`:${region}:`) || text.includes(`/${region}/`);

const PRIVATE = "10.0.0.0/8";

/** A range as large as another one that no placement of the fleet uses: the next after the last, else the first. */
export function freeRange({ environments }: Fleet, like: string): string {
  const taken = environments.flatMap(({ placements }) => placements.map(({ cidr }) => rangeOf(cidr)));
  const [lowest, highest] = rangeOf(PRIVATE);
  const [from, to] = rangeOf(like);
  const size = to - from;
  const inside = taken.filter(([start, end]) => start >= lowest && end <= highest);
  const after = Math.ceil(Math.max(lowest, ...inside.map(([, end]) => end)) / size) * size;
  for (const start of [after, lowest])
    for (let next = start; next + size <= highest; next += size)
      if (taken.every(([a, b]) => next + size <= a || next >= b)) return networkAt(next, like);
  return refuse("--cidr", `is needed: ${PRIVATE} has no free range of the size of ${like}`);
}

/**
 * Settings of services that name a region where the environment runs now, so that they are not good in another one.
 * Certificates are not among them: each is for one placement.
 */
export function boundSettings(environment: Environment, services: readonly unknown[], to: Destination): string[] {
  const regions = environment.placements
    .filter(({ cloud, ...placement }) => cloud === to.cloud && regionOf({ cloud, ...placement } as Placement) !== to.region)
    .map(regionOf); // prettier-ignore
  const walk = (value: unknown, path: string): string[] => {
    if (typeof value === "string")
      return regions
        .filter((region) => namesRegion(value, region))
        .map((region) => `${path} names ${region}: ${value}`);
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value)
      .filter(([name]) => name !== "certificates")
      .flatMap(([name, inner]) => walk(inner, `${path}${path.endsWith(" ") ? "" : "."}${name}`));
  };
  return services.flatMap((service) => walk(service, `${environment.name}/${(service as { name: string }).name} `));
}

export const hasPlacement = (environment: Environment, to: Destination): boolean =>
  environment.placements.some((placement) => placementId(placement) === to.id);
