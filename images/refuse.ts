/** Refusals: one place and one sentence that says what was found, what is allowed and what to do. */
import { InvalidInputError } from "../constructs/contract/problem";

/** @throws InvalidInputError always */
export function refuse(path: string, message: string): never {
  throw new InvalidInputError([{ path, message }]);
}

/** How messages name a version. */
export const named = (image: string, version: string): string => `${image} ${version}`;
