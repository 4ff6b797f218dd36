/** `npx fleet release <command>`: rollouts, step by step. */
import type { Command } from "./command";
import { declared } from "./declared";
import { projectWorld, runRelease } from "./release/run";

async function run(line: readonly string[]): Promise<number> {
  const world = {
    ...projectWorld(".", undefined),
    get fleet() {
      return declared();
    },
  };
  const { code, out, error } = await runRelease(line, world);
  if (out !== "") console.log(out);
  if (error !== "") console.error(error);
  return code;
}

export const release: Command = { summary: "rollouts: status, start, next, abort, rollback, retire, renew", run };
