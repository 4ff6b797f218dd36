/** Which part of a service an object belongs to, read from the plan contract. */
import { CONTRACTS, WAY_IN_NAME } from "../constructs/contract/plan-contract";
import { slotIn, type Slot } from "../constructs/contract/slots";
import { CLOUDS, type Cloud } from "../constructs/contract/spec";
import { kindOf } from "./read/attributes";
import type { Change } from "./facts";
import { ownIn } from "../constructs/contract/own";

export type Attributes = Readonly<Record<string, readonly string[]>>;

/** What the contract says, by kind, for all clouds at once: provider types tell the cloud. */
interface Planes {
  readonly group: Readonly<Record<string, Cloud>>;
  readonly compute: Attributes;
  readonly pointers: Attributes;
  readonly entry: readonly string[];
  readonly entryPointers: Attributes;
  readonly weights: Attributes;
  readonly limits: Attributes;
  /** What comes and goes with settings and rights, and the attributes that change in place. */
  readonly configuration: Attributes;
  readonly rights: Attributes;
  /** Patterns for the addresses of some of these. */
  readonly configurationNames: Readonly<Record<string, string>>;
  readonly wayIn: readonly string[];
}

const byKind = (pick: (cloud: Cloud) => Attributes): Attributes =>
  Object.fromEntries(
    CLOUDS.flatMap((cloud) => Object.entries(pick(cloud)).map(([type, names]) => [kindOf(type), names] as const)),
  );

export const PLANES: Planes = {
  group: Object.fromEntries(CLOUDS.map((cloud) => [kindOf(CONTRACTS[cloud].group), cloud])),
  compute: byKind((cloud) => CONTRACTS[cloud].compute),
  pointers: byKind((cloud) => CONTRACTS[cloud].pointers),
  entry: CLOUDS.flatMap((cloud) => CONTRACTS[cloud].entry.map(kindOf)),
  entryPointers: byKind((cloud) => CONTRACTS[cloud].entryPointers),
  weights: byKind((cloud) => CONTRACTS[cloud].weights),
  limits: byKind((cloud) => CONTRACTS[cloud].limits),
  configuration: byKind((cloud) => CONTRACTS[cloud].configuration),
  rights: byKind((cloud) => CONTRACTS[cloud].rights),
  configurationNames: Object.fromEntries(
    CLOUDS.flatMap((cloud) =>
      Object.entries(CONTRACTS[cloud].configurationNames).map(([type, names]) => [kindOf(type), names] as const),
    ),
  ),
  wayIn: CLOUDS.flatMap((cloud) => CONTRACTS[cloud].wayIn.map(kindOf)),
};

/** The kind that carries the image, where that is not the group itself. */
const TEMPLATES: readonly string[] = ["aws_launch_template", "google_compute_instance_template"];

const PREFIXES: Readonly<Record<string, Cloud>> = { aws_: "aws", google_: "google", azurerm_: "azure" };

export const cloudOf = (type: string): Cloud | undefined =>
  Object.entries(PREFIXES).find(([prefix]) => type.startsWith(prefix))?.[1];

export const isGroup = ({ type }: Pick<Change, "type">): boolean => Object.hasOwn(PLANES.group, kindOf(type));
export const carriesImage = ({ type }: Pick<Change, "type">): boolean =>
  TEMPLATES.includes(kindOf(type)) || kindOf(type) === "azurerm_linux_virtual_machine_scale_set";

/** terraform_data is a part of a group only by its name: others use it for anything. */
export const isCompute = ({ type, name }: Pick<Change, "type" | "name">): boolean =>
  Object.hasOwn(PLANES.compute, kindOf(type)) && (type !== "terraform_data" || /(^|_)drain$/.test(name));
export const isEntry = ({ type }: Pick<Change, "type">): boolean => PLANES.entry.includes(kindOf(type));

/** What a break-glass release opens. */
export const isWayIn = ({ type, name }: Pick<Change, "type" | "name">): boolean =>
  PLANES.wayIn.includes(kindOf(type)) && new RegExp(WAY_IN_NAME).test(name);

/** What a break-glass release opened and this plan closes, which may come with any step. */
export const closesWayIn = (change: Pick<Change, "type" | "name" | "actions">): boolean =>
  change.actions.join() === "delete" && isWayIn(change);

/** What machines read, and may use: it changes without them, under the names that the constructs give it. */
export const isConfiguration = ({ type, key }: Pick<Change, "type" | "key">): boolean =>
  [PLANES.configuration, PLANES.rights].some((table) => Object.hasOwn(table, kindOf(type))) &&
  new RegExp(ownIn(PLANES.configurationNames, kindOf(type)) ?? "").test(key);

/** What changes in place and never comes or goes. */
export const isRight = ({ type }: Pick<Change, "type">): boolean => Object.hasOwn(PLANES.rights, kindOf(type));

export const slotOf = ({ name }: Pick<Change, "name">): Slot => slotIn(name);
