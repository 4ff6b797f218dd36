/** The content of a Packer template as one number, so that a record says exactly what it was built from. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, realpathSync, statSync, type Dirent } from "node:fs";
import { join, sep } from "node:path";
import { refuse } from "./refuse";

/** Files that a build writes or that hold the values of one build. */
const LEFT_OUT = /(\.pkrvars\.(hcl|json)|packer-manifest\.json|\.cdx\.json|\.tap|\.lock)$/;

/** Scripts that all templates use; they decide what an image is as much as its own do. */
const SHARED = "../shared";

/** Hash over names and bytes of every file of a template and of the scripts that templates share; a link counts as what it points to. */
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

/** Packer copies what a link points to: https://developer.hashicorp.com/packer/docs/provisioners/file#symbolic-link-uploads */
function filesBelow(folder: string): string[] {
  return [...below(folder, "", [])].sort();
}

function* below(folder: string, at: string, above: readonly string[]): Generator<string> {
  const whole = join(folder, at);
  let entries: Dirent[];
  let real: string;
  try {
    entries = readdirSync(whole, { withFileTypes: true });
    real = realpathSync(whole);
  } catch {
    return refuse(whole, "is not a folder that can be read; name the template with --template");
  }
  if (above.includes(real))
    refuse(whole, `is a link into a folder that holds it, ${real}; take it out of the template`);
  for (const entry of entries) {
    const name = join(at, entry.name);
    const kind = entry.isSymbolicLink() ? pointedTo(join(folder, name)) : entry;
    if (kind.isDirectory()) yield* below(folder, name, [...above, real]);
    else if (kind.isFile()) yield name;
  }
}

function pointedTo(link: string) {
  try {
    return statSync(link);
  } catch {
    return refuse(link, "is a link to nothing, and is part of the template: mend it or take it out");
  }
}
