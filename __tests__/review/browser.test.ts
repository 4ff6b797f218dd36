/** The page in a real browser, where there is one: it shows the review, and runs and loads nothing. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { html } from "../../review/render/html";
import { trouble } from "./golden/trouble";

const BROWSER = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
if (!BROWSER) process.stderr.write("SKIPPED: no chromium here to show the review's page in\n");

(BROWSER ? test : test.skip)("a browser shows the page and runs nothing of a hostile name", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-page-"));
  try {
    const file = join(folder, "review.html");
    const [first, ...others] = trouble.stacks;
    const name = `x"><img src=x onerror="document.title='PWNED'"><script>document.title='PWNED'</script>`;
    writeFileSync(file, html({ ...trouble, stacks: [{ ...first!, stack: name }, ...others] }));
    const { stdout } = spawnSync(
      BROWSER!,
      ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${folder}`, "--dump-dom", `file://${file}`],
      { encoding: "utf8", timeout: 60_000 },
    );
    expect(stdout).toContain("<title>Plan review: 1 contract held, 1 needs a human, 1 error</title>");
    expect(stdout.match(/<section /g)).toHaveLength(3);
    expect(stdout).not.toMatch(/<img|<script/);
    expect(stdout).toContain("&lt;img src=x onerror=");
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
