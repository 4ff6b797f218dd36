/** What git knows, read with its own command. */
import { execFileSync } from "node:child_process";
import { refuse } from "../../images/refuse";

const git = (args: readonly string[]): string =>
  execFileSync("git", [...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 256 << 20 });

/** @throws InvalidInputError when git does not know who works here */
export function gitUser(): string {
  try {
    return git(["config", "user.email"]).trim();
  } catch {
    return refuse("--by", "is needed, because git has no user.email here");
  }
}

/** The commit of a folder and whether it has changes that are not committed. */
export function gitState(folder: string): { readonly sha: string; readonly dirty: boolean } {
  try {
    return {
      sha: git(["-C", folder, "rev-parse", "HEAD"]).trim(),
      dirty: git(["-C", folder, "status", "--porcelain", "--", "."]).trim() !== "",
    };
  } catch {
    return refuse(folder, "is not in a git repository with a commit; an image must be traceable to one");
  }
}

/** Files below a folder at a commit, by path relative to the folder. @throws InvalidInputError when there is no such commit */
export function filesAt(commit: string, folder: string): ReadonlyMap<string, string> {
  if (commit.startsWith("-")) refuse("--against", `must be a commit or a branch, got "${commit}"`);
  let names: string[];
  try {
    names = git(["-C", folder, "ls-tree", "-r", "-z", "--name-only", commit, "--", "."]).split("\0").filter(Boolean);
  } catch {
    return refuse("--against", `must be a commit or a branch that git knows, got "${commit}"`);
  }
  return new Map(names.map((name) => [name, git(["-C", folder, "show", `${commit}:./${name}`])]));
}
