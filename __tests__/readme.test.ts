import { readFileSync } from "node:fs";
import { join } from "node:path";

const read = (path: string) => readFileSync(join(__dirname, "..", path), "utf8");
const readme = read("README.md");

test("shows the review of the demo's bump as it renders", () => {
  const [, ...comment] = read("__tests__/review/golden/bump.md.golden").trim().split("\n");
  expect(readme).toContain(comment.join("\n"));
});

test("links only to files that are there", () => {
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!);
  expect(links.length).toBeGreaterThan(3);
  for (const path of links) expect([path, read(path).length > 0]).toEqual([path, true]);
});
