/**
 * The plan contract: for each step of a service's life, what a plan may do to which type. Tests hold every plan of the
 * project to it, and so does the demo.
 */
import { CAPACITY, losses, machinesOf, type Loss, type Sizes } from "./capacity";
import { beyondIn, beyondWords } from "./given";
import { CONTRACTS, WAY_IN_NAME, type Attributes, type CloudContract } from "./cloud-contracts";
import {
  changedAttributes,
  changes,
  forcedBy,
  isCreateBeforeDestroy,
  isReplacement,
  type Plan,
  type ResourceChange,
} from "./plan";
import { strangersIn, type Member } from "./strangers";
import { nameIn, slotIn, TRAFFIC_VARIABLE, type Slot } from "./slots";
import type { Cloud } from "./spec";
import { ownIn } from "./own";
import { isOwnText } from "./way-out";

export { CONTRACTS, WAY_IN_NAME } from "./cloud-contracts";

/**
 * A step in a service's life. Strategy `replace`: a rollback and a new epoch are bumps. Two slots: `fill` an empty slot,
 * `bump` an idle one, `shift` the traffic (also to abort and to roll back), `scale` a slot's fewest machines and the
 * traffic together, where machines give the share; `retire` an idle slot. `configuration`: what machines read, and may use.
 */
export type Step =
  | "first"
  | "bump"
  | "launch"
  | "limits"
  | "configuration"
  | "fill"
  | "shift"
  | "scale"
  | "retire"
  | "none";

export interface Violation {
  readonly address: string;
  readonly reason: string;
}

/** What a step allows, read from the cloud's contract. */
interface Allowed {
  /** Types that may be created; "any" for all. */
  readonly create: readonly string[] | "any";
  /** Types that may be deleted for good. */
  readonly remove: readonly string[];
  /** Types that may be replaced, with the attributes that may force it; null for any. */
  readonly replace: Readonly<Record<string, readonly string[] | null>>;
  readonly update: Attributes;
  /** Of some types only those whose name fits a pattern, to come, go or be replaced. */
  readonly computeNames: Readonly<Record<string, string>>;
  /** Of some types only those whose address fits a pattern. */
  readonly names: Readonly<Record<string, string>>;
  readonly mustReplaceGroup: boolean;
}

const NOTHING: Allowed = { create: [], remove: [], replace: {}, update: {}, computeNames: {}, names: {}, mustReplaceGroup: false }; // prettier-ignore
const anyCause = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, null]));

const STEPS: Readonly<Record<Step, (contract: CloudContract) => Allowed>> = {
  first: () => ({ ...NOTHING, create: "any" }),
  bump: ({ compute, computeNames, pointers, followers }) => ({
    ...NOTHING,
    computeNames,
    replace: compute,
    update: { ...pointers, ...followers },
    mustReplaceGroup: true,
  }),
  launch: ({ compute, computeNames, pointers, followers, entry, entryPointers }) => ({
    ...NOTHING,
    computeNames,
    replace: anyCause([...Object.keys(compute), ...entry]),
    update: { ...pointers, ...entryPointers, ...followers },
    mustReplaceGroup: true,
  }),
  limits: ({ limits }) => ({ ...NOTHING, update: limits }),
  configuration: ({ configuration, configurationNames, rights }) => ({
    ...NOTHING,
    names: configurationNames,
    create: Object.keys(configuration),
    remove: Object.keys(configuration),
    replace: anyCause(Object.keys(configuration)),
    update: { ...configuration, ...rights },
  }),
  fill: ({ compute, computeNames, pointers }) => ({ ...NOTHING, computeNames, create: Object.keys(compute), update: pointers }), // prettier-ignore
  shift: ({ weights }) => ({ ...NOTHING, update: weights }),
  scale: ({ limits, weights }) => ({ ...NOTHING, update: { ...limits, ...weights } }),
  retire: ({ compute, computeNames, pointers }) => ({ ...NOTHING, computeNames, remove: Object.keys(compute), update: pointers }), // prettier-ignore
  none: () => NOTHING,
};

const MOVES_TRAFFIC: readonly Step[] = ["shift", "scale"];

/** Steps that belong to one slot: whatever they do, they do there. */
const OF_ONE_SLOT: readonly Step[] = ["fill", "bump", "retire"];

/**
 * Where a plan breaks the contract of a step; empty when it holds. Objects that a failed rollout left behind, and a way in
 * for people, may always go.
 *
 * @param slot the slot that the step is about, where a service has two: nothing of the other slot may change
 */
export function violations(cloud: Cloud, step: Step, plan: Plan, slot?: Slot): readonly Violation[] {
  const contract = CONTRACTS[cloud];
  const stack = (plan.resource_changes ?? []).filter(
    ({ mode, deposed }) => mode === "managed" && deposed === undefined,
  );
  const isStranger = strangersIn(cloud, stack.map(memberOf));
  const present = changes({ resource_changes: stack }).filter((change) => !closesWayIn(contract.wayIn, change));
  const allowed = STEPS[step](present.some(movesEntry(contract)) ? contract : { ...contract, followers: {} });
  const found = present.flatMap((change) => {
    const reason =
      fault(change, allowed, step) ??
      (slot && OF_ONE_SLOT.includes(step) ? outside(change, slot) : undefined) ??
      (isStranger(memberOf(change)) ? "is none of the objects that this project makes" : undefined) ??
      givesMore(change);
    return reason === undefined ? [] : [{ address: change.address, reason }];
  });
  if (allowed.mustReplaceGroup && !present.some((change) => change.type === contract.group && isReplacement(change)))
    found.push({ address: contract.group, reason: "no group is replaced, so no machine would run the release" });
  const there = step === "first" ? stack.find(({ change }) => !change.actions.includes("create")) : undefined;
  if (there && !present.includes(there))
    found.push({ address: there.address, reason: "is there already, so this is no first deployment" });
  const lost = losses(slotsIn(contract, plan, stack, MOVES_TRAFFIC.includes(step))).map((loss) => ({
    address:
      stack.find(({ type, address }) => type === contract.group && slotIn(nameIn(address)) === loss.slot)?.address ??
      contract.group,
    reason: fewer(loss),
  }));
  return [...found, ...lost];
}

const givesMore = (change: ResourceChange): string | undefined => {
  const more = beyondIn(change).map(beyondWords);
  return more.length === 0 ? undefined : `would give what no construct of this project gives: ${more.join(", ")}`;
};

/** Whether an object is a part of the machines that traffic goes through, and is replaced. */
const movesEntry =
  ({ compute, computeNames, pointers }: CloudContract) =>
  (change: ResourceChange): boolean =>
    Object.hasOwn(compute, change.type) &&
    Object.hasOwn(pointers, change.type) &&
    new RegExp(ownIn(computeNames, change.type) ?? "").test(nameIn(change.address)) &&
    isReplacement(change);

const fewer = ({ slot, before, after }: Loss): string =>
  `slot ${slot} would have ${after ?? "an unknown number of"} machine${after === 1 ? "" : "s"} for the traffic that ${before} carry now`;

const memberOf = ({ type, address, change }: ResourceChange): Member => ({
  ...{ type, address, actions: change.actions },
  isOwnText: isOwnText(type, change.after),
});

/** Slots with their machines, and their share as the plan's variables say it: what it was before, they do not. */
function slotsIn({ compute }: CloudContract, { variables }: Plan, stack: readonly ResourceChange[], isMoved: boolean) {
  const parts = stack.filter(({ type }) => Object.hasOwn(CAPACITY, type) && Object.hasOwn(compute, type));
  const shares = variables?.[TRAFFIC_VARIABLE]?.value as Partial<Record<Slot, number>> | undefined;
  const slotOf = ({ address }: ResourceChange) => slotIn(nameIn(address));
  return [...new Set(parts.map(slotOf))].map((slot) => ({
    slot,
    share: { before: isMoved ? undefined : shares?.[slot], after: shares?.[slot] },
    ...machinesOf(parts.filter((part) => slotOf(part) === slot).map(sized)),
  }));
}

function sized({ type, change: { actions, before, after } }: ResourceChange) {
  const paths = Object.entries(CAPACITY[type as keyof typeof CAPACITY]);
  const read = (values: unknown): Sizes =>
    Object.fromEntries(paths.flatMap(([name, path]) => { const value = at(values, path); return typeof value === "number" ? [[name, value]] : []; })); // prettier-ignore
  return { isGroup: paths.some(([name]) => name === "size"), actions, before: read(before), after: read(after) };
}

const at = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>((found, step) => (found as Record<string, unknown> | null | undefined)?.[step], value);

const closesWayIn = (types: readonly string[], { type, address, change }: ResourceChange): boolean =>
  change.actions.join() === "delete" && types.includes(type) && new RegExp(WAY_IN_NAME).test(address);

/** Names of a slot's resources say so: aws_autoscaling_group.blue_group[0], google_….traffic_blue_backend. */
const outside = ({ address }: ResourceChange, slot: Slot): string | undefined =>
  new RegExp(`[._]${slot}_`).test(address)
    ? undefined
    : `does not belong to slot ${slot}, which is all that this step may touch`;

function fault(change: ResourceChange, allowed: Allowed, step: Step): string | undefined {
  const { type, address } = change;
  const { actions } = change.change;
  const named = (names: Allowed["names"], text: string) => new RegExp(ownIn(names, type) ?? "").test(text);
  if (!named(allowed.names, address) || (actions.join() !== "update" && !named(allowed.computeNames, nameIn(address))))
    return `action ${actions.join(", then ")}, which ${NAMES[step]} must not do to it`;
  if (isReplacement(change)) {
    const causes = ownIn(allowed.replace, type);
    if (causes === undefined) return `is replaced, which ${NAMES[step]} must not do to it`;
    if (!isCreateBeforeDestroy(change)) return "is destroyed before its successor exists";
    return causes === null ? undefined : excess("is replaced because of", forcedBy(change), causes);
  }
  if (actions.includes("create") && (allowed.create === "any" || allowed.create.includes(type))) return undefined;
  if (actions.includes("delete") && allowed.remove.includes(type)) return undefined;
  const attributes = actions.includes("update") ? ownIn(allowed.update, type) : undefined;
  if (attributes === undefined) return `action ${actions.join(", then ")}, which ${NAMES[step]} must not do to it`;
  return excess("is updated in", changedAttributes(change), attributes);
}

const excess = (what: string, found: readonly string[], allowed: readonly string[]): string | undefined => {
  const others = found.filter((name) => !allowed.includes(name));
  return others.length === 0 ? undefined : `${what} ${others.join(", ")}; allowed: ${allowed.join(", ")}`;
};

const NAMES: Readonly<Record<Step, string>> = {
  first: "a first deployment",
  bump: "an image bump",
  launch: "a change of the machines",
  limits: "a change of capacity limits",
  configuration: "a change of settings and rights",
  fill: "filling an empty slot",
  shift: "a shift of traffic",
  scale: "a change of a slot's size and traffic",
  retire: "retiring an idle slot",
  none: "an unchanged fleet",
};
