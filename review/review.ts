/** From plans and configurations to a review. */
import { blastRadius, headline, imageLines, slotReviews, whatHappens } from "./content";
import type { PlanFacts } from "./facts";
import type { Catalog } from "./images";
import type { Review, StackReview } from "./model";
import type { Configuration } from "./read/configuration";
import { placeOf, type Place } from "./place";
import { happens, subjectOf, type Subject } from "./subject";
import { clean, say, type Text } from "./text";
import type { History } from "./rules/stack";
import { judge, RESULTS } from "./verdict";
import { wayBack } from "./way-back";

export interface Options {
  readonly catalog: Catalog;
  readonly now: Date;
  readonly expectBump: boolean;
  readonly head?: string;
  /** What was released before: a first deployment of it is a lost state. */
  readonly history?: History;
}

export interface Input {
  readonly facts: PlanFacts;
  readonly configuration?: Configuration;
  /** Terraform workspace that the plan was made in, where it is not `default`: the stacks use none. */
  readonly workspace?: string;
}

const MOST_FINDINGS = 200;
const MOST_OBJECTS = 200;

/** Reviews the stacks of one release together. */
export function review(inputs: readonly Input[], options: Options): Review {
  const subjects = inputs.map(({ facts, configuration }) => subjectOf(facts, configuration));
  const stacks = subjects.map((subject, index) =>
    stackReview(
      subject,
      subjects.filter((other) => other !== subject),
      inputs[index]!.workspace,
      options,
    ),
  );
  const worst = Math.max(...stacks.map(({ result }) => RESULTS.indexOf(result)));
  return {
    schema: 1,
    result: RESULTS[worst]!,
    ...(options.head === undefined ? {} : { head: options.head }),
    stacks,
  };
}

function stackReview(
  subject: Subject,
  others: readonly Subject[],
  workspace: string | undefined,
  { catalog, now, expectBump, head, history }: Options,
): StackReview {
  const { facts, changes, leftOvers } = subject;
  const { result, findings } = judge(subject, {
    catalog,
    now,
    expectBump,
    others,
    ...(history ? { history } : {}),
    ...(workspace === undefined ? {} : { workspace }),
  });
  const place = placeOf(subject);
  const release = releaseFile(place);
  const slots = slotReviews(subject, catalog);
  const listed = [
    ...changes,
    ...leftOvers,
    ...facts.changes.filter((change) => change.previousAddress !== undefined && !happens(change)),
  ];
  const whole: StackReview = {
    stack: place.stack,
    ...(place.service ? { service: place.service, placement: place.placement! } : {}),
    result,
    step: subject.step,
    headline: headline(subject, slots),
    plan: {
      digest: facts.digest,
      ...(facts.timestamp === undefined ? {} : { at: facts.timestamp }),
      ...(facts.terraform === undefined ? {} : { terraform: facts.terraform }),
    },
    slots,
    findings: findings.slice(0, MOST_FINDINGS),
    moreFindings: Math.max(0, findings.length - MOST_FINDINGS),
    images: imageLines(subject, catalog, now),
    blastRadius: blastRadius(subject),
    rollBack: wayBack(subject, { catalog, release, ...(head === undefined ? {} : { head }) }),
    drift: { relevant: facts.drift.filter(({ relevant }) => relevant).length, all: facts.drift.length },
    objects: listed.slice(0, MOST_OBJECTS).map((change) => ({ address: change.address, what: whatHappens(change) })),
    moreObjects: Math.max(0, listed.length - MOST_OBJECTS),
  };
  return shownOnly(whole, shower(subject, [release, ...whole.images].flat())) as StackReview;
}

/** The file that says what runs, as words. */
const releaseFile = ({ environment, service }: Place): Text =>
  environment && service ? say`${`releases/${environment}/${service}.json`}` : say`the release file`;

/** How foreign strings are shown: names that source code gives are no values, whatever a secret happens to be. */
function shower({ facts, changes, configuration }: Subject, known: Text): (text: string) => string {
  const names = new Set(
    [
      ...facts.changes.flatMap(({ address, previousAddress = "", forcedBy, unknown, values }) => [
        address,
        previousAddress,
        ...forcedBy,
        ...unknown,
        ...values.map(({ path }) => path),
      ]),
      ...facts.drift.flatMap(({ address, attributes }) => [address, ...attributes]),
      ...facts.failedChecks.map(({ address }) => address),
      ...facts.outputs,
      ...(configuration?.blocks.keys() ?? []),
      ...(configuration?.reads ?? []),
      ...known.flatMap((part) => (typeof part === "string" ? [] : [part.code])),
    ].map((name) => clean(name)),
  );
  const paths = new Set(changes.flatMap(({ changed }) => changed.flatMap((path) => [path, path.split(".")[0]!])));
  return (text) =>
    names.has(text) ? text : clean(paths.has(text) ? facts.secrets.hideInPath(text) : facts.secrets.show(text));
}

/** Words of ours, and of this project's own files, that are fields; everything else that is a field, or is marked as code, came from outside. */
const OURS: readonly string[] = [
  "rule",
  "level",
  "result",
  "step",
  "order",
  "cause",
  "slot",
  "digest",
  "terraform",
  "at",
  "stack",
  "service",
  "placement",
];

/** The same review with every foreign string passed through `show`. Strings directly in a list are sentences of ours. */
function shownOnly(value: unknown, show: (text: string) => string, field = ""): unknown {
  if (typeof value === "string") return field === "" ? value : OURS.includes(field) ? clean(value) : show(value);
  if (Array.isArray(value)) return value.map((entry) => shownOnly(entry, show));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, shownOnly(entry, show, name)]));
}
