/** What a value may depend on besides its own object. */
import type { CloudObject } from "./store";

/** The rest of the cloud, for values that depend on it. */
export interface World {
  readonly region: string;
  find(type: string, name: string): CloudObject | undefined;
  /** Whether an object has this address. @default nothing has one */
  hasAddress?(address: string): boolean;
}
