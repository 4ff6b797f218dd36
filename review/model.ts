/**
 * The review file: everything that a rendering shows, and nothing else. It is small, holds no raw plan, and is checked
 * against this schema before anybody who holds a token reads it. docs/review.schema.json is made from it.
 */
import { z } from "zod";
import { LEVELS } from "./rules/finding";
import { RESULTS } from "./verdict";

/** What came from a plan or a catalog. Renderers escape it. */
const foreign = z.string().max(700);
/** Sentences of ours use no character that any output could take for markup, a link, a mention or a reference. */
const ours = z
  .string()
  .max(600)
  .regex(/^(?!.*\/\/)(?!.*www\.)(?!.*::)[\p{L}\p{N} .,:;'"()%→…_/+-]*$/u, "words without markup, links or mentions");
const text = z
  .array(z.union([ours, z.strictObject({ code: foreign }).readonly()]))
  .max(80)
  .readonly();
const count = z.int().min(0);

const image = z.strictObject({ id: foreign, version: foreign.optional() });

const slot = z.strictObject({
  /** `live`, `blue` or `green`. */
  slot: ours,
  old: image.optional(),
  new: image.optional(),
  cause: ours.optional(),
  order: z.enum(["new first", "old first", "created", "destroyed", "updated", "unchanged"]),
  /** Machines: what runs, the most that run at once, what will run. Null where the plan does not say. */
  capacity: z.strictObject({ before: count.nullable(), peak: count.nullable(), after: count.nullable() }),
  /** Share of the traffic in percent. Null where the plan does not say. */
  traffic: z.strictObject({ before: z.number().nullable(), after: z.number().nullable() }),
});

const finding = z.strictObject({
  rule: ours,
  level: z.enum(LEVELS),
  address: foreign.optional(),
  reason: text,
  todo: text,
});

const stack = z.strictObject({
  stack: foreign,
  service: foreign.optional(),
  /** Cloud and region. */
  placement: foreign.optional(),
  result: z.enum(RESULTS),
  step: z.enum([
    "first",
    "bump",
    "launch",
    "limits",
    "configuration",
    "fill",
    "shift",
    "scale",
    "retire",
    "none",
    "mixed",
  ]),
  headline: text,
  /** SHA-256 of the plan's JSON, and when terraform made it: what was reviewed. */
  plan: z.strictObject({
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    at: foreign.optional(),
    terraform: foreign.optional(),
  }),
  slots: z.array(slot).max(20),
  findings: z.array(finding).max(500),
  /** Findings that were left out because there are too many. */
  moreFindings: count,
  images: z.array(text).max(20),
  blastRadius: text,
  rollBack: z.array(text).max(20),
  drift: z.strictObject({ relevant: count, all: count }),
  objects: z.array(z.strictObject({ address: foreign, what: text })).max(300),
  moreObjects: count,
});

export const reviewSchema = z.strictObject({
  schema: z.literal(1),
  result: z.enum(RESULTS),
  /** Commit that the plans were made from. */
  head: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/)
    .optional(),
  stacks: z.array(stack).min(1).max(200),
});

export type Review = z.output<typeof reviewSchema>;
export type StackReview = Review["stacks"][number];
export type SlotReview = StackReview["slots"][number];

/** The schema for other programs. */
export const jsonSchema = (): object => z.toJSONSchema(reviewSchema);
