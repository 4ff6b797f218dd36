/** As much of a fleet as it takes to show what it does: of two regions of a cloud, the second does what the first does. */

interface Cuttable {
  readonly placements: readonly { readonly cloud: string }[];
}

/** The last environment, which every version reaches in the end, with the first placement of each cloud. */
export function oneOfEach<E extends Cuttable>({ environments }: { readonly environments: readonly E[] }): E {
  const environment = environments.at(-1)!;
  const clouds = environment.placements.map(({ cloud }) => cloud);
  const placements = environment.placements.filter(({ cloud }, index) => clouds.indexOf(cloud) === index);
  return { ...environment, placements };
}
