/** Values that an attribute takes, as the files `<provider>-allowed.json` say it. */

export type FormName =
  | "notEmpty"
  | "notBlank"
  | "uuid"
  | "ip"
  | "ipv4"
  | "ipv6"
  | "cidr"
  | "network4"
  | "time"
  | "duration"
  | "json"
  | "policy"
  | "base64"
  | "arn"
  | "nullableBool"
  | "nullableInt";

/** What one attribute takes. */
export interface Allowed {
  /** One of these. */
  readonly in?: readonly (string | number)[];
  /** One of these, in upper or lower case. */
  readonly anyCase?: readonly string[];
  /** Least and most of a number. */
  readonly min?: number;
  readonly max?: number;
  /** Least and most characters. */
  readonly minLen?: number;
  readonly maxLen?: number;
  /** A form that has a name. */
  readonly is?: FormName;
  /** The id of an Azure object; `{}` stands for a name. From `Microsoft.…` on it is inside a resource group. */
  readonly id?: string;
}
