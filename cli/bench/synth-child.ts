/** Synthesizes the example fleet with N service stacks (0: only imports the modules) and prints what it took. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FleetSpec } from "../../constructs/contract/spec";
import { fleet } from "../../fleet";
import { oneOfEach } from "../one-of-each";
import { PROJECT } from "../project-copy";
import { synthesize } from "../../stacks/synthesize";
import { removeScratch, scratchFolder } from "../../system/scratch";

const count = Number(process.argv[2]);
const folder = scratchFolder("immutable-fleet-bench");
try {
  const environment = oneOfEach(fleet);
  const [service] = environment.services;
  mkdirSync(join(folder, environment.name), { recursive: true });
  const services = Array.from({ length: Math.max(1, count / 3) }, (_, index) => ({
    ...service!,
    name: `web-${index}`,
  }));
  for (const { name } of services)
    writeFileSync(
      join(folder, environment.name, `${name}.json`),
      JSON.stringify({ slots: { live: { version: "1.0.0" } } }),
    );
  const placements = count < 3 ? environment.placements.slice(0, 1) : environment.placements;
  const many: FleetSpec = { environments: [{ ...environment, placements, services }] };
  if (count > 0)
    synthesize(many, { releases: folder, catalog: join(PROJECT, "images/catalog"), outdir: join(folder, "out") });
  console.log(JSON.stringify({ seconds: process.uptime(), megabytes: process.resourceUsage().maxRSS / 1024 }));
} finally {
  removeScratch(folder);
}
