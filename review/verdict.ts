/** The verdict on one stack: every rule, in the order in which one decides whether the next can be trusted. */
import type { Catalog } from "./images";
import { leftOvers, consumers, drift, feeds } from "./rules/around";
import { launch, requested, spurious, tainted, triggered } from "./rules/cause";
import { data } from "./rules/data";
import { LEVELS, type Finding } from "./rules/finding";
import { breakGlass, mayRun, nameTaken, pinned } from "./rules/image";
import {
  comesAndGoes,
  forgotten,
  imported,
  keyedByAddress,
  mixed,
  moved,
  replacesOthers,
  servingSlot,
  updates,
} from "./rules/objects";
import { destroyedFirst, destroyProvisioners, disagrees, lacksOrder, preventsDestroy, reads } from "./rules/order";
import {
  destroysAll,
  errored,
  failedChecks,
  hiddenAddresses,
  incomplete,
  noEffect,
  unknownActions,
  unsaid,
} from "./rules/plan";
import { undoneBeside } from "./rules/undone";
import type { Subject } from "./subject";

/** What a review knows besides plan and configuration. */
export interface Context {
  readonly catalog: Catalog;
  readonly now: Date;
  /** The plan is meant to bring a new image: no change, or more than the image, needs a human. */
  readonly expectBump: boolean;
  /** The other stacks of the same release. */
  readonly others: readonly Subject[];
}

type Rule = (subject: Subject, context: Context) => readonly Finding[];

const RULES: readonly Rule[] = [
  errored,
  data,
  incomplete,
  destroysAll,
  (subject, { expectBump }) => noEffect(subject, expectBump),
  disagrees,
  unknownActions,
  forgotten,
  imported,
  moved,
  keyedByAddress,
  comesAndGoes,
  replacesOthers,
  updates,
  mixed,
  servingSlot,
  destroyedFirst,
  lacksOrder,
  preventsDestroy,
  requested,
  triggered,
  spurious,
  (subject, { expectBump }) => launch(subject, expectBump),
  tainted,
  pinned,
  (subject, { catalog, now }) => mayRun(subject, catalog, now),
  (subject, { now }) => breakGlass(subject, now),
  reads,
  nameTaken,
  failedChecks,
  leftOvers,
  (subject) => undoneBeside(subject, [...updates(subject), ...comesAndGoes(subject)]),
  drift,
  destroyProvisioners,
  (subject, { others }) => consumers(subject, others),
  feeds,
  hiddenAddresses,
  unsaid,
];

export const RESULTS = ["contract held", "needs a human", "error"] as const;
export type Result = (typeof RESULTS)[number];

/** Every finding, the heaviest first, otherwise in the order of the rules. */
export function judge(subject: Subject, context: Context): { result: Result; findings: readonly Finding[] } {
  const findings = RULES.flatMap((rule) => rule(subject, context))
    .map((found, index) => ({ found, index }))
    .sort((a, b) => LEVELS.indexOf(a.found.level) - LEVELS.indexOf(b.found.level) || a.index - b.index)
    .map(({ found }) => found);
  const worst = findings[0]?.level;
  return { result: worst === "error" ? "error" : worst === "human" ? "needs a human" : "contract held", findings };
}
