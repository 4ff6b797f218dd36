/** The content of a Packer template as one number, so that a record says exactly what it was built from. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { refuse } from "./refuse";

/** Files that a build writes or that hold the values of one build. */
const LEFT_OUT = /(\.pkrvars\.(hcl|json)|packer-manifest\.json|\.cdx\.json|\.tap|\.lock)$/;

/** Scripts that all templates use; they decide what an image is as much as its own do. */
const SHARED = "../shared";

/** Hash over names and bytes of every file of a template and of the scripts that templates share. */
export function templateSha256(folder: string): string {
  const hash = createHash("sha256");
  const shared = join(folder, SHARED);
  for (const part of [folder, ...(existsSync(shared) ? [shared] : [])])
    for (const name of filesBelow(part).filter((file) => !LEFT_OUT.test(file))) {
      const bytes = bytesOf(join(part, name));
      hash.update(`${name.replaceAll(sep, "/")}\0${bytes.length}\0`).update(bytes);
    }
  return hash.digest("hex");
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    return refuse(file, `cannot be read, and is part of the template: ${(error as Error).message}`);
  }
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort();
  } catch {
    return refuse(folder, "is not a folder that can be read; name the template with --template");
  }
}
