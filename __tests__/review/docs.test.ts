import { readdirSync, readFileSync } from "node:fs";
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

test("no workflow puts an expression into a script, and only one job may write", () => {
  for (const file of readdirSync(join(ROOT, ".github/workflows"))) {
    const source = read(`.github/workflows/${file}`);
    const scripts = source.match(/run: (?:\|\n(?: {10,}.*\n)+|.*\n)/g) ?? [];
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    expect(source).not.toContain("pull_request_target");
    expect(source.match(/: write/g)?.length ?? 0).toBe(
      { "synth.yml": 0, "plan.yml": 2, "deploy.yml": 1, "drift.yml": 1 }[file],
    );
  }
});
