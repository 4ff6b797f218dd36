/** Rules on causes: a release changes the image, and whatever else moves with it is said. */
import { causeOf, extraCauses, launchChanges } from "../cause";
import type { Change } from "../facts";
import { slotOf } from "../planes";
import { kindOf } from "../read/attributes";
import { blockOf, isReplaced, type Subject } from "../subject";
import { changedWords, listed, say } from "../text";
import { finding, NOTHING_TO_DO, type Finding } from "./finding";
import { ownIn } from "../../constructs/contract/own";

export const requested = ({ changes }: Subject): Finding[] =>
  changes
    .filter(({ reason }) => reason === "replace_by_request")
    .map((change) =>
      finding(
        "by-request",
        "human",
        change,
        say`Is replaced because somebody asked terraform to, with -replace; nothing in the release did.`,
        say`To rebuild the same image, change epoch in the release file: then the repository says so.`,
      ),
    );

export const tainted = ({ changes, planes }: Subject): Finding[] =>
  changes
    .filter(({ reason }) => reason === "replace_because_tainted")
    .map((change) =>
      finding(
        "tainted",
        "note",
        change,
        planes.isGroup(change)
          ? say`This group was created by an apply that failed: its machines never got healthy. That is why it goes, not because of its image alone.`
          : say`Was left half-made by an apply that failed, and is made anew.`,
        NOTHING_TO_DO,
      ),
    );

export const triggered = (subject: Subject): Finding[] =>
  subject.changes
    .filter(({ reason }) => reason === "replace_by_triggers")
    .map((change) => {
      const triggers = blockOf(subject, change)?.triggeredBy ?? [];
      const pulled = subject.changes.filter(({ type, name }) => triggers.includes(`${type}.${name}`));
      const byMachines = pulled.filter((other) => subject.planes.isCompute(other) && isReplaced(other));
      return byMachines.length > 0
        ? finding(
            "triggered",
            "note",
            change,
            say`Is replaced because ${byMachines[0]!.address} is, by replace_triggered_by.`,
            NOTHING_TO_DO,
          )
        : finding(
            "triggered",
            "human",
            change,
            pulled.length > 0
              ? say`Is replaced because of ${pulled[0]!.address}, by replace_triggered_by; that is no part of a release.`
              : say`Is replaced by replace_triggered_by, and what triggered it cannot be seen.`,
            say`Key it by its name like the rest of the group.`,
          );
    });

/** A replacement that is forced only because a value is not known: it may turn out the same, and is replaced all the same. */
export const spurious = (subject: Subject): Finding[] =>
  subject.changes
    .filter(
      (change) =>
        isReplaced(change) &&
        change.forcedBy.length > 0 &&
        change.forcedBy.every((name) => change.unknown.includes(name)),
    )
    .filter((change) => !followsGroup(subject, change) && !followsEntry(subject, change))
    .map((change) =>
      finding(
        "unknown-cause",
        "human",
        change,
        say`Is replaced because ${listed(change.forcedBy)} is not known yet. It is replaced even if the value turns out the same.`,
        say`Find what makes the value unknown: a data source that is read during the apply, or something that is created in this plan.`,
      ),
    );

/** Satellites point at their group by an id that the new group does not have yet. */
const followsGroup = ({ slots, planes }: Subject, change: Change): boolean => {
  const group = slots.get(slotOf(change))?.group;
  return (
    planes.isCompute(change) &&
    !planes.isGroup(change) &&
    group !== undefined &&
    isReplaced(group) &&
    change.forcedBy.every((name) => ownIn(planes.compute, kindOf(change.type))?.includes(name))
  );
};

/** A part of the entry points at another one that is replaced with it, by an id that the new one does not have yet. */
function followsEntry(subject: Subject, change: Change): boolean {
  const { isEntry } = subject.planes;
  if (subject.step !== "launch" || !isEntry(change)) return false;
  const dependsOn = blockOf(subject, change)?.dependsOn;
  return subject.changes.some(
    (other) =>
      isEntry(other) &&
      isReplaced(other) &&
      !other.forcedBy.every((name) => other.unknown.includes(name)) &&
      (dependsOn?.includes(`${other.type}.${other.name}`) ?? true),
  );
}

/** What changes in the machines besides the image. */
export const launch = ({ slots }: Subject, expectBump: boolean): Finding[] =>
  [...slots.values()].flatMap((slot) => {
    const cause = causeOf(slot);
    if (cause !== "image and launch settings" && cause !== "launch settings") return [];
    return slot.members
      .filter(isReplaced)
      .map((change) => ({
        change,
        paths: [...new Set([...launchChanges(change), ...extraCauses(slot.planes, change)])],
      }))
      .filter(({ paths }) => paths.length > 0)
      .map(({ change, paths }) =>
        cause === "launch settings"
          ? finding(
              "launch",
              expectBump ? "human" : "note",
              change,
              say`The machines change in ${changedWords(change, paths)}; the image stays.`,
              NOTHING_TO_DO,
            )
          : finding(
              "image-and-more",
              expectBump ? "human" : "warning",
              change,
              say`Besides the image, the machines change in ${changedWords(change, paths)}.`,
              say`If something goes wrong it will not be clear which of the two did it: better one after the other.`,
            ),
      );
  });
