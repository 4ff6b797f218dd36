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
  leftBehind,
  noEffect,
  unknownActions,
  unsaid,
} from "./rules/plan";
import { givesMore } from "./rules/rights";
import { fewerMachines, lostState, notJudged, type History } from "./rules/stack";
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
  readonly history?: History;
  /** Terraform workspace of the plan, where it is not `default`. */
  readonly workspace?: string;
}

type Rule = (subject: Subject, context: Context) => readonly Finding[];

const RULES: readonly Rule[] = [
  errored,
  data,
  incomplete,
  destroysAll,
  leftBehind,
  (subject, { expectBump }) => noEffect(subject, expectBump),
  disagrees,
  unknownActions,
  forgotten,
  imported,
  moved,
  keyedByAddress,
  (subject, { history, workspace }) => lostState(subject, history, workspace),
  comesAndGoes,
  replacesOthers,
  updates,
  givesMore,
  mixed,
  servingSlot,
  fewerMachines,
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

/** What can be said of a plan of another project. */
const OF_ANY_PLAN: readonly Rule[] = [
  errored,
  data,
  incomplete,
  destroysAll,
  unknownActions,
  notJudged,
  hiddenAddresses,
  unsaid,
];

export const RESULTS = ["contract held", "not judged", "needs a human", "error"] as const;
export type Result = (typeof RESULTS)[number];

/** Every finding, the heaviest first, otherwise in the order of the rules. */
export function judge(subject: Subject, context: Context): { result: Result; findings: readonly Finding[] } {
  const rules = subject.isOurs ? RULES : OF_ANY_PLAN;
  const findings = rules
    .flatMap((rule) => rule(subject, context))
    .map((found, index) => ({ found, index }))
    .sort((a, b) => LEVELS.indexOf(a.found.level) - LEVELS.indexOf(b.found.level) || a.index - b.index)
    .map(({ found }) => found);
  const worst = findings[0]?.level;
  if (worst === "error") return { result: "error", findings };
  if (!subject.isOurs) return { result: "not judged", findings };
  return { result: worst === "human" ? "needs a human" : "contract held", findings };
}
