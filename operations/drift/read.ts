/** Reads what a plan says of changes behind Terraform's back: of `terraform plan -refresh-only`, or of any other plan. */
import { z } from "zod";
import { digest, parseChange, type RawChange } from "../../review/read/digest";
import { readPlan } from "../../review/read/plan";
import { scanFile, UnusableFile } from "../../review/read/scan-file";
import type { Secrets } from "../../review/read/secrets";
import type { Attributes } from "../../review/read/attributes";
import { clean } from "../../review/text";
import { sameMeaning } from "../../constructs/contract/meaning";
import { heavier, subjectIn, weightOf } from "./classify";
import { MIRRORED, type Managed } from "./mirrors";
import type { Subject, Weight } from "./subjects";

/** One object that changed, in one respect. Every text of a plan in it is made harmless. */
export interface DriftFinding {
  readonly address: string;
  readonly type: string;
  readonly subject: Subject;
  readonly weight: Weight;
  /** Paths of the attributes; none when the object is gone. */
  readonly attributes: readonly string[];
  /** Values of the few attributes that may be shown. */
  readonly values: readonly { readonly what: string; readonly before: string; readonly after: string }[];
  /** Set on an object that a failed rollout left behind. */
  readonly deposed?: string;
}

export interface StackDrift {
  readonly stack: string;
  /** SHA-256 of the plan's JSON; none where there was nothing to plan. */
  readonly digest?: string;
  /** False for a stack that is not deployed yet; undefined where the plan does not say. */
  readonly deployed?: boolean;
  readonly findings: readonly DriftFinding[];
  readonly weight: Weight | "none";
}

/** As many differences as the reader of plans counts: there may be more. */
const MOST_PATHS = 200;

const SHOWN_SUBJECT: Readonly<Record<keyof Attributes, Subject | undefined>> = {
  name: "name",
  prefix: "name",
  image: "image",
  machine: "launch",
  version: undefined,
  size: "size",
  gate: undefined,
  min: "limits",
  max: "limits",
  targets: "traffic",
  id: undefined,
};

const resource = z.object({
  type: z.string(),
  mode: z.string(),
  values: z.record(z.string(), z.unknown()).nullish(),
});

interface Scanned {
  readonly raw: readonly RawChange[];
  /** Objects of the state that a mirror needs to see. */
  readonly managed: readonly Managed[];
  /** Undefined where the file does not hold the state. */
  readonly deployed?: boolean;
}

function scan(file: string): Scanned {
  const raw: RawChange[] = [];
  const managed: Managed[] = [];
  let objects = 0;
  const take = (value: unknown) => {
    const read = resource.safeParse(value).data;
    if (read?.mode !== "managed") return;
    objects++;
    if (MIRRORED.has(read.type)) managed.push({ type: read.type, values: read.values ?? {} });
  };
  const names = scanFile(file, {
    resource_drift: { each: (value) => void raw.push(parseChange(value)) },
    prior_state: { inside: { values: { inside: { root_module: { inside: { resources: { each: take } } } } } } },
  });
  // The redacted form has no configuration, and a whole plan without a state had none.
  return { raw, managed, ...(names.includes("configuration") ? { deployed: objects + raw.length > 0 } : {}) };
}

/** A stack that Terraform never made: what it stands on may be missing too, so that no plan can be made of it. */
export const neverDeployed = (stack: string): StackDrift => ({
  stack: clean(stack),
  deployed: false,
  findings: [],
  weight: "none",
});

/**
 * @param stack its name, for the report
 * @throws UnusableFile with one clear reason
 */
export function readDrift(file: string, stack: string): StackDrift {
  const facts = readPlan(file);
  if (facts.errored)
    throw new UnusableFile(`${file} is a plan that failed: what it says of drift is not whole; plan again`);
  const { raw, managed, ...state } = scan(file);
  const { secrets } = facts;
  const changes = raw.map((one) => ({ one, change: digest(one, secrets) }));
  const findings = changes.flatMap(({ one, change }) => findingsOf(one, change, managed, secrets));
  return {
    stack: clean(stack),
    digest: facts.digest,
    ...state,
    findings,
    weight: findings.reduce<Weight | "none">(
      (worst, { weight }) => (worst === "none" ? weight : heavier(worst, weight)),
      "none",
    ),
  };
}

/** One finding for each subject that the object changed in. */
function findingsOf(raw: RawChange, change: Change, managed: readonly Managed[], secrets: Secrets): DriftFinding[] {
  const show = (text: string) => clean(secrets.show(text));
  const common = {
    address: clean(secrets.hideIn(change.address)),
    type: clean(change.type),
    ...(change.deposed === undefined ? {} : { deposed: clean(change.deposed) }),
  };
  const { after } = raw.change;
  if (!after) return [{ ...common, subject: "gone", weight: weightOf("gone"), attributes: [], values: [] }];
  const bySubject = new Map<Subject, string[]>();
  for (const path of [...change.changed, ...(change.changed.length >= MOST_PATHS ? ["(and more)"] : [])]) {
    const subject = subjectIn(change.type, path, after, managed);
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), path]);
  }
  return [...bySubject].map(([subject, paths]) => ({
    ...common,
    subject,
    weight: weightOf(subject),
    attributes: [...new Set(paths.map((path) => clean(secrets.hideInPath(path))))].sort(),
    values: shownValues(change, subject, show),
  }));
}

type Change = ReturnType<typeof digest>;

function shownValues({ before, after }: Change, subject: Subject, show: (text: string) => string) {
  return (Object.keys(SHOWN_SUBJECT) as (keyof Attributes)[]).flatMap((what) => {
    if (SHOWN_SUBJECT[what] !== subject) return [];
    const [from, to] = [words(before[what]), words(after[what])];
    return sameMeaning(before[what], after[what]) ? [] : [{ what, before: show(from), after: show(to) }];
  });
}

/** Targets with their weights, or a plain value. */
function words(value: unknown): string {
  if (value === undefined) return "";
  if (!Array.isArray(value)) return String(value);
  return (value as { to: string; weight: number }[]).map(({ to, weight }) => `${to} ${weight} %`).join(", ");
}
