/** Which part of a service an object belongs to, read from the plan contract. */
import { CONTRACTS, WAY_IN_NAME } from "../constructs/contract/plan-contract";
import { CLOUDS, type Cloud } from "../constructs/contract/spec";
import { kindOf } from "./read/attributes";
import type { Change } from "./facts";

type Attributes = Readonly<Record<string, readonly string[]>>;

/** What the contract says, by kind, for all clouds at once: provider types tell the cloud. */
interface Planes {
  readonly group: Readonly<Record<string, Cloud>>;
  readonly compute: Attributes;
  readonly pointers: Attributes;
  readonly entry: readonly string[];
  readonly entryPointers: Attributes;
  readonly weights: Attributes;
  readonly limits: Attributes;
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

/** The slot in a resource's name; a service with one slot may leave it out. */
export const slotOf = ({ name }: Pick<Change, "name">): string =>
  name.split(/[_-]/).find((word) => word === "blue" || word === "green") ?? "live";
