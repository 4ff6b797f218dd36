/** Rules on what is around a release: left-overs, drift, other stacks. */
import type { Subject } from "../subject";
import { listed, say } from "../text";
import { finding, NOTHING_TO_DO, type Finding } from "./finding";

export const leftOvers = ({ leftOvers, changes, planes }: Subject): Finding[] =>
  leftOvers.map((change) => {
    const what = say`Left over from a rollout that did not finish (${change.deposed!})`;
    if (!planes.isGroup(change))
      return finding("left-over", "note", change, say`${what}; it is deleted too.`, NOTHING_TO_DO);
    const failed = changes.find(({ key }) => key === change.key)?.reason === "replace_because_tainted";
    const group = say`${what}: the group ${change.before.name ?? "without a known name"}`;
    return finding(
      "left-over",
      "warning",
      change,
      failed
        ? say`${group}. What followed it never got healthy, so this may be the one that serves now. It is deleted in this plan, after the new group has passed its gate.`
        : say`${group}, which may still serve. It is deleted in this plan.`,
      say`Make sure that the new image is good before you apply: afterwards this group is gone.`,
    );
  });

export const drift = ({ facts }: Subject): Finding[] =>
  facts.drift
    .filter(({ relevant }) => relevant)
    // What the plan undoes is said of the change.
    .filter(
      ({ address, attributes }) =>
        !facts.changes.some(
          (change) =>
            change.address === address && (change.remakes || attributes.every((name) => change.undoes.includes(name))),
        ),
    ) // prettier-ignore
    .map(({ address, attributes }) => ({
      rule: "drift",
      level: "warning" as const,
      address,
      reason: say`Was changed outside of Terraform in ${listed(attributes)}, and the plan builds on that.`,
      todo: say`Find out who changed it, and whether it should stay.`,
    }));

const CROSS = /^cross-stack-output-/;

/** Stacks that read another one's outputs were planned with the old ones. */
export const consumers = (subject: Subject, others: readonly Subject[]): Finding[] =>
  others
    .filter(({ configuration, facts }) => {
      const stack = configuration?.stack;
      return (
        stack !== undefined &&
        facts.outputs.some((name) => CROSS.test(name)) &&
        subject.configuration?.reads.includes(stack)
      );
    })
    .map(({ configuration }) =>
      finding(
        "stale-input",
        "human",
        undefined,
        say`Reads outputs of stack ${configuration!.stack!}, which change in this release: this plan still holds the old ones.`,
        say`Apply the other stack first, then plan and review this one again.`,
      ),
    );

export const feeds = ({ facts }: Subject): Finding[] =>
  facts.outputs.some((name) => CROSS.test(name))
    ? [
        finding(
          "feeds-others",
          "warning",
          undefined,
          say`Outputs that other stacks read change.`,
          say`Plan those stacks again after this one is applied.`,
        ),
      ]
    : [];
