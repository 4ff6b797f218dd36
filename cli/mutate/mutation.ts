/** One thing that is broken on purpose, and who must notice. */
export interface Mutation {
  /** What is lost, in words of its own. */
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly text: string;
  readonly becomes: string;
  /** Test file that must notice. */
  readonly test: string;
  /** Words of the test's name, or of the describe around it, as they stand in that file. */
  readonly named: string;
  /** Program without which the test is skipped. */
  readonly needs?: string;
}

/** Why a mutation cannot be made any more; undefined when it can. @param content of its file */
export function staleness({ file, text, becomes }: Mutation, content: string): string | undefined {
  if (text === becomes) return "changes nothing";
  const count = content.split(text).length - 1;
  return count === 1 ? undefined : `its text stands ${count} times in ${file}: write down anew what to break there`;
}
