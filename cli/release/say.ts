/** What the commands say: steps, gates, and what to do next. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Gate } from "../../constructs/contract/rollout-spec";
import type { FileToWrite } from "../../images/write";
import { commandFor, deployCommand, onLocalCloud } from "../../releases/command-for";
import { stepAt, type OpenRollout, type Step } from "../../releases/record";
import { named, weightOf, type Waiting } from "../../releases/rollout";
import { nameOf, stacksOf, type Subject } from "../../releases/subject";
import type { Input } from "./command";

const machines = (slot: string) => (slot === "live" ? "the machines" : `the machines of slot ${slot}`);

const PLANS: Readonly<Record<Step["contract"]["step"] | "first", (slot: string) => string>> = {
  first: () => "creates the service",
  fill: (slot) => `creates ${machines(slot)}`,
  bump: (slot) => `replaces ${machines(slot)}, new before old`,
  shift: () => "moves the traffic",
  scale: (slot) => `moves the traffic and changes how many ${machines(slot)} are at least`,
  limits: (slot) => `changes how many ${machines(slot)} are at least`,
  retire: (slot) => `deletes ${machines(slot)}`,
};

/** What the plan of a step does: what `npx fleet review` and constructs/contract/plan-contract.ts hold it to. */
export const planOf = ({ step, slot }: { step: keyof typeof PLANS; slot: string }): string => PLANS[step](slot);

export const deployOf = (subject: Subject): string => deployCommand(subject.environment, stacksOf(subject));

/** How a step is deployed; and how on the local cloud, where one of the stacks is deployed there. */
export function deployText({ world }: Input, subject: Subject): string[] {
  const local = process.env.LOCAL_CLOUD_DIR || join(world.folder, ".local-cloud");
  const isTried = stacksOf(subject).some((stack) => existsSync(join(local, "state", `${stack}.tfstate`)));
  const command = deployOf(subject);
  const trial = onLocalCloud(`npx fleet deploy ${stacksOf(subject).join(" ")}`);
  return [`deploy:  ${command}`, ...(isTried && command !== trial ? [`trial:   ${trial}`] : [])];
}

export const nextCommand = (subject: Subject, command: string): string => commandFor(nameOf(subject), command);

export function gateText({ bakeSec, approve, analysis }: Gate): string {
  const parts = [
    ...(bakeSec > 0 ? [`bakes ${bakeSec} s`] : []),
    ...(analysis ? [`analysis ${analysis.run.join(" ")}`] : []),
    ...(approve ? ["approval"] : []),
  ];
  return parts.join(", ");
}

/** What the step at hand waits for, and the command that goes on. */
export function waitText(input: Input, subject: Subject, open: OpenRollout, waiting: Waiting): string[] {
  const { id, gate } = stepAt(open);
  const on = nextCommand(subject, `next --step ${id}`);
  switch (waiting.for) {
    case "apply":
      return [...deployText(input, subject), `then:    ${on}`];
    case "bake":
      return [`bakes until ${waiting.until}`, `then:    ${on}`];
    case "analysis":
      return analysisText(subject, open, gate.analysis!.run.join(" "), on);
    case "approval":
      return ["waits for approval", `then:    ${on} --approve`];
  }
}

/** The last analysis of the step at hand, if it was not passed. */
export const unpassed = (open: OpenRollout) =>
  open.analyses.filter(({ step, result }) => step === stepAt(open).id && result !== "passed").at(-1);

function analysisText(subject: Subject, open: OpenRollout, command: string, on: string): string[] {
  const last = unpassed(open);
  if (!last) return [`waits for its analysis: ${command}`, `then:    ${on}`];
  const exits = last.runs.map(({ exit }) => (typeof exit === "number" ? `exit ${exit}` : exit)).join(", ");
  return last.result === "failed"
    ? [`its analysis failed at ${last.at} (${exits}): ${command}`, `back:    ${nextCommand(subject, "abort")}`, `again:   ${on}`] // prettier-ignore
    : [`its analysis was inconclusive at ${last.at} (${exits}): ${command}`, `again:   ${on}`];
}

/** The step at hand, just written. */
export function stepText(input: Input, subject: Subject, open: OpenRollout): string[] {
  const step = stepAt(open);
  const { from, to, kind, outcome } = open;
  const what = outcome ? `${kind} ${named(from)} → ${named(to)} is aborted` : `${kind} ${named(from)} → ${named(to)}`;
  const traffic = "traffic" in step.change ? `, ${weightOf(step.change, to.slot)} % on ${named(to)}` : "";
  return [
    `${nameOf(subject)}: ${kind === "retire" ? "retire" : what}, step ${open.at + 1} of ${open.steps.length}: ${step.id}${traffic}`,
    `plan:    ${planOf(step.contract)}`,
    ...waitText(input, subject, open, { for: "apply" }),
  ];
}

/** How the machines of a break-glass release are replaced: what works now, with the rollout that is open. */
export function closeText(subject: Subject, slot: string, open: OpenRollout | null): string {
  if (open?.kind === "break-glass" && !open.outcome) return nextCommand(subject, "abort");
  if (open) return `the open ${open.outcome ? "abort" : open.kind} does; ${nextCommand(subject, "status")}`;
  return nextCommand(subject, slot === "live" ? "rollback" : `retire --slot ${slot}`);
}

/** What was written, or would be. */
export const filesText = (files: readonly FileToWrite[], dryRun: boolean): string[] =>
  dryRun
    ? files.flatMap(({ file, text }) => ["", `would write ${file}`, text.trimEnd()])
    : files.map(({ file }) => `written: ${file}`);
