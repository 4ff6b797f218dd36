/** The cloud that a plan is of. A stack of this project is of one cloud, and is held to the contract of that one. */
import { CLOUDS, type Cloud } from "./spec";

/** How the types of a cloud begin. */
export const PREFIX: Readonly<Record<Cloud, string>> = { aws: "aws_", google: "google_", azure: "azurerm_" };

export const perCloud = <T>(of: (cloud: Cloud) => T): Readonly<Record<Cloud, T>> =>
  Object.fromEntries(CLOUDS.map((cloud) => [cloud, of(cloud)])) as Record<Cloud, T>;

/** The cloud of a type, or of an address outside of any module; undefined for types that belong to none. */
export const cloudOf = (type: string): Cloud | undefined => CLOUDS.find((cloud) => type.startsWith(PREFIX[cloud]));

/** How many of a stack's managed objects are of each cloud. */
export function countClouds(types: readonly string[]): Readonly<Record<Cloud, number>> {
  return perCloud((cloud) => types.filter((type) => cloudOf(type) === cloud).length);
}

/** The cloud that most of a stack's managed objects are of: an object of another one does not make it that one's stack. */
export function mostly(counts: Readonly<Record<Cloud, number>>): Cloud | undefined {
  const most = Math.max(...Object.values(counts));
  return most === 0 ? undefined : CLOUDS.find((cloud) => counts[cloud] === most);
}
