/** What is asked of the engine, and what it answers. */
import type { Obj, Value } from "../protocol/values";
import type { TypeSchema } from "../schemas/catalog";
import type { Path } from "./path";

/** Something wrong with a configuration: becomes an error diagnostic at the attribute. */
export interface Problem {
  readonly summary: string;
  readonly detail?: string;
  readonly path?: Path;
}

/** Settings of a provider block that planning needs. */
export interface ProviderSettings {
  readonly region?: string;
  readonly zone?: string;
  readonly project?: string;
  /** AWS: the account whose credentials the provider has. */
  readonly account?: string;
  readonly subscription?: string;
  readonly tenant?: string;
  readonly defaultTags: Record<string, string>;
  readonly ignoreTags: readonly string[];
  readonly ignoreTagPrefixes: readonly string[];
  /** AWS: by type, the tags that the organisation asks for. */
  readonly requiredTags?: Readonly<Record<string, readonly string[]>>;
  readonly defaultLabels: Record<string, string>;
  readonly attributionLabel: boolean;
  readonly attributionProactive: boolean;
  readonly features: Record<string, Record<string, Value>>;
}

export interface PlanRequest {
  readonly schema: TypeSchema;
  readonly prior: Obj | null;
  readonly proposed: Obj;
  readonly config: Obj;
  readonly settings: ProviderSettings;
}

export interface PlanResult {
  readonly planned: Obj;
  readonly requiresReplace: readonly Path[];
  readonly problems: readonly Problem[];
}
