/**
 * Planes held apart: what keeps data stands in a stack of its own, protected twice, and never in a stack that a release
 * changes. Judged on what was synthesized, so that it holds however a construct came to it.
 */
import type { Placement } from "./spec";
import type { Problem } from "./problem";
import { ownIn } from "./own";

export type Plane = "foundation" | "persistent" | "service";

/** Types that keep data, with the attribute by which the cloud itself refuses to delete them; null where there is none. */
export const PERSISTENT_TYPES: Readonly<Record<string, string | null>> = {
  aws_db_instance: "deletion_protection",
  aws_rds_cluster: "deletion_protection",
  aws_dynamodb_table: "deletion_protection_enabled",
  aws_s3_bucket: null,
  aws_efs_file_system: null,
  aws_ebs_volume: null,
  google_sql_database_instance: "deletion_protection",
  google_sql_database: null,
  google_firestore_database: null,
  google_storage_bucket: null,
  google_filestore_instance: "deletion_protection_enabled",
  google_compute_disk: null,
  google_compute_region_disk: null,
  azurerm_postgresql_flexible_server: null,
  azurerm_storage_container: null,
  azurerm_storage_share: null,
  azurerm_managed_disk: null,
};

/** Lifecycle of a network: Terraform does not take it away from under a protected store. */
export const networkLifecycle = ({ persistent }: Pick<Placement, "persistent">) =>
  persistent?.protected ? { lifecycle: { preventDestroy: true } } : {};

/** A resource as it was synthesized. */
export interface SynthesizedResource {
  readonly type: string;
  readonly name: string;
  readonly block: {
    readonly lifecycle?: { readonly prevent_destroy?: boolean };
    readonly [attribute: string]: unknown;
  };
}

const keepsData = (type: string): boolean => Object.hasOwn(PERSISTENT_TYPES, type);

/**
 * What breaks the separation; empty when it holds.
 *
 * @param isProtected false while a persistent stack is being taken down on purpose
 */
export function planeProblems(
  plane: Plane,
  stack: string,
  resources: readonly SynthesizedResource[],
  isProtected: boolean,
): Problem[] {
  return resources
    .filter(({ type }) => keepsData(type))
    .flatMap(({ type, name, block }) => {
      const path = `${stack} ${type}.${name}`;
      if (plane !== "persistent")
        return [
          { path, message: `keeps data and must not stand in a ${plane} stack; declare it in the persistent stack` },
        ];
      if (!isProtected) return [];
      const guard = ownIn(PERSISTENT_TYPES, type);
      const missing = [
        ...(block.lifecycle?.prevent_destroy === true ? [] : ["lifecycle.prevent_destroy"]),
        ...(typeof guard !== "string" || block[guard] === true ? [] : [guard]),
      ];
      return missing.map((what) => ({ path, message: `keeps data and must have ${what} = true` }));
    });
}
