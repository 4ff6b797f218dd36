/**
 * `npm run demo [-- --traffic] [--json]`: deploys the fleet on the local cloud with the real cdktf and terraform, bumps an image,
 * rolls it back, and holds every plan to its contract. It plays in a copy; the working tree stays as it was.
 */
import { parseArgs } from "node:util";
import { InvalidInputError } from "../constructs/contract/problem";
import { resolveFleet } from "../constructs/contract/validate";
import { rows } from "../local-cloud/running/load/run";
import { prepareRunning } from "../local-cloud/running/session";
import { startLocalCloud } from "../local-cloud/server";
import { checkTerraform } from "../local-cloud/terraform";
import { declared } from "./declared";
import { LiveLine } from "./demo/live-line";
import { textListener, summary } from "./demo/print";
import { CommandFailed, DemoProject } from "./demo/project";
import { kept, play, serviceStacks } from "./demo/story";
import { DemoTraffic, noticed, trafficText } from "./demo/traffic";
import { oneOfEach } from "./one-of-each";

const TRAFFIC_FOLDER = "demo-traffic";
/** Three clouds, two replacements each, in well under three minutes; terraform itself takes its time at any speed. */
const TRAFFIC_SPEED = 20;

const USAGE = `usage: npm run demo [-- --traffic] [--json]

  --traffic  machines that run and requests that flow meanwhile; at the end what clients saw, as a table and a picture
             in ${TRAFFIC_FOLDER}/
  --json     the result as JSON on standard output, progress on standard error`;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { traffic: { type: "boolean" }, json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const environment = oneOfEach(resolveFleet(declared()));
  const services = [...new Set(serviceStacks(environment).map(({ service }) => `${environment.name}-${service.name}`))];
  const output = values.json ? process.stderr : process.stdout;
  const live = new LiveLine(
    (text) => output.write(text),
    output.isTTY === true,
    () => output.columns,
  );
  const { say } = live;
  const problem = await checkTerraform();
  if (problem) {
    console.error(problem);
    return 1;
  }
  const start = performance.now();
  say("Immutable fleet, on the local cloud: real cdktf and terraform, no account, no network.\n");
  const project = new DemoProject();
  const running = values.traffic ? prepareRunning({ speed: TRAFFIC_SPEED }) : undefined;
  const cloud = await startLocalCloud({ dir: project.cloudFolder, ...(running && { machinery: running }) });
  const traffic = running && new DemoTraffic({ running, services, live });
  try {
    project.attach(cloud.env);
    const moves = await play({
      project,
      environment,
      listener: textListener(say),
      list: () => cloud.list(),
      traffic,
    });
    const run = await traffic?.end();
    say(summary(moves, (performance.now() - start) / 1000));
    if (run) say(trafficText(run, TRAFFIC_FOLDER));
    const held = moves.every(kept) && !(run && noticed(run));
    if (values.json) console.log(JSON.stringify({ held, moves, ...(run && { traffic: rows(run) }) }, null, 2));
    return held ? 0 : 1;
  } catch (error) {
    traffic?.kill();
    throw error;
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
