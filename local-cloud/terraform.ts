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

/** Where the guard keeps what it refused. */
export const wordsFile = (dir: string): string => join(dir, SHIM_FOLDER, "words");

/**
 * Writes a `terraform` that leaves out `providers lock` and passes everything else on; returns its folder.
 *
 * cdktf runs `providers lock` after init. It asks a registry whatever is attached, so that it cannot work offline. A
 * folder that has a word which `known` has not goes through the guard, which reads it as terraform does: that takes
 * half a second, so that it is done only where it may find something.
 *
 * @param speed what terraform runs, such as a drain gate, sleeps as many times shorter
 */
export function writeShim(dir: string, known: readonly string[], speed?: number): string {
  const folder = join(dir, SHIM_FOLDER);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(dir, "state"), { recursive: true });
  const guard = [process.execPath, require.resolve("tsx/cli"), join(__dirname, "guard/main.ts")];
  const before = speed === undefined ? "" : `PATH=${quoted(writeSleep(folder, speed))}:$PATH\nexport PATH\n`;
  const text = `#!/bin/sh\n${before}${SHIM}`
    .replaceAll("TERRAFORM", quoted(findTerraform(folder) ?? "terraform"))
    .replaceAll("KNOWN", quoted(join(folder, "known")))
    .replaceAll("GUARD", guard.map(quoted).join(" "));
  writeFileSync(wordsFile(dir), "");
  writeFileSync(join(folder, "known"), known.map((word) => `${word}\n`).join(""));
  writeFileSync(join(folder, "terraform"), text, { mode: 0o755 });
  return folder;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A `sleep` of the session's time; returns its folder. */
function writeSleep(shimFolder: string, speed: number): string {
  const folder = join(shimFolder, "sleep");
  mkdirSync(folder, { recursive: true });
  const shorter = `awk -v seconds="$1" 'BEGIN { print seconds / ${speed} }'`;
  const text = `#!/bin/sh\ncase $1 in\n*[!0-9.]* | "") exec /bin/sleep "$@" ;;\nesac\nexec /bin/sleep "$(${shorter})"\n`;
  writeFileSync(join(folder, "sleep"), text, { mode: 0o755 });
  return folder;
}

const SHIM = `words= dir=.
for word in "$@"; do
  case $word in -chdir=*) dir=\${word#-chdir=} ;; -*) ;; *) words="$words $word" ;; esac
done
case $words in " providers lock"*) exit 0 ;; esac

blocks='^[[:space:]]*(resource|data|module|provider)[[:space:]]+"[^"]+"|"(aws|google|azurerm)_[a-z0-9_]+": *[{]'
case $words in " init"*) blocks="$blocks"'|(source|version)[[:space:]]*=[[:space:]]*"[^"]+"|"source": *"[^"]+"' ;; esac
unknown() {
  cd "$dir" 2>/dev/null && grep -shoE "$blocks" *.tf *.tf.json | sed -E 's/": *[{]$/"/; s/^.*"([^"]+)"$/\\1/' | grep -qvxFf KNOWN
}
# Whether the state of a synthesized stack is kept in another folder than the local cloud's.
elsewhere() {
  [ -n "$FLEET_STATE_DIR" ] && [ -f "$dir/cdk.tf.json" ] || return 1
  path=$(sed -n 's/^ *"path": "\\(.*\\)\\/[^/]*[.]tfstate".*/\\1/p' "$dir/cdk.tf.json")
  case $path in /*) ;; *) path=$dir/$path ;; esac
  ! [ "$path" -ef "$FLEET_STATE_DIR" ]
}
case $words in
" init"* | " validate"* | " plan"* | " apply"* | " destroy"* | " refresh"* | " import"*)
  if (unknown) || elsewhere; then exec GUARD TERRAFORM "$@"; fi ;;
esac
exec TERRAFORM "$@"
`;
