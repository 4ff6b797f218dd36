/** The form of a row that refuses a planned object. */
import type { Look } from "./look";

/** Whether a planned object is wrong; `before` is there when it exists already. */
type Wrong = (look: Look, before: Look | undefined, features: Look) => boolean;

export interface Check {
  readonly types: RegExp;
  /** The attribute that the error stands at. */
  readonly at: string;
  /** Looks at each item of the attribute on its own. */
  readonly each?: boolean;
  readonly wrong: Wrong;
  readonly says: string;
}

export const check = (types: string, at: string, wrong: Wrong, says: string): Check => ({
  types: new RegExp(`^(${types})$`),
  ...{ at, wrong, says },
});
export const each = (types: string, at: string, wrong: Wrong, says: string): Check => ({
  ...check(types, at, wrong, says),
  each: true,
});
