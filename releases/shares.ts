/**
 * Shares of the traffic where only machines can give them: Azure's load balancer has no weights, so two slots stand in one
 * pool, and the new one's share is its share of the machines.
 */
import { placementsOf } from "../constructs/contract/names";
import { isShare, shareOf } from "../constructs/contract/slots";
import type { Environment, Service } from "../constructs/contract/spec";
import { refuse } from "../images/refuse";

/** Whether the weights of a service must be shares of its machines. */
export const sharesByMachines = (environment: Environment, service: Service): boolean =>
  service.strategy === "canary" && placementsOf(environment, service).some(({ cloud }) => cloud === "azure");

/** Shares in whole percent that up to `most` machines can have beside `others`, rising. */
export const possibleShares = (others: number, most: number): number[] => {
  const shares = Array.from({ length: most }, (_, index) => Math.round(shareOf(index + 1, others)));
  return [...new Set(shares)].filter((share) => share > 0 && share < 100);
};

/**
 * Machines that have a share beside `others`.
 * @throws InvalidInputError that names the nearest shares there are
 */
export function machinesFor(weight: number, others: number, most: number): number {
  const wanted = Math.min(most, Math.max(1, Math.round((others * weight) / (100 - weight))));
  if (isShare(weight, wanted, others)) return wanted;
  const possible = possibleShares(others, most);
  const near = [possible.filter((share) => share < weight).at(-1), possible.find((share) => share > weight)];
  return refuse(
    `weight ${weight}`,
    `cannot be had on Azure, where machines give the share: 1 to ${most} machines beside the ${others} of the live slot; ` +
      `use ${near.filter((share) => share !== undefined).join(" or ")} in rollout.steps, or change the service's capacity`,
  );
}

/** The least share that machines can give and that is no less than `weight`; the greatest there is when none is. */
export function nearestShare(weight: number, others: number, most: number): number {
  const possible = possibleShares(others, most);
  return possible.find((share) => share >= weight) ?? possible.at(-1)!;
}
