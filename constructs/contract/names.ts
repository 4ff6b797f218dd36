/** Names: of stacks, of things that live long, and of things that live as long as one image. */
import { createHash } from "node:crypto";
import { NAME_LIMITS } from "./name-limits";
import type { Environment, Placement, Service } from "./spec";

/** Holds a stack's release; Terraform loads files of this ending from a stack's folder by itself. */
export const RELEASE_FILE = "release.auto.tfvars.json";

export const regionOf = (placement: Placement): string =>
  placement.cloud === "azure" ? placement.location : placement.region;

/** `aws-us-east-1`: how a service names a placement of its environment. */
export const placementId = (placement: Placement): string => `${placement.cloud}-${regionOf(placement)}`;

/** Words that stand in a stack's name where a service's would, in the order in which their stacks are deployed. */
export const LAYERS: readonly string[] = ["foundation", "persistent"];

/** Place of a stack in the order of deployment: what the others stand on comes first. */
export function deploymentOrder(stack: string): number {
  const layer = LAYERS.indexOf(stack.split("-")[1] ?? "");
  return layer === -1 ? LAYERS.length : layer;
}

export const foundationStackName = (env: Environment, placement: Placement): string =>
  `${env.name}-foundation-${placementId(placement)}`;

export const persistentStackName = (env: Environment, placement: Placement): string =>
  `${env.name}-persistent-${placementId(placement)}`;

export const serviceStackName = (env: Environment, service: Service, placement: Placement): string =>
  `${env.name}-${service.name}-${placementId(placement)}`;

export const placementsOf = (env: Environment, service: Service): readonly Placement[] =>
  env.placements.filter((placement) => service.placements?.includes(placementId(placement)) ?? true);

/** Text that is the same for the same value, whatever the order in which its keys were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === "object" && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}

/**
 * The same as Terraform and its providers write it: Go escapes what HTML has a meaning for. Text in this form comes back as it was.
 * https://pkg.go.dev/encoding/json#Marshal
 */
export const goJson = (value: unknown): string =>
  canonicalJson(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

export const shortHash = (value: unknown): string =>
  createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 8);

const limitOf = (type: string): number => {
  const limit = NAME_LIMITS[type];
  if (limit === undefined)
    throw new Error(`constructs/contract/name-limits.ts has no limit for ${type}; look it up there`);
  return limit;
};

const cut = (stem: string, max: number) => stem.slice(0, max).replace(/-+$/, "");

/** A name as it is where its type allows as many characters; else cut, with a hash of all of it. */
export const fitted = (type: string, name: string): string =>
  name.length <= limitOf(type) ? name : keyedName(type, name, {});

/**
 * A name that changes with the settings that a cloud cannot change in place, so that the old and the new object can
 * exist side by side while one replaces the other.
 *
 * @param stem readable part, cut where the type's limit demands it; the hash covers it whole
 * @param settings everything that forces a replacement
 * @param room most characters, where there are fewer than the type allows
 */
export const keyedName = (type: string, stem: string, settings: unknown, room = limitOf(type)): string =>
  `${cut(stem, room - 9)}-${shortHash([stem, settings])}`;
