/** The rules of the three providers, as the engine asks for them, and the engine with them handed in. */
import { plan as planWith } from "../engine/plan";
import type { PlanRequest, PlanResult, Problem } from "../engine/request";
import type { Rules } from "../engine/rules";
import { validate as validateWith } from "../engine/validate";
import type { Obj } from "../protocol/values";
import type { TypeSchema } from "../schemas/catalog";
import { allowedProblems } from "./allowed";
import { hashRule } from "./hashes";
import { limitProblems } from "./limits";
import { planRules } from "./plan-rules";
import { normaliser } from "./state-functions";
import { suppressor } from "./suppress";

const RULES: Rules = {
  plan: planRules,
  suppress: suppressor,
  normalise: normaliser,
  hash: hashRule,
  problems: (schema, config) => [...allowedProblems(schema, config), ...limitProblems(schema, config)],
};

/** Plans a create or an update, as the provider of the type does. */
export const plan = (request: PlanRequest): PlanResult => planWith(request, RULES);

/** Problems of a configuration that need no plan to be seen. */
export const validate = (schema: TypeSchema, config: Obj): Problem[] => validateWith(schema, config, RULES);
