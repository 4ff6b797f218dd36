import type { ProviderSettings } from "../engine/request";
import type { Obj } from "../protocol/values";
import type { Store } from "./store";

/** What the answer of a data source is made from. */
export interface DataInput {
  readonly config: Obj;
  readonly settings: ProviderSettings;
  readonly store: Store;
}
