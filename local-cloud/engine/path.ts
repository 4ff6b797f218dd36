/** Paths to attributes, and the text form in which the SDK compares values. */
import type { Value } from "../protocol/values";

/** A step of an attribute path; map keys are told apart from attribute names. */
export type Step = string | number | { readonly key: string };
export type Path = readonly Step[];

/** The dotted schema path of a value path: indices and keys left out. */
export const schemaPath = (path: Path): string => path.filter((step) => typeof step === "string").join(".");

/** The SDK's string form of a primitive; absent is empty. */
export const text = (value: Value | undefined): string => (value === null || value === undefined ? "" : String(value));
