/** What is in a version, for the commands that compare it or hold something against it. */
import { readFileSync } from "node:fs";
import { jsonIn } from "../../constructs/contract/json-text";
import type { ImageRecord } from "../../images/catalog";
import { named, refuse } from "../../images/refuse";
import { readSbom, type Packages } from "../../images/sbom";
import { sha256, storedPackages } from "../../images/sbom-store";
import type { Input } from "./command";

/** Packages of a version: from a file that is the one that was ingested, or as the catalog keeps them. */
export function packagesOf(input: Input, record: ImageRecord, flag: string): Packages | undefined {
  const file = input.text(flag);
  if (file === undefined) {
    const stored = storedPackages(input.folder, record);
    if (stored?.problem) refuse(stored.problem.path, stored.problem.message);
    return stored?.packages;
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return refuse(file, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (record.build.sbom?.sha256 !== sha256(bytes))
    refuse(
      `--${flag}`,
      `must be the bill of materials of ${named(record.image, record.version)}: the SHA-256 of ${file} is not the record's`,
    );
  return readSbom(jsonIn(bytes), file).packages;
}
