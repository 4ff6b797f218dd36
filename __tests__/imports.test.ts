import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const ROOT = join(__dirname, "..");
const PARTS = [
  "main.ts",
  "fleet.ts",
  "stacks",
  "constructs",
  "releases",
  "images",
  "review",
  "operations",
  "hcp",
  "local-cloud",
  "local-hcp",
  "cli",
  "fuzz",
  "system",
];

/** What each part may import of the project's own, besides itself and `system`, which imports nothing of it. */
const ALLOWED: Record<string, readonly string[]> = {
  "main.ts": ["fleet.ts", "stacks", "constructs/contract"],
  "fleet.ts": ["constructs/contract"],
  stacks: ["constructs/aws", "constructs/google", "constructs/azure", "constructs/contract", "releases"],
  "constructs/aws": ["constructs/contract"],
  "constructs/google": ["constructs/contract"],
  "constructs/azure": ["constructs/contract"],
  "constructs/contract": [],
  releases: ["images", "constructs/contract"],
  images: ["constructs/contract"],
  review: ["images", "constructs/contract"],
  operations: ["releases", "review", "images", "constructs/contract"],
  hcp: ["review", "constructs/contract"],
  "local-cloud": ["local-hcp"],
  "local-hcp": [],
  system: [],
  // The name of an orphan on Azure is a hash of what its machines are.
  cli: [
    "main.ts",
    "fleet.ts",
    "stacks",
    "constructs/contract",
    "constructs/azure",
    "releases",
    "images",
    "review",
    "operations",
    "hcp",
    "local-cloud",
  ],
  fuzz: ["cli", "fleet.ts", "constructs/contract", "releases", "images", "review", "operations", "hcp", "local-cloud"],
};
const WITHOUT_PROVIDERS = [
  "constructs/contract",
  "releases",
  "images",
  "review",
  "operations",
  "hcp",
  "local-cloud",
  "local-hcp",
  "cli",
  "fuzz",
  "system",
  "fleet.ts",
  "main.ts",
];

const partOf = (file: string) => /^constructs\/[^/]+/.exec(file)?.[0] ?? file.split("/")[0]!;

const files = PARTS.flatMap((part) =>
  part.endsWith(".ts") ? [part] : listed(part).map((file) => join(part, file)),
).filter((file) => file.endsWith(".ts"));

function listed(part: string): string[] {
  try {
    return readdirSync(join(ROOT, part), { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
}

const imports = files.flatMap((file) =>
  [...readFileSync(join(ROOT, file), "utf8").matchAll(/(?:from|import\(?|require\()\s*"([^"]+)"/g)].map(
    ([, target]) => ({
      file,
      target: target!,
    }),
  ),
);

test("reads the project's files", () => {
  expect(files.length).toBeGreaterThan(30);
  expect(imports.length).toBeGreaterThan(100);
});

test("arrows between the parts point one way", () => {
  const wrong = imports
    .filter(({ target }) => target.startsWith("."))
    .map(({ file, target }) => ({
      file,
      from: partOf(file),
      to: partOf(withEnding(normalize(join(dirname(file), target)))),
    }))
    .filter(({ from, to }) => from !== to && to !== "system" && !ALLOWED[from]?.includes(to));
  expect(wrong).toEqual([]);
});

test("one door leads from the local cloud to its HCP Terraform", () => {
  const doors = imports.filter(({ file, target }) => partOf(file) === "local-cloud" && target.includes("local-hcp"));
  expect(doors).toEqual([{ file: "local-cloud/run.ts", target: "../local-hcp/session.js" }]);
});

test("what runs in the local cloud is a room of its own: one door, rules without mechanics, and mechanics without rules", () => {
  const room = "local-cloud/running/";
  const arrows = imports
    .filter(({ target }) => target.startsWith("."))
    .map(({ file, target }) => ({ file, to: normalize(join(dirname(file), target)).replace(/\.js$/, "") }));
  const doors = arrows.filter(({ file, to }) => file.startsWith("local-cloud/") && !file.startsWith(room) && to.startsWith(room)); // prettier-ignore
  expect(doors).toEqual([{ file: "local-cloud/run.ts", to: `${room}session` }]);
  // What a cloud does is said in terms of its objects; how it is done knows no object, and neither knows the other.
  const corner = (path: string) => /^local-cloud\/running\/(mechanics|rules|load)\//.exec(path)?.[1];
  const across = arrows.filter(({ file, to }) => corner(file) && (corner(to) ?? corner(file)) !== corner(file));
  expect(across).toEqual([]);
  const outside = arrows.filter(({ file, to }) => corner(file) === "mechanics" && !to.startsWith(room));
  expect(outside).toEqual([]);
});

test("no file reaches itself through its imports", () => {
  const arrows = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { file, target } of imports) {
    const at = normalize(join(dirname(file), target)).replace(/\.js$/, "");
    const to = target.startsWith(".") ? [`${at}.ts`, join(at, "index.ts")].find((path) => arrows.has(path)) : undefined;
    if (to !== undefined) arrows.get(file)!.push(to);
  }
  expect([...arrows.values()].flat().length).toBeGreaterThan(500);
  // What is left once files that import nothing of the rest are taken away, again and again, stands in a circle or above one.
  for (let before = -1; before !== arrows.size; ) {
    before = arrows.size;
    for (const [file, targets] of arrows) if (!targets.some((target) => arrows.has(target))) arrows.delete(file);
  }
  expect([...arrows.keys()]).toEqual([]);
});

const withEnding = (target: string) => (["main", "fleet"].includes(target) ? `${target}.ts` : target);

test("only constructs and stacks know a provider, and only by lib/<resource>", () => {
  const wrong = imports
    .filter(({ target }) => target.startsWith("@cdktf/provider-"))
    .filter(
      ({ file, target }) =>
        WITHOUT_PROVIDERS.includes(partOf(file)) || !/^@cdktf\/provider-[a-z]+\/lib\/[a-z0-9-]+$/.test(target),
    );
  expect(wrong).toEqual([]);
});

test("no file is too long to read in one go", () => {
  const tests = listed("__tests__").filter((file) => file.endsWith(".ts")).map((file) => join("__tests__", file)); // prettier-ignore
  const lengths = [...files, ...tests].map((file) => [file, readFileSync(join(ROOT, file), "utf8").split("\n").length - 1] as const); // prettier-ignore
  expect(lengths.length).toBeGreaterThan(400);
  expect(lengths.filter(([, length]) => length > 400)).toEqual([]);
});

test("the three clouds have the same files, so that what one lacks shows", () => {
  // Only Azure demands a key, which nobody may have, and has a way in that is always there; only Google Cloud must be waited for.
  const own = ["no-login.ts", "break-glass.ts", "hold.ts", "warm-up.ts"];
  const names = (cloud: string) => readdirSync(join(ROOT, "constructs", cloud)).filter((name) => !own.includes(name));
  expect(names("google")).toEqual(names("aws"));
  expect(names("azure")).toEqual(names("aws"));
});
