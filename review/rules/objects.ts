/** Rules on single objects: what a release may do to which, by the plan contract. */
import type { Change } from "../facts";
import { dataWord } from "../keeps-data";
import type { Attributes } from "../../constructs/contract/cloud-contracts";
import { slotOf } from "../planes";
import { ownIn } from "../../constructs/contract/own";
import { kindOf } from "../read/attributes";
import { happens, isOnly, isReplaced, movesEntry, topLevel, type Subject } from "../subject";
import { changedWords, listed, say, type Text } from "../text";
import { means } from "./rights";
import { finding, NOTHING_TO_DO, type Finding } from "./finding";
import { undoing } from "./undone";

export const forgotten = ({ changes }: Subject): Finding[] =>
  changes
    .filter(({ actions }) => actions.includes("forget"))
    .map((change) =>
      finding(
        "forget",
        "human",
        change,
        say`Terraform forgets this and leaves it in the cloud, where it runs and costs on unmanaged.`,
        dataWord(change) === undefined
          ? say`Declare it again, or delete it by hand afterwards.`
          : say`Declare it again and import it, or keep it by hand: it holds data.`,
      ),
    );

export const imported = ({ facts }: Subject): Finding[] =>
  facts.changes
    .filter(({ importing }) => importing)
    .map((change) =>
      finding(
        "import",
        "human",
        change,
        say`The plan imports this into the state, which no release does.`,
        say`Import in a change of its own.`,
      ),
    );

export const moved = ({ facts }: Subject): Finding[] =>
  facts.changes
    .filter(({ previousAddress }) => previousAddress !== undefined)
    .map((change) =>
      happens(change)
        ? finding(
            "moved-and-changed",
            "human",
            change,
            say`Moved here from ${change.previousAddress!} and changed in the same plan: a refactoring mixed with a release.`,
            say`Move in one change, release in the next.`,
          )
        : finding(
            "moved",
            "note",
            change,
            say`Moved here from ${change.previousAddress!}; nothing else happens to it.`,
            NOTHING_TO_DO,
          ),
    );

/** An object that comes at one address while its like goes at another: nothing makes the one wait for the other. */
export function keyedByAddress({ changes }: Subject): Finding[] {
  const created = changes.filter((change) => isOnly(change, "create"));
  return changes
    .filter((change) => isOnly(change, "delete") && change.reason !== undefined)
    .flatMap((gone) => {
      const successor = created.find((change) => isPair(gone, change));
      return successor === undefined
        ? []
        : [
            finding(
              "keyed-by-address",
              "human",
              gone,
              say`Goes while ${successor.address} comes. The two are different addresses, so Terraform may destroy this before the other exists, whatever lifecycle says.`,
              say`Keep one address and put the key into the object's name.`,
            ),
          ];
    });
}

const isPair = (gone: Change, come: Change) =>
  gone.type === come.type &&
  slotOf(gone) === slotOf(come) &&
  (gone.name === come.name || stem(gone.name) === stem(come.name));
/** A name without the digits and hashes that a version or a key leaves in it. */
const stem = (name: string) => name.replace(/[_-]?(v?\d+([._-]\d+)*|[0-9a-f]{6,})(?=$|[_-])/gi, "");

const GONE: Readonly<Record<string, Text>> = {
  delete_because_count_index: say`its count shrinks`,
  delete_because_each_key: say`its for_each key is gone`,
  delete_because_no_resource_config: say`its resource block is gone`,
  delete_because_no_module: say`its module is gone`,
  delete_because_no_move_target: say`the target of its moved block is gone`,
  delete_because_wrong_repetition: say`its count or for_each was added or taken away`,
};

/** Creates and deletes that the step does not allow. */
export const comesAndGoes = (subject: Subject): Finding[] =>
  subject.changes.flatMap((change) => {
    if (isOnly(change, "delete")) {
      if (mayGo(subject, change)) return [];
      const why = GONE[change.reason ?? ""];
      return [
        finding(
          "deleted",
          "human",
          change,
          say`Is destroyed and nothing takes its place${why ? say`: ${why}` : say``}.${means(change, "takes")}`,
          say`Keep it, or take it away in a change of its own.`,
        ),
      ];
    }
    if (!isOnly(change, "create") || mayCome(subject, change)) return [];
    const remade = undoing(change);
    if (remade) return [finding("created", "human", change, remade.reason, remade.todo)];
    return [
      finding(
        "created",
        "human",
        change,
        subject.step === "first"
          ? say`Is none of the objects that this project makes.${means(change, "gives")}`
          : say`Is created; a release creates nothing besides the successors of what it replaces.${means(change, "gives")}`,
        subject.step === "first"
          ? say`Find out where it comes from. What belongs to the stack is named in constructs/contract/addresses.ts.`
          : say`Add it in a change of its own.`,
      ),
    ];
  });

function mayGo(subject: Subject, change: Change): boolean {
  const { closesWayIn } = subject.planes;
  if (closesWayIn(change)) return true;
  if (subject.isStranger(change)) return false;
  if (subject.step === "configuration") return isSetting(subject, change);
  return subject.step === "retire" ? groupIs(subject, change, "delete") : isWholeSlot(subject, change, "delete");
}

function mayCome(subject: Subject, change: Change): boolean {
  if (subject.isStranger(change)) return false;
  if (subject.step === "first") return true;
  if (subject.step === "configuration") return isSetting(subject, change);
  return subject.step === "fill" ? groupIs(subject, change, "create") : isWholeSlot(subject, change, "create");
}

const isSetting = ({ planes }: Subject, change: Change): boolean =>
  planes.isConfiguration(change) && !planes.isRight(change);

type End = "create" | "delete";

/** Whether an object comes or goes with the group of its slot, where a slot may be empty. */
const groupIs = ({ slots, planes }: Subject, change: Change, action: End): boolean => {
  const group = slots.get(slotOf(change))?.group;
  return planes.isCompute(change) && slotOf(change) !== "live" && group !== undefined && isOnly(group, action);
};

const isWholeSlot = (subject: Subject, change: Change, action: End): boolean =>
  groupIs(subject, change, action) &&
  subject.slots.get(slotOf(change))!.members.every((member) => isOnly(member, action));

/** Replacements outside of the compute plane, and of the traffic entry without the machines behind it. */
export const replacesOthers = (subject: Subject): Finding[] =>
  subject.changes
    .filter((change) => isReplaced(change) && !mayBeReplaced(subject, change))
    .map((change) =>
      finding(
        "replaces-other",
        "human",
        change,
        say`Is replaced${change.forcedBy.length > 0 ? say` because of ${listed(change.forcedBy)}` : say``}, but is no part of a group of machines.${means(change, "gives")}`,
        say`Change it apart from the release.`,
      ),
    );

function mayBeReplaced(subject: Subject, change: Change): boolean {
  if (subject.isStranger(change)) return false;
  if (subject.step === "configuration" && isSetting(subject, change)) return true;
  const { isCompute, isEntry, isGroup } = subject.planes;
  return isCompute(change) || (isEntry(change) && subject.changes.some((other) => isGroup(other) && isReplaced(other)));
}

/** Updates in place: limits, and pointers that move with their group; anything else is a machine or a thing that must stay. */
export function updates(subject: Subject): Finding[] {
  const { planes } = subject;
  const movesGroup = subject.changes.some((change) => planes.isGroup(change) && !isOnly(change, "update"));
  const tables = [
    planes.limits,
    planes.weights,
    ...(movesGroup ? [planes.pointers] : []),
    ...(movesEntry(planes, subject.changes) ? [planes.followers] : []),
    ...(subject.step === "launch" ? [planes.entryPointers] : []),
  ];
  return subject.changes
    .filter((change) => isOnly(change, "update"))
    .flatMap((change) => {
      const names = topLevel(change);
      const within = (table: Attributes) => names.every((name) => ownIn(table, kindOf(change.type))?.includes(name));
      const changesSetting =
        subject.step === "configuration" &&
        planes.isConfiguration(change) &&
        [planes.configuration, planes.rights].some(within);
      if (names.length > 0 && !subject.isStranger(change) && (changesSetting || tables.some(within))) return [];
      const machines = planes.isCompute(change);
      const undone = undoing(change);
      if (undone)
        return [finding(machines ? "machines-updated" : "updated", "human", change, undone.reason, undone.todo)];
      const where = names.length > 0 ? changedWords(change, names) : say`what the plan does not say`;
      return [
        finding(
          machines ? "machines-updated" : "updated",
          "human",
          change,
          machines
            ? say`Is changed in place in ${where}: machines are never modified.`
            : say`Is updated in ${where}, which no step of a release does to it.${means(change, "gives")}`,
          machines
            ? say`Put what changes into the launch settings, so that it gives the group a new name and so a new group.`
            : say`Change it apart from the release.`,
        ),
      ];
    });
}

/** Steps that are right alone, done at once. */
export function mixed({ step, changes, slots, planes }: Subject): Finding[] {
  if (step !== "mixed") {
    const replaced = [...slots.values()].some(({ group }) => group && isReplaced(group));
    return step === "bump" && !replaced
      ? [
          finding(
            "no-group",
            "human",
            undefined,
            say`No group of machines is replaced, so no machine would run the release.`,
            say`Look at why the parts around the group change without it.`,
          ),
        ]
      : [];
  }
  if (!changes.some(planes.isCompute)) return [];
  return [
    finding(
      "mixed",
      "human",
      undefined,
      say`The plan takes more than one step at once: each of its changes may be right, together they are no step of the contract.`,
      say`Release, move traffic, and change limits or anything else one after the other.`,
    ),
  ];
}

/** In a service with two slots, the machines that take traffic stay. */
export function servingSlot({ slots, weights, step }: Subject): Finding[] {
  return [...slots.values()]
    .filter(({ name }) => name !== "live")
    .flatMap(({ name, members }) => {
      const changed = members.filter((member) => happens(member) && !isOnly(member, "update"));
      const [first] = changed;
      const share = Math.max(weights.before?.[name] ?? 0, weights.after?.[name] ?? 0);
      if (!first || step === "first") return [];
      if (weights.before === undefined && weights.after === undefined)
        return [
          finding(
            "traffic-unknown",
            "warning",
            first,
            say`The plan does not say how much traffic slot ${[name]} takes.`,
            say`Make sure that the slot is idle.`,
          ),
        ];
      if (share === 0) return [];
      return [
        finding(
          "serving-slot",
          "human",
          first,
          say`Slot ${[name]} takes ${share} % of the traffic, and ${changed.length} of its object(s) are replaced, created or destroyed.`,
          say`Move the traffic away first.`,
        ),
      ];
    });
}
