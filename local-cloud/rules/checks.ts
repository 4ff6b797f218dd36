/** Runs the rows of what a provider refuses at plan time. */
import { CHECKS } from "./checks-table";
import { Look } from "./look";
import type { PlanRule } from "../engine/draft";

/** Runs the rows of a type. */
export const checks: PlanRule = (draft) => {
  const look = new Look(draft.planned);
  const before = draft.prior ? new Look(draft.prior) : undefined;
  const features = new Look(draft.settings.features);
  for (const { types, at, each: items, wrong, says } of CHECKS) {
    if (!types.test(draft.schema.name)) continue;
    const found = items
      ? look.items(at).some((item) => wrong(item, undefined, features))
      : wrong(look, before, features);
    if (found) draft.problem(`"${at}" of ${draft.schema.name}: ${says}`, [at]);
  }
};
