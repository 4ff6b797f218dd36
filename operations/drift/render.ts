/** What drifted, for a terminal, a pull request's page or a program. */
import { isHidden } from "../../review/read/secrets";
import { code } from "../../review/render/markdown";
import { withoutCommands } from "../../review/render/words";
import type { DriftFinding, StackDrift } from "./read";
import { SUBJECTS, type Weight } from "./subjects";

/** A stack whose drift could not be found out. */
export interface FailedStack {
  readonly stack: string;
  readonly error: string;
}
export type DriftReport = readonly (StackDrift | FailedStack)[];

const isFailed = (one: StackDrift | FailedStack): one is FailedStack => "error" in one;

/** 0: nothing, or only life. 2: drift that somebody must look at. 1: something could not be found out. */
export const exitCode = (report: DriftReport): 0 | 1 | 2 => {
  if (report.some(isFailed)) return 1;
  return report.some((one) => !isFailed(one) && (one.weight === "matters" || one.weight === "other")) ? 2 : 0;
};

const WORDS: Readonly<Record<Weight, string>> = { matters: "matters", other: "look at", life: "life" };
const HEAD: Readonly<Record<StackDrift["weight"], string>> = {
  none: "no drift",
  life: "only what a running cloud does",
  other: "drift to look at",
  matters: "drift that matters",
};

/** What is not deployed cannot drift. */
const headOf = ({ weight, deployed }: StackDrift): string => (deployed === false ? "not deployed" : HEAD[weight]);

const valueWords = ({ values }: DriftFinding): string =>
  values.map(({ what, before, after }) => `${what} ${before || "nothing"} → ${after || "nothing"}`).join(", ");

const sorted = (findings: readonly DriftFinding[]): DriftFinding[] =>
  (["matters", "other", "life"] as const).flatMap((weight) => findings.filter((one) => one.weight === weight));

const nameOf = ({ address, deposed }: DriftFinding): string =>
  [
    address,
    ...(deposed === undefined ? [] : [`(left over, ${deposed})`]),
    ...(isHidden(address) ? ["(an address that contains a secret value)"] : []),
  ].join(" ");

export function text(report: DriftReport): string {
  const lines = report.flatMap((one) => {
    if (isFailed(one)) return ["", `${one.stack}: cannot be looked at`, ...one.error.split("\n").map((line) => `  ${line}`)]; // prettier-ignore
    return [
      "",
      `${one.stack}: ${headOf(one)}`,
      ...sorted(one.findings).flatMap((finding) => {
        const { is, todo } = SUBJECTS[finding.subject];
        return [
          `  ${WORDS[finding.weight].padEnd(8)}${nameOf(finding)}`,
          `          ${is}${finding.attributes.length > 0 ? `: ${finding.attributes.join(", ")}` : ""}`,
          ...(finding.values.length > 0 ? [`          ${valueWords(finding)}`] : []),
          ...(finding.weight === "life" ? [] : [`          → ${todo}`]),
        ];
      }),
    ];
  });
  return [`drift: ${tally(report)}`, ...lines].map((line) => withoutCommands(line).trimEnd()).join("\n");
}

function tally(report: DriftReport): string {
  const heads = report.map((one) => (isFailed(one) ? "cannot be looked at" : headOf(one)));
  return [...new Set(heads)].map((head) => `${heads.filter((one) => one === head).length} ${head}`).join(", ");
}

const SIGN: Readonly<Record<StackDrift["weight"], string>> = { none: "🟢", life: "🟢", other: "🟡", matters: "🔴" };

export function markdown(report: DriftReport): string {
  const blocks = report.map((one) => {
    if (isFailed(one)) return `#### 🔴 ${code(one.stack)}: cannot be looked at\n\n${one.error.split("\n").map(code).join("<br>")}`; // prettier-ignore
    const rows = sorted(one.findings).map((finding) => {
      const { is, todo } = SUBJECTS[finding.subject];
      const values = finding.values.map(({ what, before, after }) => `${what} ${code(before)} → ${code(after)}`);
      return `| ${WORDS[finding.weight]} | ${code(nameOf(finding))} | ${is} | ${finding.attributes.map(code).join(", ")} | ${values.join("<br>")} | ${todo} |`;
    });
    const table =
      rows.length === 0
        ? ""
        : `\n\n| | Object | What | Attributes | Values | What to do |\n| --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}`;
    return `#### ${SIGN[one.weight]} ${code(one.stack)}: ${headOf(one)}${table}`;
  });
  return [`### Drift: ${tally(report)}`, ...blocks].join("\n\n");
}

export function json(report: DriftReport): string {
  const result = (["no drift", "error", "drift"] as const)[exitCode(report)];
  const stacks = report.map((one) =>
    isFailed(one)
      ? one
      : { ...one, findings: one.findings.map((finding) => ({ ...finding, todo: SUBJECTS[finding.subject].todo })) },
  );
  return JSON.stringify({ schema: 1, result, stacks }, null, 2);
}
