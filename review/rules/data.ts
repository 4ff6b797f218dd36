/** What happens to objects that keep data: said before anything else. */
import type { Change } from "../facts";
import { dataWord, fateOf, type Fate } from "../keeps-data";
import type { Subject } from "../subject";
import { say, type Text } from "../text";
import { finding, type Finding } from "./finding";

interface Words {
  readonly rule: string;
  readonly reason: (what: Text) => Text;
  readonly todo: Text;
}

const LOST: Readonly<Partial<Record<Fate, Words>>> = {
  destroyed: {
    rule: "data-destroyed",
    reason: (what) => say`What keeps data is destroyed, with all that it holds: ${what}.`,
    todo: say`Only a backup brings it back: make one and try it first, or keep the object. docs/persistent.md says how it is protected.`,
  },
  replaced: {
    rule: "data-replaced",
    reason: (what) => say`What keeps data is replaced: the new one begins empty, and the old one goes with all that it holds: ${what}.`, // prettier-ignore
    todo: say`Take back what forces it, or copy the data first and make it a change of its own.`,
  },
  forgotten: {
    rule: "data-forgotten",
    reason: (what) => say`Terraform lets go of what keeps data: it stays in the cloud, runs and costs on, and nobody manages or protects it: ${what}.`, // prettier-ignore
    todo: say`Note where it is, and who looks after it from now on. docs/persistent.md says how to take it back.`,
  },
};

const MOST = 6;

/** Secrets and their vaults come and go as configuration does; everything else that keeps data is no part of any step. */
export const data = ({ changes, step }: Subject): Finding[] =>
  (Object.entries(LOST) as [Fate, Words][]).flatMap(([fate, { rule, reason, todo }]) => {
    const lost = changes.filter((change) => dataWord(change) !== undefined && fateOf(change) === fate);
    return lost.length === 0
      ? []
      : [finding(rule, step === "configuration" ? "warning" : "human", undefined, reason(named(lost)), todo)];
  });

/** "database `aws_db_instance.main`, object store `aws_s3_bucket.objects`". */
export function named(changes: readonly Change[]): Text {
  const words = changes
    .slice(0, MOST)
    .flatMap((change, index) => say`${[index === 0 ? "" : ", "]}${[`${dataWord(change)!} `]}${change.address}`)
    .filter((part) => part !== "");
  return changes.length > MOST ? [...words, ` and ${changes.length - MOST} more`] : words;
}
