/** Rules on the image itself: that it is the pinned one, that it may run, and that its name is free. */
import { REFUSED_STATES } from "../../constructs/contract/release";
import type { Catalog } from "../images";
import { sameMeaning } from "../../constructs/contract/meaning";
import { isReplaced, isOnly, type Subject } from "../subject";
import { kindOf } from "../read/attributes";
import { say } from "../text";
import { finding, type Finding } from "./finding";

const STALE_STATES: readonly string[] = ["built", "tested", "deprecated"];

/** Slots that get new machines, with the object that names their image. */
const renewed = ({ slots }: Subject) =>
  [...slots.values()].flatMap(({ name, template, release }) =>
    template && (isReplaced(template) || isOnly(template, "create") || isOnly(template, "update"))
      ? [{ name, template, release }]
      : [],
  );

export const pinned = (subject: Subject): Finding[] =>
  renewed(subject).flatMap(({ template, release }) => {
    const { image } = template.after;
    if (template.masked.includes("image"))
      return [
        finding(
          "image-hidden",
          "human",
          template,
          say`Its image is marked sensitive, so it cannot be shown or compared.`,
          say`Take the mark off the image id: it is no secret, and nobody can review what is hidden.`,
        ),
      ];
    if (image === undefined)
      return [
        finding(
          "image-unknown",
          "human",
          template,
          say`Its image is not known before the apply.`,
          say`Pin the image id in the release.`,
        ),
      ];
    if (release?.imageId === undefined || sameMeaning(release.imageId, image)) return [];
    return [
      finding(
        "image-not-pinned",
        "human",
        template,
        say`Would boot ${image}, but the release pins ${release.imageId}.`,
        say`Find where the other id comes from: a data source, or a fixed id.`,
      ),
    ];
  });

export const mayRun = (subject: Subject, catalog: Catalog, now: Date): Finding[] =>
  renewed(subject).flatMap(({ name, template, release }) => {
    const { image } = template.after;
    if (image === undefined) return [];
    const record = catalog(image);
    if (!record)
      return [
        finding(
          "not-in-catalog",
          "warning",
          template,
          say`The catalog does not know image ${image}: where it comes from cannot be said.`,
          say`Add it to images/catalog.`,
        ),
      ];
    const found: Finding[] = [];
    const { version, lifecycle } = record;
    const add = (rule: string, level: "human" | "warning", reason: Finding["reason"], todo: Finding["todo"]) =>
      found.push(finding(rule, level, template, reason, todo));
    if (release?.version !== undefined && release.version !== version)
      add(
        "version-mismatch",
        "human",
        say`The release calls this image version ${release.version}, the catalog ${version}.`,
        say`Synthesize again: the variables do not come from this catalog.`,
      );
    const states = [lifecycle.state, release?.state ?? lifecycle.state];
    const refused = states.find((state) => REFUSED_STATES.some((other) => other === state));
    if (refused)
      add(
        "revoked",
        "human",
        say`Version ${version} is ${refused}${lifecycle.reason ? say`: ${lifecycle.reason}` : say``}.`,
        lifecycle.replacement ? say`Release ${lifecycle.replacement}.` : say`Release another version.`,
      );
    else if (STALE_STATES.includes(lifecycle.state))
      add(
        "not-approved",
        "warning",
        say`Version ${version} is ${lifecycle.state}, not approved.`,
        say`Approve it in the catalog, or release an approved version.`,
      );
    const ends = [release?.notAfter, lifecycle.notAfter, lifecycle.revokeAt].find(
      (time) => time !== undefined && new Date(time).getTime() <= now.getTime(),
    );
    if (ends)
      add(
        "expired",
        "human",
        say`Version ${version} should not run after ${ends}.`,
        say`Release a newer version to slot ${[name]}.`,
      );
    return found;
  });

/** A release whose machines people may get into: whatever the plan does, somebody must know. */
export const breakGlass = ({ slots }: Subject, now: Date): Finding[] =>
  [...slots.values()].flatMap(({ name, group, release }) => {
    if (!release?.breakGlass) return [];
    const { until, reason } = release.breakGlass;
    return [
      finding(
        "break-glass",
        "human",
        group,
        Date.parse(until) > now.getTime()
          ? say`Break-glass release: people may get into the machines of slot ${[name]} until ${until}. Reason: ${reason}.`
          : say`Break-glass release of slot ${[name]} that was over at ${until}. Reason: ${reason}.`,
        say`Approve only what you know of, and replace the machines when it is over: npx fleet release status says how.`,
      ),
    ];
  });

/** A new object whose name is taken: the cloud refuses it, after the apply has begun. */
export const nameTaken = ({ changes, leftOvers }: Subject): Finding[] =>
  changes
    .filter(({ actions, after }) => actions.includes("create") && after.name !== undefined)
    .flatMap((change) => {
      const { name } = change.after;
      const own = isReplaced(change) && change.actions[0] === "create" && change.before.name === name;
      const old = leftOvers.find((other) => kindOf(other.type) === kindOf(change.type) && other.before.name === name);
      if (!own && !old) return [];
      return [
        finding(
          "name-taken",
          "human",
          change,
          old
            ? say`The new one would be named ${name!}, which the left-over ${old.address} of a failed rollout still holds: the apply will fail with "already exists".`
            : say`The new one would have the same name as the old one, ${name!}, while both exist: the apply will fail with "already exists".`,
          say`Change epoch in the release file: it gives the group another name.`,
        ),
      ];
    });
