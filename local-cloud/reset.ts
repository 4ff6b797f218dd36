/** Forgets a local cloud: removes from its folder what the local cloud put there, and nothing else. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lock } from "./lock";

const OWN = ["journal.jsonl", "journal.jsonl.new", "terraform-shim", "state", "kept-states", "hcp"];

/** Removes the state of a folder; returns what was done, in words. */
export async function reset(dir: string): Promise<string> {
  // Without a journal the folder is not a local cloud's, and its "state" may be something else's.
  if (!existsSync(join(dir, "journal.jsonl"))) return `${dir}: there is no local cloud to forget`;
  const unlock = await lock(dir, 2000);
  for (const name of OWN) rmSync(join(dir, name), { recursive: true, force: true });
  unlock();
  if (readdirSync(dir).length === 0) rmdirSync(dir);
  return `${dir}: forgotten`;
}
