/** Which changes of a plan only take back what was changed outside of Terraform. */
import { sameMeaning } from "../../constructs/contract/meaning";
import type { Change } from "../facts";
import type { RawChange } from "./digest";

type Values = Readonly<Record<string, unknown>>;

const pick = (values: Values | null | undefined, names: Iterable<string>): Values =>
  Object.fromEntries([...names].map((name) => [name, values?.[name]]));

/** Holds values of what drifted and of what changes, whichever comes first, until both are known; it hands out names only. */
export class Undone {
  /** What the state held before the drift; null for an object that is gone. */
  private readonly recorded = new Map<string, Values | null>();
  private readonly planned = new Map<string, Values>();

  drifted({ address, change }: RawChange, attributes: readonly string[]): void {
    this.recorded.set(address, change.after ? pick(change.before, attributes) : null);
  }

  changes({ address, change }: RawChange, { changed }: Change): void {
    const names = new Set(changed.map((path) => path.split(".")[0]!));
    if (names.size > 0) this.planned.set(address, pick(change.after, names));
  }

  in({ key, actions }: Change): Pick<Change, "undoes" | "remakes"> {
    const recorded = this.recorded.get(key);
    const planned = this.planned.get(key) ?? {};
    const isUndone = (name: string) =>
      recorded !== null && recorded !== undefined && name in recorded && sameMeaning(recorded[name], planned[name]);
    return {
      undoes: Object.keys(planned).filter(isUndone),
      remakes: recorded === null && actions.join() === "create",
    };
  }
}
