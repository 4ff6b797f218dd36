/**
 * `npm run demo [-- --json]`: deploys the fleet on the local cloud with the real cdktf and terraform, bumps an image,
 * rolls it back, and holds every plan to its contract. It plays in a copy; the working tree stays as it was.
 */
import { parseArgs } from "node:util";
import { InvalidInputError } from "../constructs/contract/problem";
import { resolveFleet } from "../constructs/contract/validate";
import { startLocalCloud } from "../local-cloud/server";
import { checkTerraform } from "../local-cloud/terraform";
import { declared } from "./declared";
import { textListener, summary } from "./demo/print";
import { CommandFailed, DemoProject } from "./demo/project";
import { kept, play } from "./demo/story";
import { oneOfEach } from "./one-of-each";

const USAGE = `usage: npm run demo [-- --json]

  --json   the result as JSON on standard output, progress on standard error`;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const environment = oneOfEach(resolveFleet(declared()));
  const say = values.json ? console.error : console.log;
  const problem = await checkTerraform();
  if (problem) {
    console.error(problem);
    return 1;
  }
  const start = performance.now();
  say("Immutable fleet, on the local cloud: real cdktf and terraform, no account, no network.\n");
  const project = new DemoProject();
  const cloud = await startLocalCloud({ dir: project.cloudFolder });
  try {
    project.attach(cloud.env);
    const moves = await play({
      project,
      environment,
      listener: textListener(say),
      list: () => cloud.list(),
    });
    say(summary(moves, (performance.now() - start) / 1000));
    if (values.json) console.log(JSON.stringify({ held: moves.every(kept), moves }, null, 2));
    return moves.every(kept) ? 0 : 1;
  } finally {
    await cloud.close();
    project.remove();
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    if (error instanceof CommandFailed) console.error(`${error.message}; it said:\n\n${error.output}`);
    else if (error instanceof InvalidInputError) console.error(error.message);
    else console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 1;
  },
);
