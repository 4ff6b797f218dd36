/** `npx fleet deploy` and `npx fleet destroy`: stacks in the order in which they stand on each other. */
import { resolve } from "node:path";
import { refuse } from "../images/refuse";
import { HcpError } from "../hcp/error";
import { synth } from "../hcp/synth";
import { run } from "../operations/deploy/run";
import type { End, Verb } from "../operations/deploy/stack";
import { chooseStacks, OUTPUT } from "../operations/stacks";
import { typed } from "../releases/command-for";
import { CHOICE, commandOf, type Line } from "./operations/command-line";
import { Terminal } from "./deploy/terminal";
import { table } from "./table";

/** As terraform and cdktf have it: nobody is asked. */
const APPROVE = "auto-approve";
const AT_ONCE = 4;
const INTERRUPTED = 130;

const DID: Readonly<Record<Verb, Readonly<Record<"changed" | "unchanged" | "absent", string>>>> = {
  deploy: { changed: "deployed", unchanged: "nothing to change", absent: "" },
  destroy: { changed: "destroyed", unchanged: "nothing to destroy", absent: "was not there" },
};

function words(verb: Verb, end: End): string {
  if (end.ok) return DID[verb][end.did];
  if ("error" in end) return "failed";
  if ("declined" in end) return "not approved";
  return `not tried: ${end.because.length > 0 ? `${end.because.join(", ")} went wrong` : "stopped before"}`;
}

function report(verb: Verb, ends: ReadonlyMap<string, End>): string {
  const all = [...ends];
  const open = all.filter(([, { ok }]) => !ok).map(([name]) => name);
  return [
    "",
    table(["stack", "outcome"], all.map(([name, end]) => [name, words(verb, end)])), // prettier-ignore
    ...all.flatMap(([name, end]) => ("error" in end ? ["", `${name}: ${end.error}`] : [])),
    ...(open.length > 0 ? ["", `what is done stays; to go on: ${typed(`npx fleet ${verb} ${open.join(" ")}`)}`] : []),
  ].join("\n");
}

function json(ends: ReadonlyMap<string, End>): string {
  const stacks = [...ends].map(([stack, end]) => ({
    stack,
    outcome: end.ok ? end.did : "error" in end ? "failed" : "declined" in end ? "declined" : "not tried",
    ...("error" in end && { error: end.error }),
    ...("because" in end && { because: end.because }),
  }));
  const result = stacks.every(({ outcome }) => ["changed", "unchanged", "absent"].includes(outcome))
    ? "done"
    : "failed";
  return JSON.stringify({ schema: 1, result, stacks }, null, 2);
}

async function freshStacks(line: Line, output: string): Promise<void> {
  if (line.on("skip-synth")) return;
  await synth(".", resolve(output)).catch((error: unknown) => {
    if (error instanceof HcpError) refuse("fleet", error.message);
    throw error;
  });
}

function atOnceOf(line: Line): number {
  const text = line.text("parallelism") ?? String(AT_ONCE);
  if (!/^[1-9]\d{0,2}$/.test(text)) refuse("--parallelism", `must be a whole number from 1 to 999, got "${text}"`);
  // A plan is shown, and then its question: not among the words of others.
  return line.on(APPROVE) ? Number(text) : 1;
}

const command = (verb: Verb, summary: string) =>
  commandOf({
    name: verb,
    summary,
    args: "[stack...]",
    most: Number.POSITIVE_INFINITY,
    options: {
      ...CHOICE,
      [APPROVE]: { help: "apply without asking; without it each stack's plan is shown, and asked about" },
      parallelism: { value: "N", help: `most stacks at once, ${AT_ONCE} unless given; 1 while somebody is asked` },
      "skip-synth": { help: "take what the last synth wrote, do not synthesize first" },
      json: { help: "print JSON; progress goes to standard error" },
    },
    exit: "0 done; 1 something failed, was not approved or not tried; 130 interrupted",
    async run(line) {
      const output = line.text("output") ?? OUTPUT;
      const atOnce = atOnceOf(line);
      if (!line.on(APPROVE) && !process.stdin.isTTY)
        refuse(`--${APPROVE}`, "is needed here, because nobody can be asked: standard input is no terminal");
      await freshStacks(line, output);
      const chosen = chooseStacks(output, { stacks: line.args, environment: line.text("env"), all: line.on("all") });
      const terminal = new Terminal(verb, chosen, line.on(APPROVE), line.on("json") ? console.error : console.log);
      try {
        const ends = await run({ verb, output, chosen, atOnce }, terminal);
        const isDone = [...ends.values()].every(({ ok }) => ok);
        return {
          text: line.on("json") ? json(ends) : report(verb, ends),
          code: isDone ? 0 : terminal.isStopped() ? INTERRUPTED : 1,
        };
      } finally {
        terminal.close();
      }
    },
  });

export const deploy = command("deploy", "deploys stacks in order: networks, what keeps data, services");
export const destroy = command("destroy", "destroys stacks in order: services, what keeps data, networks");
