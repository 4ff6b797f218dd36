/** `npx fleet release <command>`: rollouts, step by step. */
import { fleet } from "../fleet";
import type { Command } from "./commands";
import { projectWorld, runRelease } from "./release/run";

async function run(line: readonly string[]): Promise<number> {
  const { code, out, error } = await runRelease(line, projectWorld(".", fleet));
  if (out !== "") console.log(out);
  if (error !== "") console.error(error);
  return code;
}

export const release: Command = { summary: "rollouts: status, start, next, abort, rollback, retire, renew", run };
