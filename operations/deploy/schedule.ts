/** Work on many things, each after those that it waits for, and not at all when one of them went wrong. */

export interface Task {
  readonly name: string;
  /** Names of the tasks that must have gone well before. */
  readonly after: readonly string[];
}

/** Why something was not tried: the names of those that went wrong; none when everything was stopped. */
export interface NotTried {
  readonly ok: false;
  readonly because: readonly string[];
}

/**
 * @param tasks what waits comes after what it waits for
 * @param atOnce most that are worked on side by side
 * @param isStopped whether to begin nothing more
 * @returns what came of each, in the order of the tasks
 */
export async function inOrder<R extends { readonly ok: boolean }>(
  tasks: readonly Task[],
  work: (name: string) => Promise<R>,
  atOnce: number,
  isStopped: () => boolean,
): Promise<ReadonlyMap<string, R | NotTried>> {
  const ends = new Map<string, R | NotTried>();
  const running = new Map<string, Promise<void>>();
  const begin = ({ name }: Task) =>
    running.set(
      name,
      work(name)
        .then((end) => void ends.set(name, end))
        .finally(() => running.delete(name)),
    );
  while (ends.size < tasks.length) {
    for (const task of tasks.filter(({ name }) => !ends.has(name) && !running.has(name))) {
      const because = wrong(task, ends);
      if (isStopped() || because.length > 0) ends.set(task.name, { ok: false, because });
      else if (task.after.every((name) => ends.has(name)) && running.size < atOnce) begin(task);
    }
    if (running.size > 0) await Promise.race(running.values());
  }
  return new Map(tasks.map(({ name }) => [name, ends.get(name)!]));
}

/** What went wrong first: not what was not tried either. */
function wrong({ after }: Task, ends: ReadonlyMap<string, { readonly ok: boolean } | NotTried>): string[] {
  const names = after.flatMap((name) => {
    const end = ends.get(name);
    if (!end || end.ok) return [];
    return "because" in end ? end.because : [name];
  });
  return [...new Set(names)];
}
