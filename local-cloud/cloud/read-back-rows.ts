/** The form of the tables of what a provider reads back. */
import type { Obj, Value } from "../protocol/values";
import type { World } from "./world";

/** Where a value is looked for: the block that it stands in, the whole object, and the rest of the cloud. */
export interface Place {
  readonly own: Obj;
  readonly object: Obj;
  readonly world: World;
  readonly seed: string;
  /** Position of the block among its siblings. */
  readonly index: number;
}

/** A value, or how it follows from its surroundings. */
export type Follows = Exclude<Value, undefined> | ((place: Place) => Value);

export interface ReadBack {
  /** What is read where nothing was written; null for what the provider never reads. */
  readonly unset: Readonly<Record<string, Follows>>;
  /** The form in which a value comes back. */
  readonly form: Readonly<Record<string, (value: Value, place: Place) => Value>>;
  /** By type: pairs of an attribute and its older name, of which both are read; `not` where the one is the other's opposite. */
  readonly twins: Readonly<Record<string, readonly Twin[]>>;
}

export interface Twin {
  readonly names: readonly [string, string];
  readonly not?: boolean;
}
