/** What a new group starts with, so that a release under load takes no machines away: one rule for all clouds. */

/**
 * HCL for the machines of a new group: as many as the largest of the service's groups runs, within the slot's limits.
 *
 * @param fewest HCL for the slot's fewest machines, without interpolation marks
 * @param sizes HCL for a list of the sizes that run now; empty when nothing runs
 * @param max most machines of one group
 */
export const startingSize = (fewest: string, sizes: string, max: number): string =>
  `\${min(${max}, max(concat([${fewest}], ${sizes})...))}`;

/** Check that warns of groups which a failed rollout left in the cloud and Terraform does not know. It is no fault of the plan. */
export const LEFTOVERS_CHECK = "leftovers";
