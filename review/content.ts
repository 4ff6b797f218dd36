/** What a review says of a stack besides its verdict: images, capacity, traffic, blast radius, the way back. */
import { comparePackages, summary, type Packages } from "../images/sbom";
import { causeOf, type Cause } from "./cause";
import type { Change } from "./facts";
import { compareVersions, daysBetween, type Catalog } from "./images";
import type { SlotReview } from "./model";
import { slotOf } from "./planes";
import { machinesIn } from "./rules/stack";
import { happens, isNewFirst, isOnly, isReplaced, type Slot, type Subject } from "./subject";
import { isUndoing } from "./rules/undone";
import { changedWords, listed, say, type Text } from "./text";
import { dataWord, fateOf, type Fate } from "./keeps-data";

export function slotReviews(subject: Subject, catalog: Catalog): SlotReview[] {
  return [...subject.slots.values()].flatMap((slot) => {
    const { group, template } = slot;
    if (!group && !template) return [];
    const cause = causeOf(slot);
    return [
      {
        slot: slot.name,
        ...image("old", template?.before, catalog),
        ...(template && isOnly(template, "delete") ? {} : image("new", template?.after, catalog, slot)),
        ...(cause ? { cause } : {}),
        order: orderOf(slot),
        capacity: capacityOf(subject, slot),
        traffic: trafficOf(subject, slot),
      },
    ];
  });
}

function image(side: "old" | "new", shown: Change["after"] | undefined, catalog: Catalog, slot?: Slot) {
  if (shown?.image === undefined) return {};
  const version = catalog(shown.image)?.version ?? slot?.release?.version ?? dotted(shown.version) ?? versionIn(shown);
  return { [side]: { id: shown.image, ...(version === undefined ? {} : { version }) } };
}

/** Labels cannot hold dots: 1-5-0. */
export const dotted = (version: string | undefined) => version?.replace(/^(\d+)-(\d+)-(\d+)$/, "$1.$2.$3");

/** Names of groups carry the version: web-1-5-0-3fa9c01b. */
export const versionIn = ({ name, prefix }: Change["after"]) =>
  /-(\d+)-(\d+)-(\d+)-[0-9a-f]{8}/
    .exec(`${name ?? prefix ?? ""}-`)
    ?.slice(1, 4)
    .join(".");

function orderOf({ group, members }: Slot): SlotReview["order"] {
  const changed = members.filter(happens);
  if (changed.length === 0) return "unchanged";
  if (changed.some((member) => isReplaced(member) && !isNewFirst(member))) return "old first";
  if (group && isReplaced(group)) return "new first";
  if (group && isOnly(group, "create")) return "created";
  if (group && isOnly(group, "delete")) return "destroyed";
  return changed.some(isReplaced) ? "new first" : "updated";
}

function capacityOf({ leftOvers }: Subject, slot: Slot): SlotReview["capacity"] {
  const whole = (value: number | undefined) =>
    value !== undefined && Number.isInteger(value) && value >= 0 ? value : null;
  const { group, name, planes } = slot;
  const none = { before: null, peak: null, after: null };
  if (!group) return none;
  const machines = machinesIn(slot);
  const [before, after] = [machines.before ?? null, machines.after ?? null];
  const left = leftOvers
    .filter((change) => planes.isGroup(change) && slotOf(change) === name)
    .map(({ before: { size } }) => whole(size));
  const known = [before, after, ...left];
  const together =
    isReplaced(group) && !isNewFirst(group) ? Math.max(before ?? 0, after ?? 0) : (before ?? 0) + (after ?? 0);
  const stays = !happens(group) || isOnly(group, "update");
  const peak = stays ? Math.max(before ?? 0, after ?? 0) : together;
  return {
    before,
    after,
    peak: known.includes(null) ? null : peak + left.reduce<number>((sum, size) => sum + (size ?? 0), 0),
  };
}

function trafficOf({ weights }: Subject, { name, group }: Slot): SlotReview["traffic"] {
  if (name !== "live")
    return {
      before: weights.before ? (weights.before[name] ?? 0) : null,
      after: weights.after ? (weights.after[name] ?? 0) : null,
    };
  return { before: group && !isOnly(group, "create") ? 100 : 0, after: group && !isOnly(group, "delete") ? 100 : 0 };
}

/** Where new images come from, one line each. */
export function imageLines(subject: Subject, catalog: Catalog, now: Date): Text[] {
  return [...subject.slots.values()].flatMap(({ template }) => {
    if (!template || !happens(template) || template.after.image === undefined) return [];
    const record = catalog(template.after.image);
    if (!record) return [];
    const old = template.before.image === undefined ? undefined : catalog(template.before.image);
    const age = daysBetween(record.build.at, now);
    const { gitSha, dirty } = record.build;
    const commits =
      old && old.build.gitSha !== gitSha
        ? say`commits ${`${old.build.gitSha.slice(0, 9)}..${gitSha.slice(0, 9)}`}`
        : say`commit ${gitSha.slice(0, 9)}`;
    return [
      say`${record.image} ${record.version}: ${record.lifecycle.state}, built ${age} ${[age === 1 ? "day" : "days"]} ago from ${commits}${dirty ? [" with uncommitted changes"] : []}${baseOf(record.base, old?.base)}${record.build.sbom ? say`, bill of materials ${record.build.sbom.uri}` : []}${old ? packageText(catalog.packages?.(old), catalog.packages?.(record)) : []}.`,
    ];
  });
}

/** Which packages an image bump changes, where both versions' are known. */
function packageText(before: Packages | undefined, after: Packages | undefined): Text {
  if (!before || !after) return [];
  const { shown, rest } = summary(comparePackages(before, after));
  if (shown.length === 0 && rest === "") return [", the same packages"];
  const changed = shown.map((one) => say`${one.name} ${one.before} → ${one.after}`);
  return [...[...changed, ...(rest === "" ? [] : [[rest]])].flatMap((text) => [", ", ...text])];
}

type Base = { readonly image: string; readonly version: string } | undefined;
const baseOf = (base: Base, old: Base): Text =>
  base === undefined
    ? []
    : old && (old.image !== base.image || old.version !== base.version)
      ? say`, base ${`${old.image} ${old.version}`} → ${`${base.image} ${base.version}`}`
      : say`, base ${`${base.image} ${base.version}`}`;

/** What happens to how many objects: what keeps data first, then machines, then the others. */
export function blastRadius({ changes, leftOvers, facts, planes: { isGroup } }: Subject): Text {
  const counts = new Map<string, number>();
  const ordered = [
    changes.filter((change) => dataWord(change) !== undefined),
    changes.filter((change) => isGroup(change)),
    changes.filter((change) => dataWord(change) === undefined && !isGroup(change)),
  ].flatMap((part) => FATES.flatMap((fate) => part.filter((change) => fateOf(change) === fate)));
  for (const change of ordered) {
    const noun = dataWord(change) ?? (isGroup(change) ? "group" : isOnly(change, "update") ? "object" : "other object");
    const what = `${noun}|${fateOf(change)!}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  if (leftOvers.length > 0) counts.set("left-over|deleted", leftOvers.length);
  const still =
    facts.untouched + facts.changes.filter((change) => change.mode === "managed" && !happens(change)).length;
  const said = [...counts].map(([what, count]) => counted(count, ...(what.split("|") as [string, string])));
  return [`${[...said, `${still.toLocaleString("en-US")} untouched`].join(", ")}.`];
}

/** What weighs most comes first. */
const FATES: readonly Fate[] = ["destroyed", "replaced", "forgotten", "updated", "created"];

/** "2 groups replaced". */
const counted = (count: number, noun: string, fate: string) =>
  `${count.toLocaleString("en-US")} ${count === 1 ? noun : noun.replace(/y$/, "ie").concat("s")} ${fate}`;

const WORDS: Readonly<Record<Cause, string>> = {
  image: "new image only",
  "image and launch settings": "new image, and more than the image",
  "launch settings": "changed launch settings, same image",
  epoch: "new epoch, same image: a routine rebuild",
  "failed rollout": "the last rollout failed and is tried again",
  request: "asked for with -replace",
  "unknown value": "the image is not known before the apply",
  new: "new group",
};

const STEPS: Readonly<Record<Subject["step"], string>> = {
  first: "first deployment",
  bump: "machines replaced",
  launch: "machines and their entry replaced",
  limits: "capacity limits changed in place",
  configuration: "settings or rights change",
  fill: "an empty slot is filled",
  shift: "traffic moves",
  scale: "traffic moves, and the fewest machines of a slot with it",
  retire: "a slot is emptied",
  none: "nothing changes",
  mixed: "several steps at once",
};

/** The step in a few words, with its cause. */
export function headline(subject: Subject, slots: readonly SlotReview[]): Text {
  if (subject.facts.errored === true) return say`planning failed`;
  if (subject.changes.length > 0 && subject.changes.every(isUndoing))
    return say`drift is undone: what was changed outside of Terraform is set back`;
  const causes = [...new Set(slots.flatMap(({ cause }) => (cause ? [WORDS[cause as Cause]] : [])))];
  const isBack = slots.some(
    ({ old, new: next }) =>
      old?.version !== undefined && next?.version !== undefined && compareVersions(next.version, old.version) < 0,
  );
  const why = [...(isBack ? ["a rollback"] : []), ...causes.filter((cause) => cause !== WORDS.new)];
  if (!subject.isOurs) return say`no stack of this project`;
  if (subject.step === "mixed" && !subject.changes.some(subject.planes.isCompute)) return say`no step of a release`;
  return [`${STEPS[subject.step]}${why.length > 0 ? `: ${why.join(", ")}` : ""}`];
}

const ACTIONS: Readonly<Record<string, Text>> = {
  create: say`created`,
  update: say`updated`,
  delete: say`destroyed`,
  forget: say`forgotten`,
};

/** What happens to one object, in words. */
export function whatHappens(change: Change): Text {
  const { actions, forcedBy, deposed, previousAddress, values } = change;
  const verb = deposed
    ? say`deleted, left over (${deposed})`
    : isReplaced(change)
      ? [isNewFirst(change) ? "replaced, new first" : "replaced, old first"]
      : actions.join() === "no-op"
        ? say`moved from ${previousAddress ?? ""}`
        : (ACTIONS[actions.join()] ?? listed(actions));
  const forced = forcedBy.length > 0 ? say`${verb}, forced by ${listed(forcedBy)}` : verb;
  return values.length > 0 ? say`${forced}, with ${changedWords(change, values.map(({ path }) => path))}` : forced; // prettier-ignore
}
