/** Images as the catalog knows them: from an id in a plan back to a version and where it comes from. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { findImage, type ImageRecord } from "../images/catalog";
import { listNames } from "../images/json-file";
import type { Packages } from "../images/sbom";
import { storedPackages } from "../images/sbom-store";
import { canonical } from "../constructs/contract/meaning";

/** Finds the record of an image id; undefined when the catalog does not hold it. */
export type Catalog = ((id: string) => ImageRecord | undefined) & {
  /** What is in an image, where the catalog keeps its bill of materials. */
  readonly packages?: (record: ImageRecord) => Packages | undefined;
};

/** A catalog folder, read once. Records that are not whole are left out: the catalog's own lint names them. */
export function openCatalog(folder: string): Catalog {
  const records = new Map<string, ImageRecord>();
  for (const image of folders(folder))
    for (const version of listNames(join(folder, image), ".json")) {
      const found = findImage(folder, image, version, "the catalog");
      for (const { id } of found.value?.artifacts ?? []) records.set(canonical(id), found.value!);
    }
  return Object.assign((id: string) => records.get(canonical(id)), {
    packages: (record: ImageRecord) => storedPackages(folder, record)?.packages,
  });
}

function folders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Whole days from an instant to another. */
export const daysBetween = (from: string, to: Date): number =>
  Math.floor((to.getTime() - new Date(from).getTime()) / 86_400_000);

/** Below 0 when `a` is the older version, above 0 when it is the newer one. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number));
  return [0, 1, 2].map((part) => (x?.[part] ?? 0) - (y?.[part] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
