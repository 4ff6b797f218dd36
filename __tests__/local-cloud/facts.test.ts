import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeWithFacts, PROVIDER_FACTS } from "../support/needs";
import { ROOT, run } from "./support";

/** The comparison with the real providers' plans, when the facts are beside the project. */

/** A machine that does much else takes minutes for a net. */
const SLOW_MS = 600_000;

const scenarios = existsSync(PROVIDER_FACTS) ? readdirSync(join(PROVIDER_FACTS, "scenarios")).sort() : ["none"];
describeWithFacts("plans agree with the real providers'", () => {
  test.each(scenarios)(
    "%s",
    async (scenario) => {
      const wrapper = `${join(ROOT, "node_modules/.bin/tsx")} ${join(ROOT, "local-cloud/run.ts")}`;
      const args = [
        join(PROVIDER_FACTS, "compare.mjs"),
        "--json",
        "--run",
        wrapper,
        join(PROVIDER_FACTS, "scenarios", scenario),
      ];
      const { stdout } = await run("node", args, { LOCAL_CLOUD_BOOT_MS: "5" });
      const { total, same, results } = JSON.parse(stdout) as { total: number; same: number; results: unknown };
      if (same < total) throw new Error(JSON.stringify(results, null, 1).slice(0, 5000));
      expect(total).toBeGreaterThan(100);
    },
    SLOW_MS,
  );
});
