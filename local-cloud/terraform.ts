/** The real terraform: where it is, whether it will do, and the shim that stands before it. */
import { execFile } from "node:child_process";
import { accessSync, constants, mkdirSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const WANTED = "1.11 or newer, below 2";
const INSTALL = "Install it from https://developer.hashicorp.com/terraform/install and put it on PATH.";

/** The path of terraform on PATH, leaving out the given folder. */
export function findTerraform(except = "", path = process.env.PATH ?? ""): string | undefined {
  const candidates = path
    .split(delimiter)
    .filter((folder) => folder !== "" && folder !== except && !folder.endsWith(SHIM_FOLDER))
    .map((folder) => join(folder, "terraform"));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** What is wrong with the terraform on PATH, and what to do; undefined when it will do. */
export async function checkTerraform(): Promise<string | undefined> {
  const file = findTerraform();
  if (!file) return `terraform is not on PATH; version ${WANTED}, is needed. ${INSTALL}`;
  try {
    const env = { ...process.env, CHECKPOINT_DISABLE: "1" };
    const { stdout } = await promisify(execFile)(file, ["version", "-json"], { env });
    const version = String((JSON.parse(stdout) as { terraform_version: string }).terraform_version);
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major === 1 && minor >= 11) return undefined;
    return `${file} is terraform ${version}; version ${WANTED}, is needed. ${INSTALL}`;
  } catch (error) {
    return `${file} does not say its version: ${(error as Error).message.split("\n")[0]}. ${INSTALL}`;
  }
}

const SHIM_FOLDER = "terraform-shim";

/**
 * Writes a `terraform` that leaves out `providers lock` and passes everything else on; returns its folder.
 *
 * cdktf runs `providers lock` after init. It asks a registry whatever is attached, so that it cannot work offline.
 */
export function writeShim(dir: string): string {
  const folder = join(dir, SHIM_FOLDER);
  mkdirSync(folder, { recursive: true });
  const real = findTerraform(folder) ?? "terraform";
  const quoted = `'${real.replaceAll("'", "'\\''")}'`;
  const text = `#!/bin/sh
words=
for word in "$@"; do case $word in -*) ;; *) words="$words $word" ;; esac; done
case $words in " providers lock"*) exit 0 ;; esac
exec ${quoted} "$@"
`;
  writeFileSync(join(folder, "terraform"), text, { mode: 0o755 });
  return folder;
}
