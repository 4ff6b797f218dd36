/** `fleet release next`. */
import { missing, notApplied, readPlans } from "../../releases/evidence";
import { next, type Outcome as Taken } from "../../releases/next";
import { stepAt, type OpenRollout } from "../../releases/record";
import { named, type Situation } from "../../releases/rollout";
import { filesOf, nameOf, released, stacksOf, type Subject } from "../../releases/subject";
import { isBuilding } from "../../releases/ways-back";
import { changed, chosen, outOf } from "./change-commands";
import { BY, type Input, type ReleaseCommand } from "./command";
import { closeText, nextCommand, stepText, waitText } from "./say";

export const PLAN = {
  plan: {
    value: "[STACK=]FILE",
    help: "`terraform show -json` of a plan made after the deployment: one that changes nothing proves it",
    many: true,
  },
} as const;

export const nextStepCommand: ReleaseCommand = {
  summary: "Says that the step at hand is deployed, and takes the next one once its gate is open.",
  options: {
    step: { value: "ID", help: "the step that is deployed; makes the command safe to repeat" },
    approve: { help: "approve of the step at hand" },
    ...PLAN,
    ...BY,
  },
  async run(input) {
    const about = chosen(input);
    const at = released(about, input.around);
    const sources = input.many("plan");
    const evidence =
      sources.length === 0 ? undefined : notApplied(about, missing(about, at.file, readPlans(sources.map((source) => pathIn(input, source)), stacksOf(about)), input.around)); // prettier-ignore
    const options = {
      approve: input.on("approve"),
      step: input.text("step"),
      notApplied: evidence,
      dryRun: input.on("dry-run"),
    };
    const { command, sleep, write } = input.world;
    const taken = await next(about, at, options, {
      command,
      sleep: (milliseconds) => sleep(milliseconds),
      save: (edit) => write(filesOf(about, at, edit, input.around)),
    });
    const edit = taken.did === "nothing" ? { file: at.file, record: at.record } : taken.edit;
    return changed(input, about, at, edit, sayTaken(input, about, at, taken), !["repaired", "step", "finish"].includes(taken.did)); // prettier-ignore
  },
};

/** STACK=FILE or FILE, with the file in the project. */
export function pathIn(input: Input, source: string): string {
  const [, stack, file] = /^([a-z0-9-]+)=(.+)$/.exec(source) ?? [];
  return stack === undefined ? input.path(source) : `${stack}=${input.path(file!)}`;
}

function sayTaken(input: Input, about: Subject, at: Situation, taken: Taken): string[] {
  const open = at.record.rollout!;
  switch (taken.did) {
    case "repaired":
      return [
        "the command before was interrupted; its step is now in the release file",
        ...stepText(input, about, open),
      ];
    case "nothing":
      return [
        `${nameOf(about)}: step ${stepAt(open).id} is not applied everywhere`,
        ...taken.notApplied.map((reason) => `  ${reason}`),
        ...(isBuilding(open) ? outOf(input, about, at, open) : []),
      ];
    case "wait":
      return [
        `${nameOf(about)}: step ${stepAt(open).id} is applied`,
        ...waitText(input, about, taken.edit.record.rollout!, taken.for),
      ];
    case "judge":
      return [
        `${nameOf(about)}: the analysis of step ${stepAt(open).id} ${taken.result === "failed" ? "failed" : "is inconclusive"} (exit ${taken.runs.map(({ exit }) => exit).join(", ")})`,
        taken.result === "failed"
          ? `take it back: ${nextCommand(about, "abort")}`
          : `try again: ${nextCommand(about, `next --step ${stepAt(open).id}`)}`,
      ];
    case "step":
      return stepText(input, about, taken.edit.record.rollout!);
    case "finish":
      return finished(about, open);
  }
}

function finished(about: Subject, { kind, outcome, from, to }: OpenRollout): string[] {
  const end = `${nameOf(about)}: ${kind}${kind === "retire" ? "" : ` ${named(from)} → ${named(to)}`} is ${outcome ?? "finished"}`;
  if (kind === "break-glass" && !outcome) return [end, `close it: ${closeText(about, to.slot, null)}`];
  if (to.slot === "live" || kind === "retire" || kind === "break-glass") return [end];
  const [idle, why] = outcome || kind === "rollback" ? [outcome ? to.slot : from.slot, "for a look"] : [from.slot, "for a rollback"]; // prettier-ignore
  return [end, `slot ${idle} stays filled ${why}; to empty it: ${nextCommand(about, "retire")}`];
}
