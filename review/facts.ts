/** What a review knows of a plan: small facts, taken from each change as it is read. */
import type { Layer } from "../constructs/contract/addresses";
import type { Beyond } from "../constructs/contract/given";
import type { Cloud } from "../constructs/contract/spec";
import type { Attributes, Shown } from "./read/attributes";
import type { Secrets } from "./read/secrets";
import type { ValueChange } from "./read/values";

export interface Change {
  /** Identity within the plan; never printed. */
  readonly key: string;
  /** Address as it may be shown: an index that holds a sensitive value is hidden. */
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly inModule: boolean;
  readonly previousAddress?: string;
  /** Set on an object that an earlier, failed apply left behind. */
  readonly deposed?: string;
  readonly actions: readonly string[];
  readonly reason?: string;
  readonly importing: boolean;
  readonly indexUnknown: boolean;
  /** Top-level attributes that force a replacement, sorted. */
  readonly forcedBy: readonly string[];
  /** Dotted paths whose known values differ. */
  readonly changed: readonly string[];
  /** Top-level attributes whose new value is not known yet. */
  readonly unknown: readonly string[];
  readonly before: Shown;
  readonly after: Shown;
  /** Old and new values of changed attributes that may be shown. */
  readonly values: readonly ValueChange[];
  /** What it would give that no construct of its name gives. */
  readonly beyond: readonly Beyond[];
  /** Top-level attributes that were changed outside of Terraform, and that the plan sets back to what they were. */
  readonly undoes: readonly string[];
  /** False where a template makes other things than this project's own. */
  readonly isOwnText: boolean;
  /** The object was deleted outside of Terraform, and the plan makes it again. */
  readonly remakes: boolean;
  /** Names of shown attributes that Terraform marks sensitive. */
  readonly masked: readonly (keyof Attributes)[];
}

export interface Release {
  readonly version?: string;
  readonly imageId?: string;
  readonly epoch?: string;
  readonly state?: string;
  readonly notAfter?: string;
  /** Until when people may get into the machines, and why. */
  readonly breakGlass?: { readonly until: string; readonly reason: string };
}

export interface Drift {
  readonly address: string;
  readonly type: string;
  readonly attributes: readonly string[];
  /** Whether a value that drifted feeds a change of this plan. */
  readonly relevant: boolean;
}

export interface FailedCheck {
  readonly address: string;
  readonly messages: readonly string[];
}

export interface LeftBehind {
  readonly resourceGroup: string;
  readonly name: string;
}

export interface PlanFacts {
  readonly file: string;
  /** SHA-256 of the file's bytes. */
  readonly digest: string;
  readonly terraform?: string;
  readonly timestamp?: string;
  readonly applyable?: boolean;
  readonly complete?: boolean;
  readonly errored?: boolean;
  /** What this form of plan does not say: a redacted plan has no variables, a bare one nothing but its changes. */
  readonly unsaid: readonly string[];
  readonly changes: readonly Change[];
  /** Objects that were left out of `changes` because nothing happens to them. */
  readonly untouched: number;
  /** Releases by slot as the plan's variables say; null for an empty slot. */
  readonly releases: Readonly<Record<string, Release | null>>;
  readonly weights?: Readonly<Record<string, number>>;
  readonly outputs: readonly string[];
  readonly drift: readonly Drift[];
  readonly failedChecks: readonly FailedCheck[];
  readonly deferred: number;
  readonly invocations: number;
  /** The cloud that most of the stack's objects are of. */
  readonly cloud?: Cloud;
  /** What the stack is, by an object that every stack of its kind has. */
  readonly layer?: Layer;
  /** Objects that the state holds. */
  readonly managed: number;
  /** Groups of machines that the plan found in the cloud by looking for this service's. */
  readonly found: readonly string[];
  /** Scale sets of Azure in a resource group of the state that the state does not know. */
  readonly leftBehind: readonly LeftBehind[];
  readonly secrets: Secrets;
}
