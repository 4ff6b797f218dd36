/** A short run of `npm run fuzz`, with a fixed seed; and that the fuzzer finds what it is there to find. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { mutants } from "../../fuzz/mutate";
import { attempt, checkWords, fuzz, type Reader } from "../../fuzz/reader";
import { READERS } from "../../fuzz/readers";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "fuzz-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COUNT = 40;

test.each(READERS.map((reader): [string, Reader] => [reader.name, reader]))("%s", async (name, reader) => {
  const read = await reader.open(mkdtempSync(join(folder, `${name}-`)));
  expect(await fuzz(reader, read, { seed: 7, count: COUNT })).toBeUndefined();
});

test.each(READERS.map((reader): [string, Reader] => [reader.name, reader]))(
  "%s: its valid seeds are read",
  async (name, reader) => {
    const { recipes, build } = reader.inputs();
    if (name === "planted" || name === "message" || name === "journal") return;
    const [first] = fc.sample(
      recipes.filter((recipe) => "seed" in (recipe as object)),
      { numRuns: 1, seed: 1 },
    );
    const read = await reader.open(mkdtempSync(join(folder, `${name}-`)));
    for (const seed of [0, (first as { seed: number }).seed]) await read(build({ seed, steps: [] }));
  },
);

class Refused extends Error {}
const careless = (read: (value: { name: string }) => unknown): Reader => ({
  name: "careless",
  inputs: () => mutants("json", ['{"name":"web","list":[1,2,3]}']),
  errors: [Refused],
  open: () => (input) => {
    let value: unknown;
    try {
      value = JSON.parse(input.toString("utf8"));
    } catch {
      throw new Refused("it is not JSON");
    }
    return read(value as { name: string });
  },
});

test("a reader that trusts its input is found out, with a small input", async () => {
  const reader = careless(({ name }) => name.trim());
  const fault = await fuzz(reader, await reader.open(folder), { seed: 1, count: 500 });
  expect(fault?.why).toMatch(/TypeError/);
  expect(reader.inputs().build(fault?.recipe).length).toBeLessThan(40);
});

test("an error of the right kind that shows a crash is a fault too", async () => {
  const reader = careless(({ name }) => {
    throw new Refused(`got ${String(name)}: Cannot read properties of undefined`);
  });
  await expect(attempt(reader, await reader.open(folder), Buffer.from("{}"))).rejects.toThrow(/shows a crash/);
  expect(() => checkWords("a.json name: must be a text, got 1")).not.toThrow();
});

test("the same recipe is the same input", () => {
  for (const { inputs } of READERS) {
    const { recipes, build } = inputs();
    for (const recipe of fc.sample(recipes, { numRuns: 5, seed: 3 }))
      expect(build(JSON.parse(JSON.stringify(recipe))).equals(build(recipe))).toBe(true);
  }
});
