/** Changes that are a replacement only sometimes. */
import type { Value } from "../protocol/values";
import { Look } from "./look";
import type { PlanRule } from "../engine/draft";

/** Makes an attribute's change a replacement when the test on old and new value says so. */
export const forceNewIf =
  (name: string, test: (old: Value, next: Value) => boolean): PlanRule =>
  (draft) => {
    if (draft.create || !draft.changed(name)) return;
    if (test(draft.prior?.[name] ?? null, draft.planned[name] ?? null)) draft.forceNew(name);
  };

/** The same for an attribute inside blocks of which there is one at most, such as `settings.disk_size`. */
export const forceNewInside =
  (path: string, test: (old: Value, next: Value, planned: Look) => boolean): PlanRule =>
  (draft) => {
    if (!draft.prior) return;
    const planned = new Look(draft.planned);
    const [old, next] = [new Look(draft.prior).value(path), planned.value(path)];
    if (old === next || !test(old, next, planned)) return;
    const steps = path.split(".");
    draft.forceNewAt(steps.flatMap((step, i) => (i < steps.length - 1 ? [step, 0] : [step])));
  };

/** A number that may grow in place. */
export const smaller = (old: Value, next: Value): boolean =>
  typeof old === "number" && typeof next === "number" && next < old;

/** A text that is taken away. */
export const takenAway = (old: Value, next: Value): boolean =>
  typeof old === "string" && old !== "" && (next === null || next === "");
