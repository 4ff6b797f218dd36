/** The way back from what a plan does: for each kind of change a step that really restores what was. */
import { causeOf } from "./cause";
import { dotted, versionIn } from "./content";
import type { Catalog } from "./images";
import { dataWord, fateOf } from "./keeps-data";
import { slotOf } from "./planes";
import { kindOf } from "./read/attributes";
import { named } from "./rules/data";
import { isUndoing } from "./rules/undone";
import { happens, isOnly, type Slot, type Subject } from "./subject";
import { changedWords, listed, say, type Text } from "./text";

export interface Around {
  readonly catalog: Catalog;
  /** The file that says what runs, as words. */
  readonly release: Text;
  /** Commit that the plan was made from. */
  readonly head?: string;
}

export function wayBack(subject: Subject, around: Around): Text[] {
  if (subject.facts.errored === true) return [];
  const { step, changes } = subject;
  if (step === "first") return first(subject);
  const rest = changes.filter((change) => !isUndoing(change));
  const lines = [...lost(subject), ...undone(subject)];
  if (rest.length === 0) return lines;
  if (step === "limits") return [...lines, limits(subject, around)];
  if (step === "scale")
    return [...lines, say`Set weights and capacity back in ${around.release} and deploy: updates in place again.`];
  const moves = movesTraffic(subject);
  const slots = [...subject.slots.values()].flatMap((slot) => slotLine(subject, slot, around));
  const weights = moves ? [say`Set the weights back in ${around.release} and deploy: one update again.`] : [];
  // Traffic leaves a slot before it is emptied again, and goes to one only when it is filled again.
  const refills = [...subject.slots.values()].some(({ group }) => group && isOnly(group, "delete"));
  return [...lines, ...(refills ? [...slots, ...weights] : [...weights, ...slots]), ...others(subject, around)];
}

const commit = ({ head }: Around): Text =>
  head === undefined ? say`the commit that made this change` : say`commit ${head.slice(0, 12)}`;

function first({ changes }: Subject): Text[] {
  const kept = changes.filter((change) => dataWord(change) !== undefined);
  return [
    say`Nothing was here before: destroy the stack to take it back${
      kept.length > 0 ? say`, before anybody puts data into ${named(kept)}` : say``
    }.`,
  ];
}

/** What no revert restores. */
function lost({ changes }: Subject): Text[] {
  const of = (fates: readonly string[]) => changes.filter((change) => fates.includes(fateOf(change) ?? ""));
  const data = of(["destroyed", "replaced"]).filter((change) => dataWord(change) !== undefined);
  const forgotten = of(["forgotten"]);
  return [
    ...(data.length > 0
      ? [say`No revert brings back what keeps data and goes in this plan, ${named(data)}: only a backup does.`]
      : []),
    ...(forgotten.length > 0
      ? [
          say`What Terraform lets go of stays in the cloud. To have it back, declare it again together with an import block for each of ${listed(
            forgotten.map(({ address }) => address),
            3,
          )}: without, Terraform would make a second one, or fail because the name is taken.`,
        ]
      : []),
  ];
}

const undone = ({ changes }: Subject): Text[] =>
  changes.some(isUndoing)
    ? [
        say`What only undoes drift has no commit to revert: to have the other values back, write them into the configuration.`,
      ]
    : [];

function limits({ changes }: Subject, { release }: Around): Text {
  const old = changes.flatMap(({ values }) => values.map(({ path, before }) => say`${path} ${before}`));
  const was = old.slice(0, 4).flatMap((each, index) => [...(index === 0 ? [" to "] : [", "]), ...each]);
  return say`Set the limits back${was}, in fleet.ts or, for the fewest machines, in ${release}, and deploy: one update again.`;
}

function movesTraffic({ weights: { before, after } }: Subject): boolean {
  if (!before || !after) return false;
  return [...Object.keys(before), ...Object.keys(after)].some((slot) => (before[slot] ?? 0) !== (after[slot] ?? 0));
}

function slotLine(subject: Subject, slot: Slot, around: Around): Text[] {
  const { template, group, name } = slot;
  const changed = template && happens(template) ? template : group && happens(group) ? group : undefined;
  if (!changed || isOnly(changed, "update")) return [];
  if (isOnly(changed, "create"))
    return [say`Empty slot ${[name]} again in ${around.release} and deploy, while it takes no traffic.`];
  const version = versionLine(slot, around);
  if (isOnly(changed, "delete"))
    return [
      say`Fill slot ${[name]} again: put ${version.words} into ${around.release} and deploy. New machines are made, and take traffic only when the weights say so. ${version.known}`,
    ];
  const isLaunch = subject.step === "launch";
  switch (causeOf(slot)) {
    case "failed rollout":
      return [
        say`What slot ${[name]} holds now never got healthy, so it is nothing to go back to: go on to another version.`,
      ];
    case "launch settings":
      return [revertLine(subject, slot, around, say``)];
    case "image and launch settings":
      return [
        revertLine(
          subject,
          slot,
          around,
          say` It must bring back ${version.words} in ${around.release} too: put back alone, that keeps the new settings. ${version.known}`,
        ),
      ];
    case "epoch":
    case "request":
      if (isLaunch) return [revertLine(subject, slot, around, say``)];
      return [
        say`Slot ${[name]} is built again from the same image and settings, so that going back would restore nothing: if the new machines are no good, put another version into ${around.release}.`,
      ];
    default:
      return [
        isLaunch
          ? revertLine(subject, slot, around, say` It must bring back ${version.words} in ${around.release} too. ${version.known}`) // prettier-ignore
          : say`Put ${version.words} back in ${around.release}, slot ${[name]}, and deploy: the same step the other way round. ${version.known}`,
      ];
  }
}

/** Launch settings are in fleet.ts and in the constructs, not in the release file: only their commit takes them back. */
function revertLine({ changes, planes }: Subject, { name }: Slot, around: Around, more: Text): Text {
  const settings = changes
    .filter((change) => (planes.isCompute(change) && slotOf(change) === name) || planes.isEntry(change))
    .filter(({ values }) => values.length > 0)
    .map((change) => changedWords(change, change.values.map(({ path }) => path), 4)); // prettier-ignore
  const what = settings.flatMap((each, index) => [...(index === 0 ? [" (it changed "] : [", "]), ...each]);
  return say`Revert ${commit(around)}${what.length > 0 ? [...what, ")"] : []} and deploy: the machines of slot ${[name]} are replaced again, with the old settings.${more} A version put back restores the image only.`;
}

function versionLine({ template, group }: Slot, { catalog }: Around): { words: Text; known: Text } {
  const { before } = (template ?? group)!;
  const record = before.image === undefined ? undefined : catalog(before.image);
  const version = record?.version ?? dotted(before.version) ?? versionIn(before);
  return {
    words: version ? say`version ${version}` : say`the old version`,
    known: record
      ? say`Its image is ${record.lifecycle.state} in the catalog${record.lifecycle.notAfter ? say` and should not run after ${record.lifecycle.notAfter}` : []}.`
      : say`The catalog does not know its image: make sure that it still exists.`,
  };
}

/** Changes of what is neither machines nor moves with them. */
function others({ changes, step, planes }: Subject, around: Around): Text[] {
  const moved = [planes.pointers, planes.followers, planes.weights, planes.entryPointers];
  const rest = changes.filter(
    (change) =>
      !isUndoing(change) &&
      !planes.isCompute(change) &&
      !(step === "launch" && planes.isEntry(change)) &&
      !(isOnly(change, "update") && moved.some((table) => Object.hasOwn(table, kindOf(change.type)))) &&
      fateOf(change) !== "forgotten",
  );
  if (rest.length === 0) return [];
  if (step === "configuration") {
    const secrets = rest.filter((change) => fateOf(change) === "destroyed" && dataWord(change) === "secret");
    return [
      say`Revert ${commit(around)} and deploy. Machines read settings when they boot or look again: change epoch if they must read the old ones at once.${
        secrets.length > 0
          ? say` A secret that goes here comes back empty, and while its name waits for deletion the cloud refuses it: restore ${listed(
              secrets.map(({ address }) => address),
              3,
            )} in the cloud and import it, or set its value anew.`
          : say``
      }`,
    ];
  }
  const renewed = rest.filter((change) => ["destroyed", "replaced"].includes(fateOf(change) ?? ""));
  return [
    say`Revert ${commit(around)}, review the plan of that too, and deploy.${
      renewed.length > 0
        ? say` What is destroyed or replaced here comes back as a new object, with another id and address: ${listed(
            renewed.map(({ address }) => address),
            3,
          )}.`
        : say``
    }`,
  ];
}
