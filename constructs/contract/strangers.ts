/**
 * What a stack holds that no construct of this project put there. Where the constructs named the groups, every object goes by
 * its name; where others did, nothing but the types can be held.
 */
import { broadKind, isMade, layerOf, MADE_KINDS, type Layer } from "./addresses";
import { CONTRACTS, WAY_IN_NAME } from "./cloud-contracts";
import { nameIn, slotIn } from "./slots";
import { CLOUDS, type Cloud } from "./spec";

export interface Member {
  readonly type: string;
  readonly address: string;
  readonly actions: readonly string[];
}

const GROUPS: readonly string[] = CLOUDS.map((cloud) => CONTRACTS[cloud].group);
const TEMPLATES: readonly string[] = ["aws_launch_template", "google_compute_region_instance_template"];
/** In a slot there is one group, from one template. */
export const SINGLE: readonly string[] = [...GROUPS, ...TEMPLATES];
const SINGLE_KINDS = SINGLE.map(broadKind);
export const PREFIX: Readonly<Record<Cloud, string>> = { aws: "aws_", google: "google_", azure: "azurerm_" };

/**
 * Whether an object is none of a stack's own.
 *
 * @param present the managed objects of the stack, changed or not
 * @param layer what the stack is, where its name says it
 */
export function strangersIn(
  present: readonly Member[],
  layer: Layer | undefined = layerOf(present.map(({ address }) => address)),
): (member: Member) => boolean {
  if (layer === undefined) {
    const isSecond = secondIn(present);
    return (member) => isSecond(member) || (isNew(member) && !KNOWN_KINDS.has(broadKind(member.type)));
  }
  return (member) =>
    isMade(layer, member.address)
      ? isNew(member) && member.address.includes(WAY_IN_NAME)
      : layer !== "service" || isNew(member) || !isPart(member, present);
}

/** Kinds that a stack which others named may begin with: what the constructs make, and what the contract knows besides. */
export const KNOWN_KINDS: ReadonlySet<string> = new Set([
  ...MADE_KINDS,
  ...CLOUDS.flatMap((cloud) => Object.keys(CONTRACTS[cloud].compute).map(broadKind)),
]);

const isNew = ({ actions }: Member) => actions.join() === "create";

/** What a fork adds to a group and names by its slot, such as a schedule: it is replaced with the group. */
function isPart(member: Member, present: readonly Member[]): boolean {
  const name = nameIn(member.address);
  const group = present.find(
    (other) => GROUPS.includes(other.type) && name.startsWith(`${slotIn(nameIn(other.address))}_`) && other !== member,
  );
  const cloud = CLOUDS.find((one) => CONTRACTS[one].group === group?.type);
  if (!cloud || SINGLE.includes(member.type)) return false;
  return member.type === "terraform_data" || Object.hasOwn(CONTRACTS[cloud].compute, member.type);
}

/** A second group in a slot, or an object of another cloud than the first group's. */
function secondIn(present: readonly Member[]): (member: Member) => boolean {
  const keyOf = ({ type, address }: Member) => `${broadKind(type)} ${slotIn(nameIn(address))}`;
  const isSingle = ({ type }: Member) => SINGLE_KINDS.includes(broadKind(type));
  const first = new Map([...present].reverse().map((member) => [keyOf(member), member.address]));
  const group = present.find(({ type }) => GROUPS.includes(type));
  const cloud = CLOUDS.find((one) => CONTRACTS[one].group === group?.type);
  return (member) =>
    (isSingle(member) && first.get(keyOf(member)) !== member.address) ||
    (cloud !== undefined && member.type !== "terraform_data" && !member.type.startsWith(PREFIX[cloud]));
}
