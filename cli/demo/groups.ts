/** What runs after a deployment, and whether it is what was released. */
import type { Listing } from "../../local-cloud/server";

export interface ServingGroup {
  readonly cloud: string;
  readonly name: string;
  readonly image: string;
  readonly size: number;
  readonly healthy: number;
  /** The traffic entry sends to it. */
  readonly traffic: boolean;
}

export const serving = ({ groups, traffic }: Listing): ServingGroup[] =>
  groups
    .map(({ cloud, name, image, size, healthy }) => ({
      cloud,
      name,
      image,
      size,
      healthy,
      traffic: traffic.some(({ group }) => group === name),
    }))
    .sort((a, b) => (a.cloud < b.cloud ? -1 : 1));

/** One sentence for each released image that does not serve, and for each group that should be gone. */
export function missing(groups: readonly ServingGroup[], released: readonly string[]): string[] {
  const serves = (image: string) =>
    groups.some((group) => group.image === image && group.traffic && group.size > 0 && group.healthy === group.size);
  return [
    ...released.filter((image) => !serves(image)).map((image) => `no healthy group takes traffic with image ${image}`),
    ...groups.filter(({ image }) => !released.includes(image)).map(({ name }) => `group ${name} should be gone`),
  ];
}
