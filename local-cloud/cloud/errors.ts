import type { Obj } from "../protocol/values";

/** A refusal of the cloud: becomes terraform's error message. */
export class CloudError extends Error {
  /** The object that was made all the same and that terraform must keep, tainted. */
  readonly object: Obj | undefined;

  constructor(message: string, object?: Obj) {
    super(message);
    this.object = object;
  }
}
