/** Bills of materials that the catalog keeps itself: images/catalog/<image>/sboms/<version>.json, byte for byte as the build left them. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../constructs/contract/problem";
import type { ImageRecord } from "./catalog";
import { allRecords, type Catalog } from "./load";
import { readSbom, type Packages } from "./sbom";

/** A list of packages has a tenth of this; a list of every file belongs into a store of its own. */
export const MOST_BYTES = 5 << 20;

/** How a record names a bill of materials that lies beside it. */
export const storedUri = (version: string): string => `sboms/${version}.json`;

export const sbomFile = (folder: string, { image, version }: Pick<ImageRecord, "image" | "version">): string =>
  join(folder, image, storedUri(version));

export const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** What is kept of a version, or why there is nothing to read; undefined where the record names no bill, or one elsewhere. */
export function storedPackages(
  folder: string,
  record: ImageRecord,
):
  | { readonly packages: Packages; readonly problem?: undefined }
  | { readonly packages?: undefined; readonly problem: Problem }
  | undefined {
  const { sbom } = record.build;
  if (sbom?.uri !== storedUri(record.version)) return undefined;
  const file = sbomFile(folder, record);
  const wrong = (message: string) => ({ problem: { path: file, message } });
  try {
    if (statSync(file).size > MOST_BYTES) return wrong(`is larger than ${MOST_BYTES >> 20} MB, which nobody ingested`);
    const bytes = readFileSync(file);
    if (sha256(bytes) !== sbom.sha256) return wrong("is not what was ingested: its SHA-256 differs from the record's");
    return { packages: readSbom(bytes.toString("utf8"), file).packages };
  } catch (error) {
    return wrong(`cannot be read: ${(error as Error).message}`);
  }
}

/** Bills of materials that are missing or not those that were ingested. */
export const sbomProblems = (catalog: Catalog): Problem[] =>
  allRecords(catalog).flatMap((record) => storedPackages(catalog.folder, record)?.problem ?? []);
