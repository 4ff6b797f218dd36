/** What a command has started on the server, so that an interrupt leaves nothing running. */
import { reasonOf } from "./error";

/** Ends something, and says in one sentence what it ended; undefined when there was nothing to end. */
export type Undo = () => Promise<string | undefined>;

export class Started {
  private readonly undos: Undo[] = [];

  add(undo: Undo): void {
    this.undos.push(undo);
  }

  /** Ends everything, the newest first, and says what became of each. */
  async undoAll(): Promise<string[]> {
    const said: string[] = [];
    for (const undo of this.undos.splice(0).reverse())
      said.push((await undo().catch((error: unknown) => `not ended: ${reasonOf(error)}`)) ?? "");
    return said.filter(Boolean);
  }
}
