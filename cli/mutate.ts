/**
 * `npm run mutate`: breaks the project on purpose, one thing at a time, and says which test notices. What is broken is a copy of
 * the checkout, never the checkout.
 */
import { availableParallelism } from "node:os";
import { InvalidInputError } from "../constructs/contract/problem";
import { refuse } from "../images/refuse";
import { Copy, type Found } from "./mutate/copy";
import { MUTATIONS } from "./mutate/list";
import { staleness, type Mutation } from "./mutate/mutation";
import { Flags, help, parse, type Options } from "./options";

const OPTIONS: Options = {
  only: { value: "WORDS", help: "only mutations with these words in their name", many: true },
  all: { help: "where the named test does not notice, ask the whole suite: slow" },
  help: { help: "show this" },
};
const SUMMARY =
  "Breaks things on purpose, in copies of the checkout, and says for each which test notices. Exit code 1: one was not.";

const unique = (values: readonly string[]): string[] => [...new Set(values)];

function shown(names: readonly string[]): string {
  const [first, ...others] = names;
  return first === undefined ? "none" : `"${first}"${others.length > 0 ? ` and ${others.length} more` : ""}`;
}

/** Why tests say nothing of what is broken: one that fails anyway notices nothing. */
const problem = ({ failed, crashed }: Found): string | undefined =>
  crashed.length > 0
    ? firstLine(crashed[0]!)
    : failed.length > 0
      ? `${shown(failed)} fails although nothing is broken`
      : undefined;
const firstLine = (text: string) => text.trim().split("\n")[0];

/** What came of a mutation, and whether it is fine. */
type Outcome = readonly [isFine: boolean, words: string];

async function tryOne(copy: Copy, mutation: Mutation, all: boolean): Promise<Outcome> {
  const { file, text, becomes, test, named, needs } = mutation;
  const content = copy.read(file);
  const stale = staleness(mutation, content);
  if (stale) return [false, stale];
  return copy.with(
    file,
    content.replace(text, () => becomes),
    async () => {
      const { failed, crashed, passed } = await copy.test([test], [named]);
      if (failed.length > 0) return [true, `noticed by ${shown(failed)}`];
      if (crashed.length > 0) return [false, `a break must leave ${test} running: ${firstLine(crashed[0]!)}`];
      if (passed === 0) return needs ? [true, `not tried: needs ${needs}`] : [false, `no test is named "${named}"`];
      const why = "NOT noticed";
      return [false, all ? `${why}; of the whole suite by ${shown((await copy.test(["__tests__"])).failed)}` : why];
    },
  );
}

/** The mutations that one test file should notice. */
async function tryAll(
  copy: Copy,
  mutations: readonly Mutation[],
  all: boolean,
  say: (mutation: Mutation, outcome: Outcome) => void,
) {
  const { test } = mutations[0]!;
  const before = await copy.test([test], unique(mutations.map(({ named }) => named)));
  for (const mutation of mutations) {
    const why = problem(before);
    say(mutation, why ? [false, `not tried: ${why}`] : await tryOne(copy, mutation, all));
  }
}

async function mutate(line: readonly string[]): Promise<number> {
  const flags = new Flags(parse("fleet mutate", OPTIONS, line, false).values);
  if (flags.on("help")) {
    console.log(help("npm run mutate --", SUMMARY, OPTIONS));
    return 0;
  }
  const only = flags.many("only");
  const chosen = MUTATIONS.filter(({ name }) => only.length === 0 || only.some((words) => name.includes(words)));
  if (chosen.length === 0) refuse("--only", `must be words of a mutation's name, got ${only.join(", ")}`);
  const waiting = unique(chosen.map(({ test }) => test)).map((test) => chosen.filter((one) => one.test === test));
  const copies = Array.from({ length: Math.min(availableParallelism(), waiting.length) }, () => new Copy());
  const missed: string[] = [];
  const say = ({ name, test }: Mutation, [isFine, words]: Outcome) => {
    if (!isFine) missed.push(name);
    console.log(`${isFine ? "✓" : "✗"} ${name}: ${words} (${test})`);
  };
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await tryAll(copy, next, flags.on("all"), say);
    }),
  );
  console.log(
    `${chosen.length - missed.length} of ${chosen.length} fine${missed.length > 0 ? `; not: ${missed.join("; ")}` : ""}`,
  );
  return missed.length === 0 ? 0 : 1;
}

mutate(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!(error instanceof InvalidInputError)) throw error;
    console.error(error.message);
    process.exit(1);
  },
);
