/** `npm run mutate` runs the mutations; here they are only held to what stands in the files. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MUTATIONS } from "../cli/mutate/list";
import { staleness } from "../cli/mutate/mutation";

const ROOT = join(__dirname, "..");
const read = (file: string) => (existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), "utf8") : "");

test("there are many, each with a name of its own", () => {
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(40);
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
});

test("each can still be made, and the test that should notice is there", () => {
  const wrong = MUTATIONS.flatMap((mutation) => [
    ...[staleness(mutation, read(mutation.file))].filter((why) => why !== undefined),
    ...(read(mutation.test).includes(mutation.named) ? [] : [`${mutation.test} has no "${mutation.named}"`]),
  ]);
  expect(wrong).toEqual([]);
});

test("a text that is gone, or stands twice, is said", () => {
  const mutation = { name: "", file: "a.ts", text: "one", becomes: "two", test: "", named: "" };
  expect(staleness(mutation, "one")).toBeUndefined();
  expect(staleness(mutation, "two")).toContain("its text stands 0 times in a.ts");
  expect(staleness(mutation, "one one")).toContain("its text stands 2 times in a.ts");
  expect(staleness({ ...mutation, becomes: "one" }, "one")).toBe("changes nothing");
});
