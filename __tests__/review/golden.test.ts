/**
 * Renderings, byte for byte. A change shows as a difference of these files: read them before you accept it with
 * UPDATE_GOLDEN=1.
 */
import Ajv from "ajv/dist/2020";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema, reviewSchema, type Review } from "../../review/model";
import { html } from "../../review/render/html";
import { json } from "../../review/render/json";
import { markdown } from "../../review/render/markdown";
import { text } from "../../review/render/text";
import { trouble } from "./golden/trouble";

const ROOT = join(__dirname, "../..");
const golden = (name: string) => join(__dirname, "golden", name);
const bump = reviewSchema.parse(JSON.parse(readFileSync(golden("bump.json"), "utf8")));

const RENDERERS: Record<string, (review: Review) => string> = { md: (review) => markdown(review), txt: text, html };
const REVIEWS: Record<string, Review> = { bump, trouble };

function expectFile(file: string, content: string): void {
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, content);
  expect(content).toBe(readFileSync(file, "utf8"));
}

describe.each(Object.keys(REVIEWS))("%s", (name) => {
  test.each(Object.keys(RENDERERS))("as %s", (format) => {
    expectFile(golden(`${name}.${format}.golden`), RENDERERS[format]!(REVIEWS[name]!));
  });

  test("as a review file, which the published schema accepts and which reads back as it was", () => {
    const validate = new Ajv({ strict: false }).compile(jsonSchema());
    const back: unknown = JSON.parse(json(REVIEWS[name]!));
    expect([validate(back), validate.errors]).toEqual([true, null]);
    expect(reviewSchema.parse(back)).toEqual(REVIEWS[name]);
  });
});

test("an ordinary bump of three stacks is a comment of less than 8 KB", () => {
  expect(Buffer.byteLength(markdown(bump))).toBeLessThan(8 * 1024);
});

test("a comment never exceeds 60,000 characters, says at the top that it is cut, and links to the whole", () => {
  const many = { ...trouble, stacks: Array.from({ length: 150 }, () => trouble.stacks).flat() };
  const comment = markdown(many, { link: "https://example.com/runs/1" });
  expect(comment.length).toBeLessThanOrEqual(60_000);
  expect(comment).toMatch(
    /This comment is cut: \d+ of its \d+ parts do not fit.*\[The whole review\]\(https:\/\/example.com\/runs\/1\)/,
  );
  expect(markdown(many, { link: "javascript:alert(1)" })).not.toContain("javascript");
});

test("docs/review.schema.json is the schema", () => {
  const file = join(ROOT, "docs/review.schema.json");
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, JSON.stringify(jsonSchema()));
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(jsonSchema());
});
