/** One stack under review: its facts, with what follows from them. Everything here is pure. */
import { sameMeaning } from "../constructs/contract/meaning";
import type { Layer } from "../constructs/contract/addresses";
import type { Step } from "../constructs/contract/plan-contract";
import type { Change, PlanFacts, Release } from "./facts";
import { strangersIn } from "../constructs/contract/strangers";
import { CLOUDS } from "../constructs/contract/spec";
import { countClouds, mostly } from "../constructs/contract/own-cloud";
import { planesOf, slotOf, type Planes } from "./planes";
import { kindOf, type Target } from "./read/attributes";
import type { Configuration } from "./read/configuration";
import { ownIn } from "../constructs/contract/own";

export interface Subject {
  readonly facts: PlanFacts;
  readonly configuration?: Configuration;
  /** What the contract of the stack's cloud says of its objects. */
  readonly planes: Planes;
  /** Managed objects that something happens to, without left-overs. */
  readonly changes: readonly Change[];
  readonly leftOvers: readonly Change[];
  /** Objects of the compute plane by slot, changed or not, without left-overs. */
  readonly slots: ReadonlyMap<string, Slot>;
  /** Share of each slot in percent, where the plan says it. */
  readonly weights: { readonly before?: Weights; readonly after?: Weights };
  /** What the stack is; undefined where others named its objects, or where it is none of this project's. */
  readonly layer: Layer | undefined;
  /** Whether it is a stack of this project: only such a one can be judged. */
  readonly isOurs: boolean;
  /** Whether an object is none that this project makes. */
  readonly isStranger: (change: Change) => boolean;
  /** The step that the plan takes, as far as its changes tell; "mixed" for several at once. */
  readonly step: Step | "mixed";
}
export type Weights = Readonly<Record<string, number>>;

export interface Slot {
  readonly name: string;
  readonly planes: Planes;
  /** The object that holds the machines; undefined where the plan does not mention one. */
  readonly group?: Change;
  /** The object that names the image. */
  readonly template?: Change;
  readonly members: readonly Change[];
  /** What the release variables say; null for an empty slot, undefined where the plan has no variables. */
  readonly release?: Release | null;
}

const MANAGED_IDLE = ["no-op", "read"];
export const happens = ({ actions }: Change): boolean => actions.some((action) => !MANAGED_IDLE.includes(action));
export const isReplaced = ({ actions }: Change): boolean => actions.includes("create") && actions.includes("delete");
export const isNewFirst = ({ actions }: Change): boolean => actions.join() === "create,delete";
export const isOnly = ({ actions }: Change, action: string): boolean => actions.join() === action;

/** The resource block that an object comes from. */
export const blockOf = (subject: Pick<Subject, "configuration">, { inModule, mode, type, name }: Change) =>
  inModule ? undefined : subject.configuration?.blocks.get(`${mode === "data" ? "data." : ""}${type}.${name}`);

export function subjectOf(facts: PlanFacts, configuration?: Configuration): Subject {
  const managed = facts.changes.filter(({ mode }) => mode === "managed");
  const present = managed.filter(({ deposed }) => deposed === undefined);
  const changes = present.filter(happens);
  const cloud = facts.cloud ?? mostly(countClouds(present.map(({ type }) => type)));
  const planes = planesOf(cloud);
  const slots = slotsOf(planes, present, facts);
  const hasRelease = Object.keys(facts.releases).length > 0;
  const hasGroup = present.some(planes.isGroup);
  const layer = facts.layer ?? namedLayer(configuration?.stack) ?? (hasRelease && !hasGroup ? "service" : undefined);
  const memberOf = ({ type, key, actions, isOwnText }: Change) => ({ type, address: key, actions, isOwnText });
  const isStranger = strangersIn(cloud, present.map(memberOf), layer);
  return {
    facts,
    ...(configuration ? { configuration } : {}),
    planes,
    changes,
    leftOvers: managed.filter(({ deposed }) => deposed !== undefined),
    slots,
    weights: weightsOf(planes, present, facts),
    layer,
    isOurs: layer !== undefined || hasRelease || hasGroup,
    isStranger: (change) => isStranger(memberOf(change)),
    step: stepOf(
      planes,
      changes.filter((change) => !planes.closesWayIn(change)),
      present,
      facts,
    ),
  };
}

/** Stack names read `<env>-<service or layer>-<cloud>-<region>`. */
const namedLayer = (stack: string | undefined): Layer | undefined => {
  const [, word] = new RegExp(`^[^-]+-(.+)-(?:${CLOUDS.join("|")})-.+$`).exec(stack ?? "") ?? [];
  return word === undefined ? undefined : word === "foundation" || word === "persistent" ? word : "service";
};

function slotsOf(planes: Planes, present: readonly Change[], facts: PlanFacts): Map<string, Slot> {
  const members = present.filter(planes.isCompute);
  const names = new Set([...members.map(slotOf), ...Object.keys(facts.releases)]);
  return new Map(
    [...names].sort().map((name) => {
      const own = members.filter((change) => slotOf(change) === name);
      const group = own.find(planes.isGroup);
      const template = own.find(planes.carriesImage);
      const release = facts.releases[name];
      return [
        name,
        {
          name,
          planes,
          members: own,
          ...(group ? { group } : {}),
          ...(template ? { template } : {}),
          ...(release === undefined ? {} : { release }),
        },
      ];
    }),
  );
}

/** Weights of two slots, before and after, from the traffic entry; what the variables say wins for after. */
function weightsOf(planes: Planes, present: readonly Change[], facts: PlanFacts): Subject["weights"] {
  const entries = present.filter(
    ({ type, name }) => Object.hasOwn(planes.weights, kindOf(type)) && !name.includes("preview"),
  );
  const slotOfTarget = (to: string) =>
    present
      .map((change) => ({ change, id: change.before.id ?? change.after.id }))
      .find(({ id }) => id !== undefined && sameTarget(id, to))?.change;
  const read = (side: "before" | "after"): Weights | undefined => {
    const targets = entries.map((entry) => entry[side].targets as readonly Target[] | undefined).find(Boolean);
    if (!targets) return undefined;
    const found: Record<string, number> = {};
    for (const { to, weight } of targets) {
      const change = slotOfTarget(to);
      const slot = change ? slotOf(change) : (/(?<![a-z])(blue|green)(?![a-z])/.exec(to)?.[1] ?? "live");
      found[slot] = (found[slot] ?? 0) + weight;
    }
    return found;
  };
  const after = facts.weights ?? read("after");
  const before =
    read("before") ?? (entries.length > 0 && entries.every((entry) => !happens(entry)) ? after : undefined);
  return { ...(before ? { before } : {}), ...(after ? { after } : {}) };
}

const sameTarget = (id: string, to: string) => sameMeaning(id, to) || to.endsWith(`/${id}`) || id.endsWith(`/${to}`);

/** What one changed object suggests that the plan is about. */
function hintOf(planes: Planes, change: Change, movesMachines: boolean): Step | "other" {
  const kind = kindOf(change.type);
  const { isCompute, isEntry, isConfiguration, isRight, configuration, rights, limits, weights } = planes;
  const within = (attributes: readonly string[] | undefined) =>
    attributes !== undefined && topLevel(change).every((name) => attributes.includes(name));
  if (isReplaced(change) && isCompute(change)) return "bump";
  if (isReplaced(change) && isEntry(change) && (movesMachines || !isConfiguration(change))) return "launch";
  if (isConfiguration(change))
    return isOnly(change, "update")
      ? within(ownIn(configuration, kind) ?? ownIn(rights, kind))
        ? "configuration"
        : "other"
      : isRight(change)
        ? "other"
        : "configuration";
  if (isOnly(change, "create")) return isCompute(change) ? "fill" : "other";
  if (isOnly(change, "delete")) return isCompute(change) ? "retire" : "other";
  if (!isOnly(change, "update")) return "other";
  if (within(ownIn(limits, kind))) return "limits";
  if (within(ownIn(weights, kind))) return "shift";
  return "other";
}

/** Top-level attributes that an update changes. */
export const topLevel = ({ changed, unknown }: Change): string[] => [
  ...new Set([...changed.map((path) => path.split(".")[0]!), ...unknown]),
];

/** A pointer moves with its group; alone it is nothing. */
const isPointer = ({ pointers, entryPointers }: Planes, change: Change) =>
  isOnly(change, "update") && [pointers, entryPointers].some((table) => Object.hasOwn(table, kindOf(change.type)));

/** Whether a part of the machines that traffic goes through is replaced, so that what leads to it moves. */
export const movesEntry = ({ isCompute, pointers }: Planes, changes: readonly Change[]): boolean =>
  changes.some((change) => isCompute(change) && isReplaced(change) && Object.hasOwn(pointers, kindOf(change.type)));

const isFollower = ({ followers }: Planes, change: Change) =>
  isOnly(change, "update") && topLevel(change).every((name) => ownIn(followers, kindOf(change.type))?.includes(name));

function stepOf(planes: Planes, all: readonly Change[], present: readonly Change[], facts: PlanFacts): Subject["step"] {
  if (all.length === 0) return "none";
  // Nothing of the stack exists: neither does its state hold anything, nor does the plan leave anything as it is.
  if (present.every((change) => isOnly(change, "create")) && facts.untouched === 0 && facts.managed === 0)
    return "first";
  const changes = movesEntry(planes, all) ? all.filter((change) => !isFollower(planes, change)) : all;
  const movesMachines = changes.some((change) => planes.isGroup(change) && isReplaced(change));
  const hint = (change: Change) => hintOf(planes, change, movesMachines);
  const hints = new Set(changes.filter((change) => !isPointer(planes, change)).map(hint));
  const pointers = new Set(changes.filter((change) => isPointer(planes, change)).map(hint));
  if (hints.size === 0) return pointers.size === 1 && pointers.has("shift") ? "shift" : "mixed";
  if (pointers.has("shift") && !hints.has("launch")) hints.add("shift");
  if (hints.has("launch") && hints.has("bump")) hints.delete("bump");
  if (hints.size === 2 && hints.has("limits") && hints.has("shift")) return "scale";
  const [only] = hints;
  return hints.size === 1 && only !== undefined && only !== "other" ? only : "mixed";
}
