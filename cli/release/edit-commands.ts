/** Commands that renew what is live, and that edit a release directly. */
import { stamp } from "../../images/clock";
import { refuse } from "../../images/refuse";
import { first, set, type Wanted } from "../../releases/set";
import { sinceOf } from "../../releases/status";
import { liveOf, named, type Situation } from "../../releases/rollout";
import { load, nameOf, released, situation, subjectsOfOne, type Subject } from "../../releases/subject";
import { isBuilding, renew } from "../../releases/ways-back";
import { changed, chosen, DROP, outOf } from "./change-commands";
import { BY, type Input, type Outcome, type ReleaseCommand } from "./command";
import { deployText, planOf, stepText } from "./say";

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/** A length of time such as 30d, 12h or 90m, in milliseconds. */
function age(text: string): number {
  const [, number, unit] = /^(\d{1,5})([dhm])$/.exec(text) ?? refuse("--older-than", `must be a length of time such as 30d, 12h or 90m, got "${text}"`); // prettier-ignore
  return Number(number) * UNITS[unit!]!;
}

export const renewCommand: ReleaseCommand = {
  summary: "Builds the live version anew with another epoch; or, while a new one does not get healthy, that one.",
  options: {
    "older-than": { value: "AGE", help: "every service, or the one given, that has been live longer, such as 30d" },
    ...DROP,
    ...BY,
  },
  run(input) {
    const limit = input.text("older-than");
    return limit === undefined ? renewOne(input, chosen(input)) : renewOld(input, age(limit));
  },
};

function renewOne(input: Input, about: Subject): Outcome {
  const at = released(about, input.around);
  const open = at.record.rollout;
  const edit = renew(at, { dropPrevious: input.on("drop-previous") });
  const ways = open && isBuilding(open) ? outOf(input, about, at, open) : [];
  return changed(input, about, at, edit, [...stepText(input, about, edit.record.rollout!), ...ways]);
}

/** Those that are due; one that cannot be renewed now does not keep the others from it. */
function renewOld(input: Input, limit: number): Outcome {
  const due = subjectsOfOne(input.fleet, input.text("env"), input.text("service")).map((about) => judged(input, about, limit)); // prettier-ignore
  const outcomes = due.flatMap(({ outcome }) => (outcome ? [outcome] : []));
  return {
    text: due.map(({ outcome, line }) => outcome?.text ?? line).join("\n\n"),
    json: due.map(({ outcome, line }) => outcome?.json ?? { notes: [line] }),
    write: outcomes.flatMap(({ write = [] }) => write),
    findings: due.some(({ isOpen }) => isOpen),
  };
}

interface Judged {
  readonly outcome?: Outcome;
  readonly line: string;
  /** Whether somebody has to look at it. */
  readonly isOpen: boolean;
}

function judged(input: Input, about: Subject, limit: number): Judged {
  const name = nameOf(about);
  const stored = load(about, input.around);
  if (stored.file === null) return { line: `${name}: was never released`, isOpen: false };
  if (stored.record.rollout)
    return { line: `${name}: has an open ${stored.record.rollout.kind}; left alone`, isOpen: true };
  const at: Situation = situation(about, { ...stored, file: stored.file }, input.around);
  const live = liveOf(at.file);
  const since = sinceOf(at.record, live);
  if (since === null)
    return { line: `${name}: nobody recorded since when ${named(live)} is live; renew it without --older-than`, isOpen: true }; // prettier-ignore
  if (at.now.getTime() - Date.parse(since) <= limit)
    return { line: `${name}: ${named(live)} is live since ${since}; not due`, isOpen: false };
  return { outcome: renewOne(input, about), line: "", isOpen: false };
}

export const setCommand: ReleaseCommand = {
  summary: "Edits the release file directly, with a rollout's checks and without its steps; makes the first release.",
  options: {
    slot: { value: "SLOT", help: "the slot: blue or green, where there are two" },
    version: { value: "V", help: "what it runs" },
    epoch: { value: "TEXT", help: "its epoch" },
    capacity: { value: "N", help: "its fewest machines; none for the service's capacity.min" },
    traffic: { value: "SLOT=WEIGHT", help: "share of the traffic of a slot in percent; the other gets the rest" },
  },
  run(input) {
    const about = chosen(input);
    const stored = load(about, input.around);
    const wanted = wantedBy(input);
    const at = { service: about.service, record: stored.record, now: input.around.now };
    const edit =
      stored.file === null
        ? first(at, wanted)
        : set(situation(about, { ...stored, file: stored.file }, input.around), wanted);
    const plan =
      edit.contract === undefined
        ? []
        : [`plan:    ${edit.contract === "first" ? planOf({ step: "first", slot: "" }) : planOf(edit.contract)}`];
    const lines = [`${nameOf(about)}: set at ${stamp(at.now)}`, ...plan, ...deployText(input, about)];
    return changed(input, about, stored, edit, lines);
  },
};

function wantedBy(input: Input): Wanted {
  const traffic = input.text("traffic");
  const [, slot, weight] = /^([a-z]+)=(\d{1,3})$/.exec(traffic ?? "") ?? [];
  if (traffic !== undefined && (weight === undefined || Number(weight) > 100))
    refuse("--traffic", `must be SLOT=WEIGHT with a weight from 0 to 100, such as green=25, got "${traffic}"`);
  return {
    slot: input.text("slot"),
    version: input.text("version"),
    epoch: input.epoch(),
    capacity: input.text("capacity") === "none" ? null : input.whole("capacity"),
    traffic: slot === undefined ? undefined : { slot, weight: Number(weight) },
  };
}
