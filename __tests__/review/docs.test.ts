import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleet } from "../../fleet";

const ROOT = join(__dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

test("docs/review.md names every rule, and no other", () => {
  const source = readdirSync(join(ROOT, "review/rules"))
    .map((file) => read(`review/rules/${file}`))
    .join("\n");
  const used = [
    ...[...source.matchAll(/(?:finding|add)\(\s*"([a-z-]+)"/g)].map(([, rule]) => rule!),
    ...[...source.matchAll(/rule: "([a-z-]+)"/g)].map(([, rule]) => rule!),
    ...[...source.matchAll(/machines \? "([a-z-]+)" : "([a-z-]+)"/g)].flatMap(([, a, b]) => [a!, b!]),
  ];
  const rows = read("docs/review.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`([a-z-]+)`/g)].map(([, rule]) => rule!));
  expect([...new Set(named)].sort()).toEqual([...new Set(used)].sort());
  expect(named.length).toBe(new Set(named).size);
});

test("every action of the workflows is pinned to a commit", () => {
  const folder = ".github/workflows";
  for (const file of readdirSync(join(ROOT, folder)))
    for (const line of read(`${folder}/${file}`)
      .split("\n")
      .filter((each) => each.includes("uses:")))
      expect(line).toMatch(/uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("the workflows that plan and deploy do so for each environment of the fleet", () => {
  const names = fleet.environments.map(({ name }) => name).join(", ");
  expect(read(".github/workflows/plan.yml")).toContain(`${names.replaceAll(", ", "-* | ")}-*) ;;`);
  expect(read(".github/workflows/deploy.yml")).toContain(`options: [none, ${names}]`);
  for (const file of ["plan.yml", "deploy.yml", "drift.yml"]) {
    const lists = [...read(`.github/workflows/${file}`).matchAll(/environment: \[(.*)\]/g)].map(([, list]) => list);
    expect([file, ...new Set(lists)]).toEqual([file, names]);
  }
});

test("no workflow puts an expression into a script, and no job may write but a comment and an attestation", () => {
  for (const file of readdirSync(join(ROOT, ".github/workflows"))) {
    const source = read(`.github/workflows/${file}`);
    const scripts = source.match(/run: (?:\|\n(?: {10,}.*\n)+|.*\n)/g) ?? [];
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    expect(source).not.toContain("pull_request_target");
    expect(source.match(/: write/g)?.length ?? 0).toBe(
      { "synth.yml": 0, "plan.yml": 2, "deploy.yml": 1, "drift.yml": 1, "image.yml": 2 }[file],
    );
  }
});

test("git ignores every plan, state and report that the documentation, a message or a workflow has people write", () => {
  const folders = ["docs", "cli", "review", "operations", "releases", "hcp", "images", ".github/workflows"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(md|ts|yml)$/.test(name))
      .map((name) => join(folder, name)),
  );
  const commands = ["README.md", "CONTRIBUTING.md", ...files]
    .flatMap((file) => read(file).split(/\n|`/))
    .filter((line) => /terraform .*(plan|show)|fleet (review|drift|inventory)|--format/.test(line));
  const written = commands.flatMap((line) =>
    [...line.matchAll(/(?:-out[= ]|--out[= ]| > ?)"?([\w./$-]*[\w])(?![\w>])/g)].map(([, name]) => name!),
  );
  const names = [...new Set(written.map((name) => name.split("/").at(-1)!))].filter((name) =>
    /^(?!null$)[a-z]{2}/.test(name),
  );
  expect(names).toEqual(expect.arrayContaining(["plan", "plan.json", "state.json", "review.json", "drift.md", "inventory.csv"])); // prettier-ignore
  const folder = mkdtempSync(join(tmpdir(), "fleet-ignored-"));
  try {
    execFileSync("git", ["init", "-q"], { cwd: folder });
    copyFileSync(join(ROOT, ".gitignore"), join(folder, ".gitignore"));
    const ignored = (name: string) => spawnSync("git", ["check-ignore", "-q", name], { cwd: folder }).status === 0;
    expect([...names, "terraform.tfstate.backup", "tfplan", "web.tfplan"].filter((name) => !ignored(name))).toEqual([]);
    expect(["fleet.ts", "docs/review.md", "releases/prod/web.json", "docs/review.schema.json"].filter(ignored)).toEqual([]); // prettier-ignore
  } finally {
    rmSync(folder, { recursive: true });
  }
});
