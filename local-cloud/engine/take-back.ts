/** Puts one part of a planned value back to what it was. */
import { isObject, type Value } from "../protocol/values";
import type { Path } from "./path";

/** The planned value in which the part at a path is as before; the parts of sets have no paths. */
export function takeBack(planned: Value, old: Value, path: Path): Value {
  const [step, ...rest] = path;
  if (step === undefined) return planned;
  if (Array.isArray(planned) && Array.isArray(old) && typeof step === "number") {
    return planned.map((item, i) => (i === step ? part(item, old[i] ?? null, rest) : item));
  }
  const name = typeof step === "object" ? step.key : String(step);
  if (!isObject(planned) || !isObject(old)) return planned;
  return { ...planned, [name]: part(planned[name] ?? null, old[name] ?? null, rest) };
}

const part = (planned: Value, old: Value, rest: Path): Value =>
  rest.length === 0 ? old : takeBack(planned, old, rest);
