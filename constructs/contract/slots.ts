/** Slots: places for one release in a service. Which of two is live is read from the weights, never from the colour. */
import type { Service } from "./spec";

export type Slot = "live" | "blue" | "green";

/** Strategy `replace` has one slot that is always filled; the others have two, each of which may be empty. */
export const slotsOf = ({ strategy }: Pick<Service, "strategy">): readonly Slot[] =>
  strategy === "replace" ? ["live"] : ["blue", "green"];

/** Name of the Terraform variable that holds a slot's release. */
export const variableOf = (slot: Slot): string => (slot === "live" ? "release" : slot);

/** Name of the Terraform variable that holds the weights of two slots. */
export const TRAFFIC_VARIABLE = "traffic";

/** Share of the traffic of each slot, in percent. */
export type Weights = Readonly<Record<Exclude<Slot, "live">, number>>;

/** Share in percent that `machines` take beside `others`, where all stand in one pool. */
export const shareOf = (machines: number, others: number): number => (100 * machines) / (machines + others);

/**
 * Whether a weight says what machines give: Azure's load balancer has no weights, so a canary's share is its share of the
 * machines, to the next whole percent.
 */
export const isShare = (weight: number, machines: number, others: number): boolean =>
  Math.abs(shareOf(machines, others) - weight) <= 0.5;

/**
 * Limits of a slot's fewest machines. A canary with little traffic may have fewer than the service; with all of it, it
 * needs as many.
 */
export const slotCapacity = ({
  strategy,
  capacity: { min, max },
}: Pick<Service, "strategy" | "capacity">): { min: number; max: number } => ({
  min: strategy === "canary" ? 1 : min,
  max,
});

/** Weights that a strategy allows besides being whole numbers that add up to 100: blue/green is all or nothing. */
export const allowedWeight = ({ strategy }: Pick<Service, "strategy">): ((weight: number) => boolean) =>
  strategy === "blueGreen" ? (weight) => weight === 0 || weight === 100 : (weight) => weight >= 0 && weight <= 100;

/** The slot in a resource's name, such as blue_group; a service with one slot may leave it out. */
export const slotIn = (name: string): Slot =>
  (name.split(/[_-]/).find((word) => word === "blue" || word === "green") as Slot | undefined) ?? "live";

/** The name at the end of an address, without its index. */
export const nameIn = (address: string): string => /([^.[\]]+)(\[.*\])?$/s.exec(address)?.[1] ?? "";
