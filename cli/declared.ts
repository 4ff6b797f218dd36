/** The fleet of the project that a command runs in, loaded when it is asked for: not every command needs it. */
import { declaredFleet } from "../constructs/contract/fleet-file";

/** @throws InvalidInputError when fleet.ts cannot be read */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would end in the bundler's own words
export const declared = (): unknown => declaredFleet(() => require("../fleet"));
