/** Which part of a service an object belongs to, read from the plan contract of the plan's own cloud. */
import { CONTRACTS, WAY_IN_NAME, type Attributes, type CloudContract } from "../constructs/contract/cloud-contracts";
import { ownIn } from "../constructs/contract/own";
import { perCloud } from "../constructs/contract/own-cloud";
import { slotIn, type Slot } from "../constructs/contract/slots";
import type { Cloud } from "../constructs/contract/spec";
import { kindOf } from "./read/attributes";
import type { Change } from "./facts";

/** A cloud's contract by kind: Google's global and regional types are one. */
export type Tables = CloudContract & {
  /** The kind that carries the image: the group itself, or its template. */
  readonly image: string;
};

export interface Planes extends Tables {
  readonly isGroup: (change: Pick<Change, "type">) => boolean;
  readonly carriesImage: (change: Pick<Change, "type">) => boolean;
  readonly isCompute: (change: Pick<Change, "type" | "name">) => boolean;
  readonly isEntry: (change: Pick<Change, "type">) => boolean;
  /** What a break-glass release opens. */
  readonly isWayIn: (change: Pick<Change, "type" | "name">) => boolean;
  /** What a break-glass release opened and this plan closes, which may come with any step. */
  readonly closesWayIn: (change: Pick<Change, "type" | "name" | "actions">) => boolean;
  /** What machines read, and may use: it changes without them, under the names that the constructs give it. */
  readonly isConfiguration: (change: Pick<Change, "type" | "key">) => boolean;
  /** What changes in place and never comes or goes. */
  readonly isRight: (change: Pick<Change, "type">) => boolean;
}

const byKind = <T>(table: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(table).map(([type, entry]) => [kindOf(type), entry]));

const IMAGE: Readonly<Record<Cloud, string>> = {
  aws: "aws_launch_template",
  google: "google_compute_instance_template",
  azure: "azurerm_linux_virtual_machine_scale_set",
};

export const TABLES: Readonly<Record<Cloud, Tables>> = perCloud((cloud) => {
  const contract = CONTRACTS[cloud];
  return {
    group: kindOf(contract.group),
    image: IMAGE[cloud],
    compute: byKind(contract.compute),
    computeNames: byKind(contract.computeNames),
    pointers: byKind(contract.pointers),
    followers: byKind(contract.followers),
    entry: [...new Set(contract.entry.map(kindOf))],
    entryPointers: byKind(contract.entryPointers),
    weights: byKind(contract.weights),
    limits: byKind(contract.limits),
    configuration: byKind(contract.configuration),
    rights: byKind(contract.rights),
    configurationNames: byKind(contract.configurationNames),
    wayIn: contract.wayIn.map(kindOf),
  };
});

const NOTHING: Attributes = {};
/** Of a plan without an object of any cloud nothing is known, so that nothing in it is allowed. */
const NONE: Tables = {
  group: "none",
  image: "none",
  compute: NOTHING,
  computeNames: {},
  pointers: NOTHING,
  followers: NOTHING,
  entry: [],
  entryPointers: NOTHING,
  weights: NOTHING,
  limits: NOTHING,
  configuration: NOTHING,
  rights: NOTHING,
  configurationNames: {},
  wayIn: [],
};

function withRules(tables: Tables): Planes {
  const { group, image, compute, computeNames, entry, configuration, rights, configurationNames, wayIn } = tables;
  const isWayIn: Planes["isWayIn"] = ({ type, name }) =>
    wayIn.includes(kindOf(type)) && new RegExp(WAY_IN_NAME).test(name);
  return {
    ...tables,
    isGroup: ({ type }) => kindOf(type) === group,
    carriesImage: ({ type }) => kindOf(type) === image,
    isCompute: ({ type, name }) =>
      Object.hasOwn(compute, kindOf(type)) && new RegExp(ownIn(computeNames, kindOf(type)) ?? "").test(name),
    isEntry: ({ type }) => entry.includes(kindOf(type)),
    isWayIn,
    closesWayIn: (change) => change.actions.join() === "delete" && isWayIn(change),
    isConfiguration: ({ type, key }) =>
      [configuration, rights].some((table) => Object.hasOwn(table, kindOf(type))) &&
      new RegExp(ownIn(configurationNames, kindOf(type)) ?? "").test(key),
    isRight: ({ type }) => Object.hasOwn(rights, kindOf(type)),
  };
}

const PLANES = perCloud((cloud) => withRules(TABLES[cloud]));
const NO_PLANES = withRules(NONE);

export const planesOf = (cloud: Cloud | undefined): Planes => (cloud === undefined ? NO_PLANES : PLANES[cloud]);

export const slotOf = ({ name }: Pick<Change, "name">): Slot => slotIn(name);
