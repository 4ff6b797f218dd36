/** The stacks as files to commit, for workspaces that are fed from a repository. */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { canonicalJson } from "../constructs/contract/names";
import { filesOf, LOCK_FILE } from "./archive";
import { lockProblems, makeLock, requiredBy, type Mirror } from "./lock";
import type { Stack } from "./stacks";

/** Files by path below the folder, with slashes. */
export type Files = ReadonlyMap<string, Buffer>;

/** What the folder must hold, without the lock files: terraform keeps those. */
export function exported(stacks: readonly Stack[]): Files {
  return new Map(
    stacks.flatMap(({ name, folder }) =>
      filesOf(folder)
        .filter(({ path }) => path !== LOCK_FILE)
        .map(({ path, bytes }) => [`${name}/${path}`, bytes] as const),
    ),
  );
}

const isLock = (path: string): boolean => path.endsWith(`/${LOCK_FILE}`);
const lockOf = (out: string, { name }: Stack): string => join(out, name, LOCK_FILE);
const textIf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

function filesBelow(out: string): string[] {
  if (!existsSync(out)) return [];
  return readdirSync(out, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(out, path)).isFile())
    .map((path) => path.split(sep).join("/"))
    .sort();
}

/** What is not as it must be, one sentence a file; empty when the folder is up to date. */
export function staleness(out: string, stacks: readonly Stack[], withLock: boolean): string[] {
  const wanted = exported(stacks);
  const found = filesBelow(out);
  const folders = new Set(found.filter((path) => path.endsWith("/cdk.tf.json")).map((path) => path.split("/")[0]));
  const isOurs = (path: string) => folders.has(path.split("/")[0]) && !(withLock && isLock(path));
  return [
    ...[...wanted].flatMap(([path, bytes]) => {
      if (!found.includes(path)) return [`${path} is missing`];
      return readFileSync(join(out, path)).equals(bytes) ? [] : [`${path} differs`];
    }),
    ...found.filter((path) => isOurs(path) && !wanted.has(path)).map((path) => `${path} should not be there`),
    ...(withLock ? stacks : []).flatMap((stack) => {
      const file = lockOf(out, stack);
      const path = `${stack.name}/${LOCK_FILE}`;
      if (!existsSync(file)) return [`${path} is missing`];
      return lockProblems(textIf(file), requiredBy(stack.folder)).map((problem) => `${path} ${problem}`);
    }),
  ].sort();
}

/**
 * Lock files by stack: those that hold are kept, others are made, once for all stacks with the same providers.
 * @throws HcpError when one cannot be made
 */
export async function locks(
  out: string,
  stacks: readonly Stack[],
  mirror: Mirror,
): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  const found = new Map<string, string>();
  for (const stack of stacks) {
    const required = requiredBy(stack.folder);
    const key = canonicalJson(required);
    const own = textIf(lockOf(out, stack));
    if (own !== "" && lockProblems(own, required).length === 0) made.set(key, made.get(key) ?? own);
    else if (!made.has(key)) made.set(key, await makeLock(required, mirror));
    found.set(stack.name, made.get(key)!);
  }
  return found;
}

/** Writes every stack's folder whole, and takes away those of stacks that are gone. */
export function writeExport(out: string, stacks: readonly Stack[], lockFiles: ReadonlyMap<string, string>): void {
  const wanted = exported(stacks);
  const names = stacks.map(({ name }) => name);
  mkdirSync(out, { recursive: true });
  for (const name of names) {
    const draft = join(out, `.${name}.${process.pid}.tmp`);
    rmSync(draft, { recursive: true, force: true });
    const lock = lockFiles.get(name);
    const files = [...wanted]
      .filter(([path]) => path.startsWith(`${name}/`))
      .map(([path, bytes]) => [path.slice(name.length + 1), bytes] as const);
    for (const [path, bytes] of [...files, ...(lock === undefined ? [] : [[LOCK_FILE, Buffer.from(lock)] as const])]) {
      mkdirSync(dirname(join(draft, path)), { recursive: true });
      writeFileSync(join(draft, path), bytes);
    }
    rmSync(join(out, name), { recursive: true, force: true });
    renameSync(draft, join(out, name));
  }
  for (const name of readdirSync(out))
    if (!names.includes(name) && existsSync(join(out, name, "cdk.tf.json")))
      rmSync(join(out, name), { recursive: true });
}
