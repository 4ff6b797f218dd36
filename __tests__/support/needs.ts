/** Tests that need what a machine may lack: skipped there with the reason in their name, which the summary of the run collects. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What the real providers say, beside a checkout of the project's own team. */
export const PROVIDER_FACTS = join(__dirname, "../../../shared/provider-facts");
/** Small inputs that failed, in the same place. */
export const CASES = join(__dirname, "../../../shared/cases");

const missing = (folder: string): string | undefined =>
  existsSync(folder) ? undefined : `../shared/${folder.split("/").at(-1)} is not there`;

/** `describe`, or a skipped one that says what is missing. */
export const describeUnless = (reason: string | undefined): ((name: string, run: () => void) => void) =>
  reason === undefined ? describe : (name, run) => describe.skip(`${name} (skipped: ${reason})`, run);

/** `test`, or a skipped one that says what is missing. */
export const testUnless = (reason: string | undefined): ((name: string, run: jest.ProvidesCallback) => void) =>
  reason === undefined ? test : (name, run) => test.skip(`${name} (skipped: ${reason})`, run);

export const describeWithFacts = describeUnless(missing(PROVIDER_FACTS));
export const testWithFacts = testUnless(missing(PROVIDER_FACTS));
export const testWithCases = testUnless(missing(CASES));
