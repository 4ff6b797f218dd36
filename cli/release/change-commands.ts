/** Commands that begin, take back and end rollouts. */
import { launch } from "../../constructs/azure/launch";
import type { Release } from "../../constructs/contract/release";
import { variableOf } from "../../constructs/contract/slots";
import { releaseFile } from "../../releases/file";
import { waysOut } from "../../releases/leftovers";
import type { OpenRollout } from "../../releases/record";
import { resolveSlots } from "../../releases/resolve";
import { start, type Edit, type Situation } from "../../releases/rollout";
import { filesOf, nameOf, released, subject, type Stored, type Subject } from "../../releases/subject";
import { abort, isBuilding, retire, rollback } from "../../releases/ways-back";
import { stamp } from "../../images/clock";
import { BY, type Input, type Outcome, type ReleaseCommand } from "./command";
import { deployOf, filesText, nextCommand, stepText } from "./say";

export const DROP = {
  "drop-previous": { help: "give up the release before the live one, which the idle slot keeps for a rollback" },
} as const;

export const chosen = (input: Input): Subject => subject(input.fleet, input.text("env"), input.text("service"));

/** What a command did to one service, in words, as data and as files. */
export function changed(
  input: Input,
  about: Subject,
  before: Stored,
  edit: Edit,
  lines: readonly string[],
  findings = false,
): Outcome {
  const isDry = input.on("dry-run");
  const files = filesOf(about, before, edit, input.around);
  const { rollout } = edit.record;
  return {
    text: [...lines, ...filesText(files, isDry)].join("\n"),
    json: {
      service: nameOf(about),
      rollout,
      deploy: rollout && rollout.applied === null ? deployOf(about) : null,
      notes: lines,
      files: files.map(({ file, text }) => (isDry ? { file, text } : { file })),
      dryRun: isDry,
    },
    write: isDry ? [] : files,
    findings,
  };
}

/** The ways out of a failure, where the machines of a new release were being built. */
export function outOf(input: Input, about: Subject, { file }: Situation, open: OpenRollout): string[] {
  const { environment, service } = about;
  const { releases } = input.around;
  const context = { environment, service, sources: input.around, file: releaseFile(releases, environment.name, service.name) }; // prettier-ignore
  const building = [...resolveSlots(context, file).variables].flatMap(([stack, variables]) => {
    const release = (variables as unknown as Record<string, Release | null>)[variableOf(open.to.slot)];
    return release ? [[stack, release] as const] : [];
  });
  return [
    "",
    "if the deployment failed:",
    ...waysOut(about, open.to.slot, new Map(building), launch).map((line) => `  ${line}`),
  ];
}

export const startCommand: ReleaseCommand = {
  summary: "Begins the release of a version.",
  options: {
    version: { value: "V", help: "the version, as in images/catalog" },
    epoch: { value: "TEXT", help: "its epoch; none unless given, or a new one where that name may be taken" },
    capacity: { value: "N", help: "fewest machines while it comes in, such as those the live release runs now" },
    ...DROP,
    ...BY,
  },
  run(input) {
    const about = chosen(input);
    const at = released(about, input.around);
    const wanted = {
      version: input.needed("version"),
      epoch: input.epoch() ?? "",
      capacity: input.whole("capacity"),
    };
    const edit = start(at, wanted, { dropPrevious: input.on("drop-previous") });
    return changed(input, about, at, edit, stepText(input, about, edit.record.rollout!));
  },
};

export const abortCommand: ReleaseCommand = {
  summary: "Takes the open rollout back: all traffic to where it was, in one update.",
  run(input) {
    const about = chosen(input);
    const at = released(about, input.around);
    const open = at.record.rollout;
    const edit = abort(at);
    const ways = open && isBuilding(open) ? outOf(input, about, at, open) : [];
    const revoked = at.refusal(open!.from.version);
    const lines = edit.record.rollout
      ? stepText(input, about, edit.record.rollout)
      : revoked === undefined
        ? untouched(about, edit, open!)
        : toLeave(about, revoked, open!);
    return changed(input, about, at, edit, [...lines, ...ways]);
  },
};

const toLeave = (about: Subject, revoked: string, { kind }: OpenRollout): string[] => [
  `${nameOf(about)}: ${kind} aborted; it leads nowhere, so there is nothing to deploy: ${revoked}`,
  `to leave that: ${nextCommand(about, "start --version V")}`,
];

function untouched(about: Subject, { file }: Edit, { to, kind }: OpenRollout): string[] {
  const there = "traffic" in file && to.slot !== "live" && file.slots[to.slot] !== null;
  return [
    `${nameOf(about)}: ${kind} aborted; it had no traffic, so there is nothing to deploy`,
    ...(there ? [`slot ${to.slot} stays as it is; to empty it: ${nextCommand(about, "retire")}`] : []),
  ];
}

export const rollbackCommand: ReleaseCommand = {
  summary: "Goes back to the release before: by traffic while its slot is filled, else by its version.",
  options: BY,
  run(input) {
    const about = chosen(input);
    const at = released(about, input.around);
    const edit = rollback(at);
    return changed(input, about, at, edit, stepText(input, about, edit.record.rollout!));
  },
};

export const retireCommand: ReleaseCommand = {
  summary: "Empties the idle slot, once it has drained and is no longer kept for a rollback.",
  options: { slot: { value: "SLOT", help: "the slot, blue or green; the one without traffic unless given" }, ...BY },
  run(input) {
    const about = chosen(input);
    const at = released(about, input.around);
    const edit = retire(at, input.text("slot"));
    if (edit.notBefore === undefined)
      return changed(input, about, at, edit, stepText(input, about, edit.record.rollout!));
    const { slot } = edit.record.idle!;
    const line = `${nameOf(about)}: nobody recorded when slot ${slot} lost its traffic, so it counts from now; retire it after ${stamp(edit.notBefore)}`;
    return changed(input, about, at, edit, [line], true);
  },
};
