/**
 * What a stack holds that no construct of this project put there. Where the constructs named the groups, every object goes by
 * its name; where others did, nothing but the types can be held. Either way an object of another cloud than the stack's is none.
 */
import { broadKind, isMade, layerOf, MADE_KINDS, type Layer } from "./addresses";
import { CONTRACTS, WAY_IN_NAME } from "./cloud-contracts";
import { perCloud, PREFIX } from "./own-cloud";
import { nameIn, slotIn } from "./slots";
import { CLOUDS, type Cloud } from "./spec";

export interface Member {
  readonly type: string;
  readonly address: string;
  readonly actions: readonly string[];
  /** False where a template makes other things than this project's own; see `isOwnText`. */
  readonly isOwnText: boolean;
}

const GROUPS: readonly string[] = CLOUDS.map((cloud) => CONTRACTS[cloud].group);
const TEMPLATES: readonly string[] = ["aws_launch_template", "google_compute_region_instance_template"];
/** In a slot there is one group, from one template. */
export const SINGLE: readonly string[] = [...GROUPS, ...TEMPLATES];
const SINGLE_KINDS = SINGLE.map(broadKind);

/**
 * Whether an object is none of a stack's own.
 *
 * @param cloud the stack's
 * @param present the managed objects of the stack, changed or not
 * @param layer what the stack is, where its name says it
 */
export function strangersIn(
  cloud: Cloud | undefined,
  present: readonly Member[],
  layer: Layer | undefined = layerOf(cloud, present.map(({ address }) => address)), // prettier-ignore
): (member: Member) => boolean {
  if (cloud === undefined) return () => true;
  if (layer === undefined) {
    const isSecond = secondIn(present);
    return (member) =>
      !isOfCloud(cloud, member) ||
      isSecond(member) ||
      (isNew(member) && !(KNOWN_KINDS[cloud].includes(broadKind(member.type)) && member.isOwnText));
  }
  return (member) =>
    isMade(cloud, layer, member.address)
      ? isNew(member) && (member.address.includes(WAY_IN_NAME) || !member.isOwnText)
      : layer !== "service" || isNew(member) || !isPart(cloud, member, present);
}

/** Kinds that a stack which others named may begin with: what the constructs make, and what the contract knows besides. */
export const KNOWN_KINDS: Readonly<Record<Cloud, readonly string[]>> = perCloud((cloud) =>
  [...new Set([...MADE_KINDS[cloud], ...Object.keys(CONTRACTS[cloud].compute).map(broadKind)])].sort(),
);

const isNew = ({ actions }: Member) => actions.join() === "create";

const isOfCloud = (cloud: Cloud, { type }: Member): boolean =>
  type.startsWith(PREFIX[cloud]) || Object.hasOwn(CONTRACTS[cloud].compute, type);

/** What a fork adds to a group and names by its slot, such as a schedule: it is replaced with the group. */
function isPart(cloud: Cloud, member: Member, present: readonly Member[]): boolean {
  const { group, compute } = CONTRACTS[cloud];
  const name = nameIn(member.address);
  return (
    !SINGLE.includes(member.type) &&
    Object.hasOwn(compute, member.type) &&
    present.some(({ type, address }) => type === group && name.startsWith(`${slotIn(nameIn(address))}_`))
  );
}

/** A second group in a slot. */
function secondIn(present: readonly Member[]): (member: Member) => boolean {
  const keyOf = ({ type, address }: Member) => `${broadKind(type)} ${slotIn(nameIn(address))}`;
  const isSingle = ({ type }: Member) => SINGLE_KINDS.includes(broadKind(type));
  const first = new Map([...present].reverse().map((member) => [keyOf(member), member.address]));
  return (member) => isSingle(member) && first.get(keyOf(member)) !== member.address;
}
