/** Addresses that a cloud hands out. */
import { isObject, type Obj, type Value } from "../protocol/values";
import { relativeLink } from "../rules/hashes";
import { addressIn } from "../rules/networks";
import type { World } from "./world";
import { valuesAt } from "./graph";
import { hex } from "./template";

/** The clouds keep the first four addresses of a subnet for themselves. */
const KEPT = 4;
const draw = (seed: string, from: number, count: number): number =>
  from + (Number.parseInt(hex(seed, 8), 16) % Math.max(count, 1));

/** No two objects get the same address while there are others. */
function unused(world: World, seed: string, form: (seed: string) => string): string {
  const tries = Array.from({ length: 1000 }, (_, index) => (index === 0 ? seed : `${seed} ${index}`));
  return form(tries.find((one) => !world.hasAddress?.(form(one))) ?? seed);
}

/** One of the addresses that are for documentation: https://www.rfc-editor.org/rfc/rfc5737 */
export const publicAddress = (world: World, seed: string): string =>
  unused(world, seed, (one) => `203.0.113.${draw(one, 1, 254)}`);

/** An address of the subnet that a link, id or name stands for; one of 10.0.0.0/24 where it is not known. */
export function addressInSubnet(world: World, type: string, subnet: Value | undefined, seed: string): string {
  const range = rangeOf(world, type, subnet) ?? "10.0.0.0/24";
  const size = 2 ** (32 - Number(range.split("/")[1]));
  return unused(world, seed, (one) => addressIn(range, draw(one, KEPT, size - KEPT - 1)) ?? "10.0.0.4");
}

/** Where the addresses of a type of subnet stand. */
const RANGES: Record<string, string> = {
  google_compute_subnetwork: "ip_cidr_range",
  azurerm_subnet: "address_prefixes",
  aws_subnet: "cidr_block",
};

function rangeOf(world: World, type: string, subnet: Value | undefined): string | undefined {
  if (typeof subnet !== "string" || subnet === "") return undefined;
  const attributes: Obj =
    world.find(type, relativeLink(subnet))?.attributes ?? world.find(type, subnet)?.attributes ?? {};
  return valuesAt(attributes, [RANGES[type] ?? ""])[0];
}

/** The first block of a list of blocks. */
export const first = (value: Value | undefined): Obj => {
  const [block = null] = Array.isArray(value) ? value : [];
  return isObject(block) ? block : {};
};
