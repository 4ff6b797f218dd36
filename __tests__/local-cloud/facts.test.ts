import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "./support";

/** The comparison with the real providers' plans, when the facts are beside the project. */

/** A machine that does much else takes minutes for a net. */
const SLOW_MS = 600_000;
const FACTS = join(ROOT, "../shared/provider-facts");
const withFacts = existsSync(FACTS) ? describe : describe.skip;
if (!existsSync(FACTS)) {
  process.stderr.write("skipped: plans against the real providers' (../shared/provider-facts is not there)\n");
}

const scenarios = existsSync(FACTS) ? readdirSync(join(FACTS, "scenarios")).sort() : ["none"];
withFacts("plans agree with the real providers'", () => {
  test.each(scenarios)(
    "%s",
    async (scenario) => {
      const wrapper = `${join(ROOT, "node_modules/.bin/tsx")} ${join(ROOT, "local-cloud/run.ts")}`;
      const args = [join(FACTS, "compare.mjs"), "--json", "--run", wrapper, join(FACTS, "scenarios", scenario)];
      const { stdout } = await run("node", args, { LOCAL_CLOUD_BOOT_MS: "5" });
      const { total, same, results } = JSON.parse(stdout) as { total: number; same: number; results: unknown };
      if (same < total) throw new Error(JSON.stringify(results, null, 1).slice(0, 5000));
      expect(total).toBeGreaterThan(100);
    },
    SLOW_MS,
  );
});
