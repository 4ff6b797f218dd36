/** The page in a real browser, where there is one: it shows the review, and runs and loads nothing. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reviewSchema } from "../../review/model";
import { html } from "../../review/render/html";
import { testUnless } from "../support/needs";
import { trouble } from "./golden/trouble";

const BROWSER = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
const testInBrowser = testUnless(BROWSER ? undefined : "no chromium on PATH");

/** What a browser makes of a page: its title once loaded, and its elements. */
function shown(page: string): string {
  const folder = mkdtempSync(join(tmpdir(), "fleet-page-"));
  try {
    const file = join(folder, "page.html");
    writeFileSync(file, page);
    const { stdout } = spawnSync(
      BROWSER!,
      ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${folder}`, "--dump-dom", `file://${file}`],
      { encoding: "utf8", timeout: 60_000 },
    );
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

testInBrowser("on a phone nothing is cut off, and no cell becomes a tower", () => {
  const bump = reviewSchema.parse(JSON.parse(readFileSync(join(__dirname, "golden/bump.json"), "utf8")));
  const open = html(bump).replaceAll("<details>", "<details open>");
  const frame = `<iframe width="400" height="3000" srcdoc="${open.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"></iframe>`;
  const measure = `
    const page = document.querySelector("iframe").contentDocument;
    const heights = [...page.querySelectorAll("td")].map((cell) => cell.getBoundingClientRect().height);
    document.title = JSON.stringify([page.documentElement.scrollWidth, Math.max(...heights), heights.length]);`;
  const dom = shown(`<!doctype html><title></title>${frame}<script>onload = () => {${measure}}</script>`);
  const [width, tallest, cells] = JSON.parse(/<title>(.*?)<\/title>/.exec(dom)![1]!) as [number, number, number];
  expect(width).toBeLessThanOrEqual(400);
  expect(tallest).toBeLessThan(100);
  expect(cells).toBe(15);
});

testInBrowser("a browser shows the page and runs nothing of a hostile name", () => {
  const [first, ...others] = trouble.stacks;
  const name = `x"><img src=x onerror="document.title='PWNED'"><script>document.title='PWNED'</script>`;
  const dom = shown(html({ ...trouble, stacks: [{ ...first!, stack: name }, ...others] }));
  expect(dom).toContain("<title>Plan review: 1 contract held, 1 needs a human, 1 error</title>");
  expect(dom.match(/<section /g)).toHaveLength(3);
  expect(dom).not.toMatch(/<img|<script/);
  expect(dom).toContain("&lt;img src=x onerror=");
});
