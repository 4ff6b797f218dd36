/** What a cloud refuses although the fleet's form is right, as rows: found here rather than in the middle of an apply. */
import { machineType } from "./machine";
import { placementId, placementsOf } from "./names";
import type { Problem } from "./problem";
import type { Cloud, Fleet, Placement, Service } from "./spec";

/** A service's machines on one cloud. */
export interface Machines {
  readonly cloud: Cloud;
  readonly service: Service;
  readonly type: string;
  readonly placements: readonly Placement[];
}

/** A limit with the vendor's page in its message or beside it; a row refuses nothing that such a page does not. */
interface Limit<T> {
  readonly clouds: readonly Cloud[];
  /** Prop below the placement or the service. */
  readonly path: (of: T) => string;
  /** What is wrong and what to do; undefined where nothing is. */
  readonly wrong: (of: T) => string | undefined;
}
export type PlacementLimit = Limit<Placement>;
export type MachineLimit = Limit<Machines>;

const brokenBy = <T extends { readonly cloud: Cloud }>(rows: readonly Limit<T>[], of: T, at: string): Problem[] =>
  rows
    .filter(({ clouds }) => clouds.includes(of.cloud))
    .flatMap(({ path, wrong }) => {
      const message = wrong(of);
      return message === undefined ? [] : [{ path: `${at} ${path(of)}`, message }];
    });

export const placementProblems = ({ environments }: Fleet, rows: readonly PlacementLimit[]): Problem[] =>
  environments.flatMap((environment) =>
    environment.placements.flatMap((placement) =>
      brokenBy(rows, placement, `${environment.name}/${placementId(placement)}`),
    ),
  );

export const machineProblems = ({ environments }: Fleet, rows: readonly MachineLimit[]): Problem[] =>
  environments.flatMap((environment) =>
    environment.services.flatMap((service) => {
      const all = placementsOf(environment, service);
      return [...new Set(all.map(({ cloud }) => cloud))].flatMap((cloud) => {
        const placements = all.filter((placement) => placement.cloud === cloud);
        const machines = { cloud, service, type: machineType(cloud, service), placements };
        return brokenBy(rows, machines, `${environment.name}/${service.name}`);
      });
    }),
  );
