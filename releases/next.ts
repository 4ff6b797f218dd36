/** The next step: what is known to be applied, what still holds it back, and on. */
import { stamp } from "../images/clock";
import { refuse } from "../images/refuse";
import { analyse, analysisEnvironment, type RunCommand, type Verdict } from "./analysis";
import { stepAt, type AnalysisRun, type OpenRollout } from "./record";
import {
  again,
  advanced,
  confirmed,
  DEPLOYMENT_SEC,
  isFresh,
  leavesRevoked,
  openOf,
  waitingFor,
  written,
  type Edit,
  type Situation,
  type Waiting,
} from "./rollout";
import type { Subject } from "./subject";

export interface NextOptions {
  /** Whether the person who asks approves of the step at hand. */
  readonly approve: boolean;
  /** The step that is meant, so that the same command given twice takes one step. */
  readonly step?: string | undefined;
  /** Why stacks are not known to run the step; undefined to take the word of who asks. */
  readonly notApplied?: readonly string[] | undefined;
  /** Whether the user's command is only named, not run. */
  readonly dryRun: boolean;
}

export interface Tools {
  readonly command: RunCommand;
  sleep(milliseconds: number): Promise<void>;
  /** Called before something that takes long. */
  save(edit: Edit): void;
}

export type Outcome =
  /** A command before was interrupted: the release file is now what the record says. */
  | { readonly did: "repaired"; readonly edit: Edit }
  | { readonly did: "nothing"; readonly notApplied: readonly string[] }
  | { readonly did: "wait"; readonly for: Waiting; readonly edit: Edit }
  | { readonly did: "judge"; readonly result: Verdict; readonly runs: readonly AnalysisRun[]; readonly edit: Edit }
  | { readonly did: "step" | "finish"; readonly edit: Edit };

/** @throws InvalidInputError when no rollout is open, or when the step that is meant is not the one at hand */
export async function next(subject: Subject, at: Situation, options: NextOptions, tools: Tools): Promise<Outcome> {
  const open = openOf(at);
  if (!written(at, open)) return { did: "repaired", edit: again(at, open) };
  refuseOtherStep(at, open, options.step);
  // Its plan cannot be made any more, so nobody can wait for it.
  if (leavesRevoked(at, open)) return stepFrom(at, open);
  if (open.applied === null && options.notApplied && options.notApplied.length > 0)
    return { did: "nothing", notApplied: options.notApplied };
  refuseTooSoon(at, open, options);
  const known = approved({ ...at, record: confirmed(at, open) }, options.approve);
  return throughGate(subject, known, options, tools);
}

async function throughGate(subject: Subject, at: Situation, options: NextOptions, tools: Tools): Promise<Outcome> {
  const open = openOf(at);
  const edit = { file: at.file, record: at.record };
  const waiting = waitingFor(open, at.now);
  const { analysis } = stepAt(open).gate;
  if (waiting?.for !== "analysis" || !analysis || options.dryRun)
    return waiting ? { did: "wait", for: waiting, edit } : stepFrom(at, open);
  tools.save(edit);
  const environment = analysisEnvironment(subject.environment.name, subject.service.name, open);
  const { result, runs } = await analyse(analysis, environment, tools);
  const judged = { step: stepAt(open).id, result, at: stamp(at.now), runs: [...runs] };
  const record = { ...at.record, rollout: { ...open, analyses: [...open.analyses, judged] } };
  if (result !== "passed") return { did: "judge", result, runs, edit: { file: at.file, record } };
  return throughGate(subject, { ...at, record }, options, tools);
}

function stepFrom(at: Situation, open: OpenRollout): Outcome {
  const edit = advanced(at, open);
  return { did: edit.record.rollout === null ? "finish" : "step", edit };
}

function refuseOtherStep({ name }: Situation, open: OpenRollout, meant: string | undefined): void {
  const { id } = stepAt(open);
  if (meant === undefined || meant === id) return;
  const isPast = open.steps.findIndex((step) => step.id === meant) < open.at && open.steps.some((s) => s.id === meant);
  refuse("--step", `${meant} is ${isPast ? "behind" : "not the step at hand of"} ${name}; step ${id} is at hand`);
}

function refuseTooSoon(at: Situation, open: OpenRollout, { step, notApplied }: NextOptions): void {
  const { id } = stepAt(open);
  if (open.applied === null && step === undefined && notApplied === undefined && isFresh(at, open))
    refuse(
      at.name,
      `wrote step ${id} less than ${DEPLOYMENT_SEC} s ago; deploy it first, then say so with --step ${id}`,
    );
}

function approved(at: Situation, approve: boolean): Situation {
  if (!approve) return at;
  const open = openOf(at);
  const { id, gate } = stepAt(open);
  if (!gate.approve) refuse("--approve", `is not asked for by step ${id} of ${at.name}; leave it out`);
  if (open.approvals.some(({ step }) => step === id)) return at;
  const approvals = [...open.approvals, { step: id, by: at.by(), at: stamp(at.now) }];
  return { ...at, record: { ...at.record, rollout: { ...open, approvals } } };
}
