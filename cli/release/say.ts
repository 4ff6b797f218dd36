/** What the commands say: steps, gates, and what to do next. */
import type { Gate } from "../../constructs/contract/rollout-spec";
import type { FileToWrite } from "../../images/write";
import { commandFor } from "../../releases/command-for";
import { stepAt, type OpenRollout, type Step } from "../../releases/record";
import { named, weightOf, type Waiting } from "../../releases/rollout";
import { nameOf, stacksOf, type Subject } from "../../releases/subject";

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

export const deployCommand = (subject: Subject): string => `npx cdktf deploy ${stacksOf(subject).join(" ")}`;

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
export function waitText(subject: Subject, open: OpenRollout, waiting: Waiting): string[] {
  const { id, gate } = stepAt(open);
  const on = nextCommand(subject, `next --step ${id}`);
  switch (waiting.for) {
    case "apply":
      return [`deploy:  ${deployCommand(subject)}`, `then:    ${on}`];
    case "bake":
      return [`bakes until ${waiting.until}`, `then:    ${on}`];
    case "analysis":
      return [`waits for its analysis: ${gate.analysis!.run.join(" ")}`, `then:    ${on}`];
    case "approval":
      return ["waits for approval", `then:    ${on} --approve`];
  }
}

/** The step at hand, just written. */
export function stepText(subject: Subject, open: OpenRollout): string[] {
  const step = stepAt(open);
  const { from, to, kind, outcome } = open;
  const what = outcome ? `${kind} ${named(from)} → ${named(to)} is aborted` : `${kind} ${named(from)} → ${named(to)}`;
  const traffic = "traffic" in step.change ? `, ${weightOf(step.change, to.slot)} % on ${named(to)}` : "";
  return [
    `${nameOf(subject)}: ${kind === "retire" ? "retire" : what}, step ${open.at + 1} of ${open.steps.length}: ${step.id}${traffic}`,
    `plan:    ${planOf(step.contract)}`,
    ...waitText(subject, open, { for: "apply" }),
  ];
}

/** How the machines of a break-glass release are replaced. */
export const closeText = (subject: Subject, slot: string): string =>
  nextCommand(subject, slot === "live" ? "rollback" : `retire --slot ${slot}`);

/** What was written, or would be. */
export const filesText = (files: readonly FileToWrite[], dryRun: boolean): string[] =>
  dryRun
    ? files.flatMap(({ file, text }) => ["", `would write ${file}`, text.trimEnd()])
    : files.map(({ file }) => `written: ${file}`);
