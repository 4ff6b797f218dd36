/**
 * The form of the values that the constructs give to what grants rights, opens ways in or closes them: an object of a name
 * that a construct gives may come in a step with these values and no others. A construct that gives one more names it in
 * given-<cloud>.ts; a test holds the stacks and those lists to each other.
 */

/**
 * Values by path: a text, or a pattern for the whole of the value where it begins with ~. Lists leave no step in a path, JSON
 * is looked into, and a statement of a policy is named by its Sid: `policy.Statement@Records.Action`.
 */
export type Values = Readonly<Record<string, string | readonly string[]>>;

export interface Given {
  /** Paths below which nothing may stand but what the object's name is given. */
  readonly held: readonly string[];
  /** Paths without which the object would give more: a condition, a block of what is public. Of a named statement, where it stands. */
  readonly needs?: readonly string[];
  /** What the provider or the cloud fills in where the construct gives nothing. */
  readonly defaults?: Values;
  /** By the object's name, as a pattern for the whole of it. */
  readonly names: Readonly<Record<string, Values>>;
}

export type GivenByType = Readonly<Record<string, Given>>;

export const SLOT = "(live|blue|green)";
export const ANY_NAME = ".*";
export const WORLD = "0.0.0.0/0";
/** What spec.ts allows of a placement's range. */
export const NETWORK = "~[0-9.]+/(1[2-9]|20)";
/** What is cut out of it. */
export const SUBNET = "~[0-9.]+/(1[2-9]|2[0-9])";
export const NUMBER = "~[0-9]+";
