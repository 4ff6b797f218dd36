/** What the engine asks of the rules of the providers; it knows none of them. */
import type { Obj } from "../protocol/values";
import type { TypeSchema } from "../schemas/catalog";
import type { Suppress } from "./diff";
import type { PlanRule } from "./draft";
import type { Normalise } from "./read-config";
import type { PlanRequest, Problem } from "./request";
import type { HashRule } from "./sets";

export interface Rules {
  /** The plan step of a type, in the order in which the provider takes it. */
  plan(schema: TypeSchema): readonly PlanRule[];
  /** Differences that the provider does not count, for one planning of a type. */
  suppress(schema: TypeSchema, request: Pick<PlanRequest, "prior" | "proposed">): Suppress;
  /** The form in which a type's configured values are planned. */
  normalise(schema: TypeSchema): Normalise;
  /** How elements of a set are compared, by schema path. */
  hash(schemaPath: string): HashRule | undefined;
  /** What is wrong with a configuration beyond the flags of its schema. */
  problems(schema: TypeSchema, config: Obj): readonly Problem[];
}
