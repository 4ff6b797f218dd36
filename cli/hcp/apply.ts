/** `fleet hcp apply`: applies the plans that were reviewed. */
import { applyStacks, type AppliedStack } from "../../hcp/apply";
import { text } from "../../review/render/text";
import { table } from "../table";
import { OF_RUNS, OF_STACKS, UsageError, type HcpCommand } from "./command";

export const apply: HcpCommand = {
  summary:
    "Applies the saved plans that were made from what lies here, one stack after the other, and no others.\nExit code: 0 applied or nothing to apply, 1 not applied.",
  args: "[STACK...]",
  options: {
    all: OF_STACKS.all!,
    stacks: OF_STACKS.stacks!,
    "skip-synth": OF_STACKS["skip-synth"]!,
    run: { value: "RUN", help: "the run to apply, for one stack; the newest of this upload unless given" },
    ...OF_RUNS,
  },
  async run(line) {
    const { timeoutMs } = line;
    const stacks = await line.stacks();
    const run = line.text("run");
    if (run !== undefined && stacks.length !== 1)
      throw new UsageError(`--run is for one stack, and ${stacks.length} are named`);
    const applied = await applyStacks(stacks, {
      client: line.client,
      ...(run !== undefined && { run }),
      timeoutMs,
      review: (input) => line.review([input]),
      started: line.started,
      say: line.say,
    });
    const rows = applied.map(({ stack, ...rest }) => ({ stack: stack.name, ...rest }));
    console.log(line.on("json") ? JSON.stringify({ stacks: rows }, null, 2) : shown(applied));
    return applied.every(({ problem }) => problem === undefined) ? 0 : 1;
  },
};

const shown = (applied: readonly AppliedStack[]): string =>
  [
    ...applied.flatMap(({ review }) => (review ? [text(review)] : [])),
    table(
      ["stack", "outcome", "run", "status"],
      applied.map(({ stack, outcome, run, status }) => [stack.name, outcome, run ?? "none", status ?? ""]),
    ),
    ...applied.flatMap(({ stack, link, problem, unchecked }) => [
      ...(link ? [`${stack.name}: ${link}`] : []),
      ...(problem !== undefined ? [`${stack.name}: ${problem}`] : []),
      ...unchecked.map((what) => `${stack.name}: not checked: ${what}`),
    ]),
  ].join("\n");
