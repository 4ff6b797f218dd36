/** What is fuzzed: a reader of bytes that somebody else wrote, and what may become of them. */
import fc from "fast-check";
import type { Inputs } from "./mutate";

/** Reads one input. It ends in anything, or in one of the reader's errors. */
export type Read = (input: Buffer) => unknown;

export interface Reader {
  readonly name: string;
  /** Made when they are first asked for: seeds are files. */
  readonly inputs: () => Inputs;
  /** How bad input is refused. */
  readonly errors: readonly (abstract new (...args: never[]) => Error)[];
  /** @param folder an empty one, for what the reader must find on disk */
  readonly open: (folder: string) => Read | Promise<Read>;
}

/** Signs of a crash in what people are told: of JavaScript's own errors, and of their traces. */
const CRASH =
  /Cannot (read|set|convert|mix)|is not (a function|iterable|a constructor|defined)|Maximum call stack|Invalid (array|string) length|Unexpected (token|end of JSON)|circular structure|\[object Object\]|^\s+at .+:\d+/m;

/** The most that a line of a refusal may be: a page of a terminal or two. */
const LONGEST_LINE = 20_000;

/** @throws Error when a text is not one that people can be told */
export function checkWords(text: string): void {
  if (text.trim() === "") throw new Error("the message is empty");
  const crash = CRASH.exec(text);
  if (crash)
    throw new Error(`the message shows a crash: ${text.slice(Math.max(0, crash.index - 200), crash.index + 400)}`);
}

/** Gives an input to a reader. @throws Error that is the fault, when it does not end as it may */
export async function attempt({ errors }: Reader, read: Read, input: Buffer): Promise<void> {
  try {
    await read(input);
  } catch (error) {
    if (!errors.some((kind) => error instanceof kind)) throw error;
    const { message } = error as Error;
    checkWords(message);
    const longest = Math.max(...message.split("\n").map((line) => line.length));
    if (longest > LONGEST_LINE)
      throw new Error(`a message of ${longest} characters in a line: ${message.slice(0, 200)}…`);
  }
}

export interface Fault {
  readonly recipe: unknown;
  readonly why: string;
}

/** Gives a reader as many inputs, chosen by a seed. The fault that is found, with the smallest recipe for it. */
export async function fuzz(
  reader: Reader,
  read: Read,
  {
    seed,
    count,
    before,
  }: { readonly seed: number; readonly count: number; readonly before?: (recipe: unknown) => void },
): Promise<Fault | undefined> {
  const { recipes, build } = reader.inputs();
  const property = fc.asyncProperty(recipes, async (recipe) => {
    before?.(recipe);
    await attempt(reader, read, build(recipe));
  });
  const found = await fc.check(property, { seed, numRuns: count });
  if (!found.failed) return undefined;
  const error = found.errorInstance;
  return {
    recipe: found.counterexample?.[0],
    why: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
