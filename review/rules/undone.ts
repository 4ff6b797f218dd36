/** Changes that only take back what somebody did outside of Terraform. */
import type { Change } from "../facts";
import { isOnly, topLevel, type Subject } from "../subject";
import { changedWords, say, type Text } from "../text";
import { finding, type Finding } from "./finding";

/** Whether all that happens to an object is that its drift is undone. */
export const isUndoing = (change: Change): boolean =>
  change.remakes || (isOnly(change, "update") && topLevel(change).every((name) => change.undoes.includes(name)));

const TODO = say`Find out who changed it and why. If it should stay, write it into the configuration; if not, applying this plan is right.`;

/** What to say of such a change; undefined for any other. */
export function undoing(change: Change): { reason: Text; todo: Text } | undefined {
  if (change.remakes)
    return {
      reason: say`Was deleted outside of Terraform, and the plan makes it again: this is drift being undone.`,
      todo: TODO,
    };
  if (change.undoes.length === 0) return undefined;
  const undone = change.changed.filter((path) => change.undoes.includes(path.split(".")[0]!));
  const others = topLevel(change).filter((name) => !change.undoes.includes(name));
  return {
    reason: say`Was changed outside of Terraform, and the plan sets it back in ${changedWords(change, undone)}: this is drift being undone${
      others.length > 0 ? say`. Besides, ${changedWords(change, others)} changes, which nobody did by hand` : say``
    }.`,
    todo: TODO,
  };
}

/** Drift that is undone by a change which a step of the contract allows, or together with one. */
export const undoneBeside = (subject: Subject, said: readonly Finding[]): Finding[] =>
  subject.changes
    .filter((change) => !said.some(({ address }) => address === change.address))
    .flatMap((change) => {
      const words = undoing(change);
      return words ? [finding("drift-undone", "warning", change, words.reason, words.todo)] : [];
    });
