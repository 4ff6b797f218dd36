/** The three clouds' rules as one, and what they rest on. */
import type { Rules, Topology } from "../model";
import { aws } from "./aws";
import { AWS } from "./aws-facts";
import { azure } from "./azure";
import { AZURE } from "./azure-facts";
import { rowsOf } from "./facts";
import { google } from "./google";
import { GOOGLE } from "./google-facts";

/** Everything that runs, of the store's objects. */
export const topologyOf: Rules = (objects) => {
  const parts = [aws, google, azure].map((rules) => rules(objects));
  const all = <K extends keyof Topology>(name: K) => parts.flatMap((part): Topology[K][number][] => [...part[name]]);
  return { entries: all("entries"), pools: all("pools"), groups: all("groups"), gates: all("gates") };
};

/** What each rule does and how sure it is, as the table of docs/local-cloud.md. */
export const rulesTable = (): string =>
  [
    "| cloud | what it does | how sure |",
    "| --- | --- | --- |",
    ...rowsOf("AWS", AWS),
    ...rowsOf("Google", GOOGLE),
    ...rowsOf("Azure", AZURE),
  ].join("\n");
