import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalCloud } from "../../local-cloud/server";
import { describeWithFacts, PROVIDER_FACTS } from "../support/needs";
import { run } from "./support";

/** The comparison with the real providers' plans, when the facts are beside the project. */

/** A machine that does much else takes minutes for a net. */
const SLOW_MS = 600_000;

/** Words for a shell: an environment. */
const exports = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");

const scenarios = existsSync(PROVIDER_FACTS) ? readdirSync(join(PROVIDER_FACTS, "scenarios")).sort() : ["none"];
describeWithFacts("plans agree with the real providers'", () => {
  test.each(scenarios)(
    "%s",
    async (scenario) => {
      const folder = join(PROVIDER_FACTS, "scenarios", scenario);
      const settings = existsSync(join(folder, "env.json"))
        ? (JSON.parse(readFileSync(join(folder, "env.json"), "utf8")) as Record<string, string>)
        : {};
      const work = mkdtempSync(join(tmpdir(), "local-cloud-facts-"));
      const unhealthy = settings.LOCAL_CLOUD_UNHEALTHY ?? "";
      // What `npm run local --` does for a command, in this process: a process of its own takes as long as the comparison.
      const cloud = await startLocalCloud({ dir: join(work, "cloud"), bootMs: 5, unhealthy });
      try {
        const attach = join(work, "attach.sh");
        writeFileSync(attach, exports(cloud.env));
        const args = [join(PROVIDER_FACTS, "compare.mjs"), "--json", "--run", `. '${attach}';`, folder];
        const { stdout } = await run("node", args);
        const { total, same, results } = JSON.parse(stdout) as { total: number; same: number; results: unknown };
        if (same < total) throw new Error(JSON.stringify(results, null, 1).slice(0, 5000));
        expect(total).toBeGreaterThan(100);
      } finally {
        await cloud.close();
        rmSync(work, { recursive: true, force: true });
      }
    },
    SLOW_MS,
  );
});
