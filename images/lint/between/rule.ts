/** The form of a rule between fields. */

/** What a field must be. A list is any of its entries. */
export type Want =
  | boolean
  | "set"
  | "unset"
  /** Written at all, also as false. */
  | "given"
  /** Anything but these; what is computed counts as such. */
  | { readonly isNot: readonly string[] }
  /** One of these, and nothing else: not left out either. */
  | { readonly is: readonly string[]; readonly anyCase?: boolean }
  /** From here on: the form of what is there. Whether it has to be is another rule. */
  | { readonly oneOf: readonly string[]; readonly anyCase?: boolean }
  | { readonly matches: RegExp; readonly form: string }
  | { readonly from: number; readonly to: number }
  | { readonly multipleOf: number }
  | { readonly atMost: number }
  /** Every entry of a list, or every value of a map. */
  | { readonly each: { readonly matches: RegExp; readonly form: string } }
  /** Every name of a map. */
  | { readonly names: { readonly matches: RegExp; readonly form: string } }
  | { readonly different: true };

export type Wants = Readonly<Record<string, Want | readonly Want[]>>;

export interface Between {
  /** Block that holds the fields; each of several is judged. @default the source itself */
  readonly in?: string;
  /** When all of these hold. @default always */
  readonly when?: Wants;
  /** All of these must hold. */
  readonly must?: Wants;
  /** At least one must be set. */
  readonly someOf?: readonly string[];
  /** At most one must be set. An entry that is a list is one thing, which any of its fields begins. */
  readonly oneAtMost?: readonly (string | readonly string[])[];
  /** All or none must be set. */
  readonly together?: readonly string[];
  /** A map and a list that must have the same names. */
  readonly sameNames?: readonly [string, string];
  /** What happens otherwise, where the rule does not say it. */
  readonly why?: string;
  /** Where the plugin documents it. */
  readonly see: string;
}
