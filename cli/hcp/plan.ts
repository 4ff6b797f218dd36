/** `fleet hcp plan`: uploads, plans and reviews. */
import { isApplicable, planStacks, type PlannedStack } from "../../hcp/plan";
import type { Review } from "../../review/model";
import { html } from "../../review/render/html";
import { json } from "../../review/render/json";
import { markdown } from "../../review/render/markdown";
import { text } from "../../review/render/text";
import { typed } from "../../releases/command-for";
import { table } from "../table";
import { OF_RUNS, OF_STACKS, UsageError, type HcpCommand } from "./command";

const FORMATS: Readonly<Record<string, (review: Review) => string>> = { text, md: markdown, json, html };

export const plan: HcpCommand = {
  summary:
    "Uploads the synthesized stacks, has HCP Terraform plan them, and reviews the plans.\nExit code: 0 contract held, 2 needs a human or not judged, 1 error.",
  args: "[STACK...]",
  options: {
    ...OF_STACKS,
    speculative: { help: "for a pull request: a plan that can never be applied" },
    create: { help: "make workspaces that do not exist" },
    message: { value: "TEXT", help: "why, as HCP Terraform shows it (fleet hcp plan)" },
    format: { value: "FORMAT", help: `of the review: ${Object.keys(FORMATS).join(", ")} (text)` },
    "expect-bump": { help: "a plan that brings no new image, or more than the image, needs a human" },
    head: { value: "SHA", help: "the commit that the stacks were synthesized from" },
    ...OF_RUNS,
  },
  async run(line) {
    const format = line.text("format") ?? "text";
    const render = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
    if (!render) throw new UsageError(`--format must be one of ${Object.keys(FORMATS).join(", ")}, got "${format}"`);
    const { timeoutMs } = line;
    const stacks = await line.stacks();
    const planned = await planStacks(stacks, {
      client: line.client,
      kind: line.on("speculative") ? "speculative" : "saved",
      create: line.on("create"),
      message: line.text("message") ?? "fleet hcp plan",
      timeoutMs,
      started: line.started,
      say: line.say,
    });
    const inputs = planned.flatMap(({ input }) => (input ? [input] : []));
    const review = inputs.length > 0 ? line.review(inputs) : undefined;
    const rows = planned.map((each) => rowOf(each, review));
    if (line.on("json"))
      console.log(JSON.stringify({ result: worst(rows), ...(review && { review }), stacks: rows }, null, 2));
    else console.log(shown(rows, planned, review && render(review)));
    return EXIT[worst(rows)];
  },
};

type Result = Review["result"];
const EXIT: Readonly<Record<Result, number>> = {
  "contract held": 0,
  "not judged": 2,
  "needs a human": 2,
  error: 1,
};
const RESULTS = Object.keys(EXIT) as Result[];

interface Row extends Omit<PlannedStack, "stack" | "input"> {
  readonly stack: string;
  readonly result: Result;
}

function rowOf({ stack, input, ...rest }: PlannedStack, review: Review | undefined): Row {
  const reviewed = input && review?.stacks.find(({ plan: { digest } }) => digest === input.facts.digest)?.result;
  const result =
    rest.problem !== undefined || !reviewed
      ? "error"
      : rest.held !== undefined && reviewed === "contract held"
        ? "needs a human"
        : reviewed;
  return { stack: stack.name, result, ...rest };
}

const worst = (rows: readonly Row[]): Result =>
  RESULTS[Math.max(0, ...rows.map(({ result }) => RESULTS.indexOf(result)))]!;

/** What is wrong with many in the same way is said once. */
function absentText(rows: readonly Row[]): string[] {
  const names = rows.map(({ stack }) => stack);
  if (names.length < 2) return rows.flatMap(({ stack, problem }) => (problem !== undefined ? [`${stack}: ${problem}`] : [])); // prettier-ignore
  return [
    `${names.length} stacks have no workspace, or none that the token may see, which needs Read on it: ${names.join(", ")}`,
    `to make the workspaces: ${typed(`npx fleet hcp plan --create ${names.join(" ")}`)}`,
  ];
}

function shown(rows: readonly Row[], planned: readonly PlannedStack[], review: string | undefined): string {
  if (rows.length === 0) return "nothing changed: every workspace's state came from what lies here";
  const applicable = planned.filter(isApplicable).map(({ stack }) => stack.name);
  return [
    ...(review ? [review] : []),
    table(
      ["stack", "result", "run", "status"],
      rows.map(({ stack, result, run, status }) => [stack, result, run ?? "none", status ?? ""]),
    ),
    ...absentText(rows.filter(({ absent }) => absent)),
    ...rows.flatMap(({ stack, link, problem, held, unchecked, absent }) => [
      ...(link ? [`${stack}: ${link}`] : []),
      ...(problem !== undefined && !absent ? [`${stack}: ${problem}`] : []),
      ...(held !== undefined ? [`${stack}: ${held}`] : []),
      ...unchecked.map((what) => `${stack}: not checked: ${what}`),
    ]),
    ...(applicable.length > 0 ? [`apply these plans: ${typed(`npx fleet hcp apply ${applicable.join(" ")}`)}`] : []),
  ].join("\n");
}
